// The index of the pair of channels a <= b in the upper triangle of a matrix, row by row.
fn pair_of(a: u32, b: u32, channels: u32) -> u32 {
  return a * channels - a * (a + 1u) / 2u + b;
}
