// Constant padding: cells beyond the border have the value PADDING_VALUE. `source` clamps, so that the load at its result is always in bounds.
fn source(i: i32, size: i32) -> i32 {
  return clamp(i, 0, size - 1);
}

fn is_padding(i: i32, size: i32) -> bool {
  return u32(i) >= u32(size);
}
