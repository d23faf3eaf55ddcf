// The source of the forward transform of the input: tiles of the input, each with the border that its outputs see. A signal is a (channel, tile);
// tiles count through the images and the positions in each. The last tile of an axis may reach past the last cell that any output sees; cells
// there are zeros (PAST_END: memory may hold other values there).
// slots: is_padding, load, source
// constants: PADDING_VALUE, PAST_END
struct Source {
  tiles: u32, first_tile: u32, first_channel: u32, group_c: u32,
  tiles_d: u32, tiles_h: u32, tiles_w: u32,
  step_d: u32, step_h: u32, step_w: u32,
  pad_d: i32, pad_h: i32, pad_w: i32,
  input_d: i32, input_h: i32, input_w: i32,
  end_d: i32, end_h: i32, end_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
}

// A row of a tile: its offset in x, its first column, and whether it lies beyond the border, or past the last cell that any output sees.
struct Row { at: u32, left: i32, beyond: bool, past: bool }

fn open_row(signal: u32, d: u32, h: u32) -> Row {
  let channel = signal / g.source.tiles;
  var tile = g.source.first_tile + signal - channel * g.source.tiles;
  let tile_w = tile % g.source.tiles_w;
  tile /= g.source.tiles_w;
  let tile_h = tile % g.source.tiles_h;
  tile /= g.source.tiles_h;
  let tile_d = tile % g.source.tiles_d;
  let n = tile / g.source.tiles_d;
  let in_d = i32(tile_d * g.source.step_d + d) - g.source.pad_d;
  let in_h = i32(tile_h * g.source.step_h + h) - g.source.pad_h;
  let group = (g.source.first_channel + channel) / g.source.group_c;
  let c = g.source.first_channel + channel - group * g.source.group_c;
  return Row(
    g.source.x_start + n * g.source.x_stride_n + group * g.source.x_stride_g + c * g.source.x_stride_c
      + u32(source(in_d, g.source.input_d)) * g.source.x_stride_d
      + u32(source(in_h, g.source.input_h)) * g.source.x_stride_h,
    i32(tile_w * g.source.step_w) - g.source.pad_w,
    is_padding(in_d, g.source.input_d) | is_padding(in_h, g.source.input_h),
    (in_d >= g.source.end_d) | (in_h >= g.source.end_h),
  );
}

fn load_cell(row: Row, at: u32) -> f32 {
  let in_w = row.left + i32(at);
  let cell = load(row.at + u32(source(in_w, g.source.input_w)) * g.source.x_stride_w);
  let padded = select(cell, PADDING_VALUE, row.beyond | is_padding(in_w, g.source.input_w));
  if (PAST_END) {
    return select(padded, 0.0, row.past | (in_w >= g.source.end_w));
  }
  return padded;
}
