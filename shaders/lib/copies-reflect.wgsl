// The cells of the border that repeat an input cell with reflecting padding: the input is mirrored at its first and last cell, which are not
// repeated. Cell i is repeated i cells before the first, and as far behind the last as it lies before it.
// types: Cells
fn copies(behind: bool, i: u32, size: u32, begin: u32, end: u32) -> Cells {
  let far = select(i, size - 1u - i, behind);
  let inside = (far > 0u) & (far <= select(begin, end, behind));
  return Cells(select(begin - far, begin + size - 1u + far, behind), select(0u, 1u, inside));
}
