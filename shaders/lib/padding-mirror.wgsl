// Reflecting and symmetric padding: beyond the border the input is mirrored, without its border cell or with it (EDGE), once: padding-images is
// for borders longer than that. The clamp is for positions past the last output, which a tile computes but does not store.
// constants: EDGE
fn source(i: i32, size: i32) -> i32 {
  let mirrored = select(select(i, -EDGE - i, i < 0), 2 * size - 2 + EDGE - i, i >= size);
  return clamp(mirrored, 0, size - 1);
}

fn is_padding(i: i32, size: i32) -> bool {
  return false;
}
