// Replicating padding: beyond the border the border cell repeats.
fn source(i: i32, size: i32) -> i32 {
  return clamp(i, 0, size - 1);
}

fn is_padding(i: i32, size: i32) -> bool {
  return false;
}
