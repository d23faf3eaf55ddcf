// Beyond a border the input is mirrored at its border cell, which does not repeat: cell i lies i before the first, or as far behind the last.
// types: Cells
fn copies(behind: bool, i: u32, size: u32, begin: u32, end: u32) -> Cells {
  let far = select(i, size - 1u - i, behind);
  let inside = (far > 0u) & (far <= select(begin, end, behind));
  return Cells(select(begin - far, begin + size - 1u + far, behind), select(0u, 1u, inside));
}
