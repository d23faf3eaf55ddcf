// The cells of the padded input that repeat an input cell where images of the input follow each other (padding-images.wgsl): one in each period,
// and its mirror image in each.
// constants: EDGE, IMAGES
// types: Cells
fn copies(image: i32, i: i32, size: i32, begin: i32, padded: i32) -> Cells {
  let period = max(IMAGES * (size - 1 + EDGE), 1);
  let own = (begin + i) % period;
  let mirrored = (begin - EDGE - i) % period;
  let first = (select(own, mirrored, image == 1) + period) % period;
  // A cell at a shared border is its own mirror image.
  let again = (image == 1) & ((mirrored - own) % period == 0);
  return Cells(first, select(padded, 0, again), period);
}
