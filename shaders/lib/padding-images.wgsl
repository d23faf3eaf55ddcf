// Padding by images of the input that follow each other without end, with every second one mirrored (IMAGES = 2) or none. They share their
// border cells (EDGE = 0) or have their own.
// constants: EDGE, IMAGES
fn source(i: i32, size: i32) -> i32 {
  let period = max(IMAGES * (size - 1 + EDGE), 1);
  let at = (i % period + period) % period;
  return select(at, period - EDGE - at, at >= size);
}

fn is_padding(i: i32, size: i32) -> bool {
  return false;
}
