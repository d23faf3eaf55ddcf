// Transformed tiles: which one a thread computes, where its values are stored, and where it starts in the output.
// constants: CHANNELS_LAST

// The distance between the matrices of two points, and between the rows of a matrix (all groups are rows of one), in elements.
struct Matrices { point: u32, row: u32 }

// A tile, counted within its chunk, of a channel of a group.
struct TileOfChannel { tile: u32, channel: u32, group: u32 }

// The tile of an invocation. Neighbouring invocations have neighbouring values.
fn tile_of_channel(invocation: u32, tiles: u32, channels: u32) -> TileOfChannel {
  let inner_count = select(tiles, channels, CHANNELS_LAST);
  let outer_count = select(channels, tiles, CHANNELS_LAST);
  let inner = invocation % inner_count;
  let rest = invocation / inner_count;
  let outer = rest % outer_count;
  return TileOfChannel(
    select(inner, outer, CHANNELS_LAST),
    select(outer, inner, CHANNELS_LAST),
    rest / outer_count,
  );
}

// The index of the first value of an invocation's tile: a row has the tiles of a channel, or the channels of a tile.
fn first_value(invocation: u32, tiles: u32, channels: u32, matrices: Matrices) -> u32 {
  let columns = select(tiles, channels, CHANNELS_LAST);
  let row = invocation / columns;
  return row * matrices.row + invocation - row * columns;
}

// An image, and a tile of it along each axis.
struct TilePlace { n: u32, o: u32, p: u32, q: u32 }

// The position of a tile, given its index in the batch.
fn tile_place(tile: u32) -> TilePlace {
  let row = tile / g.tiles_q;
  let plane = row / g.tiles_p;
  let image = plane / g.tiles_o;
  return TilePlace(image, plane - image * g.tiles_o, row - plane * g.tiles_p, tile - row * g.tiles_q);
}
