// The cells of the border that repeat an input cell with replicating padding: all of them repeat the first or the last cell.
// types: Cells
fn copies(behind: bool, i: u32, size: u32, begin: u32, end: u32) -> Cells {
  let at_border = i == select(0u, size - 1u, behind);
  return Cells(select(0u, begin + size, behind), select(0u, select(begin, end, behind), at_border));
}
