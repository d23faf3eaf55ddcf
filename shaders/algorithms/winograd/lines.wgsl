// Winograd's transforms along two or three axes for GPUs: a workgroup transforms LANES tiles through its memory, a thread one line of a tile along
// each axis in turn. So a thread holds one line, and its code is short, which compiles in a fraction of the time of that for a whole tile.
//
// load_line and store_line find the numbers of a line, transform_line transforms BEFORE of them to AFTER. Lines are counted by their places along the
// other axes, the last axis fastest, each from 0 to POINTS - 1; some hold nothing of use. Axes are transformed from the first to the last, or with
// LAST_FIRST from the last. Neighbouring threads have the same line of neighbouring tiles, which are neighbours in the matrices; unless CHANNELS_LAST,
// where they meet the tensor they have neighbouring lines of the same tile instead.
// slots: load_line, store_line, transform_line
// constants: AFTER, AXES, BEFORE, CHANNELS_LAST, LAST_FIRST, POINTS, TILE_SIZE, WORKGROUP_SIZE
const LINES = TILE_SIZE / POINTS;
const LANES = WORKGROUP_SIZE / LINES;
const STEPS = array<u32, 3>(1u, POINTS, POINTS * POINTS);
// Distance between the numbers of a tile, such that lines next to each other lie in different banks.
const ROW = LANES + (31u + LINES) / LINES;
var<workgroup> numbers: array<f32, TILE_SIZE * ROW>;

struct Place { line: u32, lane: u32 }

fn workgroup_thread(workgroup: u32, local: u32) {
  let by_tile = Place(local / LANES % LINES, local % LANES);
  var first = by_tile;
  var last = by_tile;
  if (!CHANNELS_LAST) {
    let by_line = Place(local % LINES, local / LINES % LANES);
    if (LAST_FIRST) {
      last = by_line;
    } else {
      first = by_line;
    }
  }
  var own = first;
  // No thread returns early, since barriers need all of them. The modulo tells compilers that no index is out of bounds, so that they need not clamp it.
  var line = load_line(min(workgroup * LANES + own.lane, g.threads - 1u), own.line);
  // @unroll
  for (var turn = 1u; turn < AXES; turn++) {
    let transformed = transform_line(line);
    let step = STEPS[select(AXES - turn, turn - 1u, LAST_FIRST)];
    let at = first_number(own, step) % ((TILE_SIZE - (POINTS - 1u) * step) * ROW);
    // @unroll
    for (var j = 0u; j < AFTER; j++) {
      numbers[at + j * step * ROW] = transformed[j];
    }
    workgroupBarrier();
    own = by_tile;
    if (turn == AXES - 1u) {
      own = last;
    }
    let next_step = STEPS[select(AXES - turn - 1u, turn, LAST_FIRST)];
    let next = first_number(own, next_step) % ((TILE_SIZE - (POINTS - 1u) * next_step) * ROW);
    // @unroll
    for (var j = 0u; j < BEFORE; j++) {
      line[j] = numbers[next + j * next_step * ROW];
    }
    if (turn < AXES - 1u) {
      workgroupBarrier();
    }
  }
  let tile = workgroup * LANES + own.lane;
  if (tile < g.threads) {
    store_line(tile, own.line, transform_line(line));
  }
}

// The place of the first number of a line along the axis of that step.
fn first_number(own: Place, step: u32) -> u32 {
  return (own.line / step * step * POINTS + own.line % step) * ROW + own.lane;
}
