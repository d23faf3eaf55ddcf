// Reflecting, symmetric and circular padding: images of the input follow each other, every second one mirrored (IMAGES = 2) or none. They share
// their border cells (EDGE = 0) or have their own. Without AGAIN, the border is no longer than one image; positions past the last output, which
// a tile computes but does not store, are clamped.
// constants: AGAIN, EDGE, IMAGES
fn source(i: i32, size: i32) -> i32 {
  let period = IMAGES * (size - 1 + EDGE);
  var at = select(i, i + period, i < 0);
  if (AGAIN) {
    let whole = max(period, 1);
    at = (i % whole + whole) % whole;
  }
  let image = select(at - size, period - EDGE - at, IMAGES == 2);
  return clamp(select(at, image, at >= size), 0, size - 1);
}

fn is_padding(i: i32, size: i32) -> bool {
  return false;
}
