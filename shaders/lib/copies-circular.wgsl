// The cells of the border that repeat an input cell with circular padding: the input starts again at its other end.
// types: Cells
fn copies(behind: bool, i: u32, size: u32, begin: u32, end: u32) -> Cells {
  let inside = select(size - i <= begin, i < end, behind);
  return Cells(select(begin + i - size, begin + size + i, behind), select(0u, 1u, inside));
}
