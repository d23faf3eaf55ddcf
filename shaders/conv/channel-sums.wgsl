// One level of a pairwise sum over the batch and the cells of each channel: a thread adds up to 64 numbers of a channel pairwise (Higham,
// Accuracy and Stability of Numerical Algorithms, section 4.2). The numbers of a channel form `rows` rows. Neighbouring threads read
// neighbouring numbers.
// slots: load
// types: Y
struct Sum {
  threads: u32, parts: u32, count: u32, rows: u32,
  from_row: u32, from_channel: u32, from_cell: u32,
}

const FAN = 64u;

@group(0) @binding(0) var<uniform> g: Sum;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

fn thread(index: u32) {
  let channel = index / g.parts;
  let part = index - channel * g.parts;
  let cells = g.count / g.rows;
  // A binary counter of finished subtrees: two of equal size are added as soon as both are finished.
  var levels: array<f32, 7>;
  for (var i = 0u; i < FAN; i++) {
    let at = i * g.parts + part;
    let inside = at < g.count;
    let row = select(0u, at, inside) / cells;
    let value = load(row * g.from_row + channel * g.from_channel + (select(0u, at, inside) - row * cells) * g.from_cell);
    var sum = select(0.0, value, inside);
    let finished = countTrailingZeros(i + 1u);
    // @unroll
    for (var level = 0u; level < 6u; level++) {
      sum = select(sum, levels[level] + sum, level < finished);
    }
    // @unroll
    for (var level = 0u; level < 7u; level++) {
      levels[level] = select(levels[level], sum, level == finished);
    }
  }
  y[index] = Y(levels[6]);
}
