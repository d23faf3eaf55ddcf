// C is scratch memory whose rows are whole vectors: the last vector of a row is written whole, past the end of the row. Strides count elements.
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;

fn store(sum: vec4f, m: u32, n: u32, tile: u32, channel: u32) {
  if (n < g.size_n) {
    c[(tile + m * g.c.row + n) / 4u] = sum;
  }
}
