// Reflecting padding: beyond the border the input is mirrored at its border cell, which is not repeated. The clamp is for positions past the
// last output, which a tile computes but does not store.
fn source(i: i32, size: i32) -> i32 {
  let mirrored = select(abs(i), 2 * size - 2 - i, i >= size);
  return clamp(mirrored, 0, size - 1);
}

fn is_padding(i: i32, size: i32) -> bool {
  return false;
}
