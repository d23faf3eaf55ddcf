// Circular padding: beyond the border the input starts again at its other end, once: padding-images is for borders longer than that. The clamp
// is for positions past the last output, which a tile computes but does not store.
fn source(i: i32, size: i32) -> i32 {
  let wrapped = select(i, i + size, i < 0) - select(0, size, i >= size);
  return clamp(wrapped, 0, size - 1);
}

fn is_padding(i: i32, size: i32) -> bool {
  return false;
}
