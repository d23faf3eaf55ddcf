// The cells of the padded input that repeat an input cell where images of the input follow each other (padding-images.wgsl): one in each period,
// and its mirror image in each. Without AGAIN, the border is shorter than one image.
// constants: AGAIN, EDGE, IMAGES
// types: Cells
fn copies(image: i32, i: i32, size: i32, begin: i32, padded: i32) -> Cells {
  let period = max(IMAGES * (size - 1 + EDGE), 1);
  let own = in_period(begin + i, period);
  let mirrored = in_period(begin - EDGE - i, period);
  // A cell at a shared border is its own mirror image.
  let again = (image == 1) & (mirrored == own);
  return Cells(select(own, mirrored, image == 1), select(padded, 0, again), period);
}

fn in_period(at: i32, period: i32) -> i32 {
  if (AGAIN) {
    return (at % period + period) % period;
  }
  return at + select(0, period, at < 0) - select(0, period, at >= period);
}
