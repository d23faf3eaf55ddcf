// C is scratch memory whose rows are whole vectors: what is past the end of a row, in its last vector, is written too. Strides count
// elements.
@group(0) @binding(3) var<storage, read_write> c: array<vec4f>;

fn store(sum: vec4f, m: u32, n: u32, tile: u32, channel: u32) {
  if (n < g.size_n) {
    c[(tile + m * g.c.row + n) / 4u] = sum;
  }
}
