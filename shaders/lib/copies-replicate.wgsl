// The cells of the padded input that repeat an input cell with replicating padding: the whole border repeats the first or the last cell.
// types: Cells
fn copies(image: i32, i: i32, size: i32, begin: i32, padded: i32) -> Cells {
  let first = select(max(begin + i, 0), 0, i == 0);
  let end = select(min(begin + i + 1, padded), padded, i == size - 1);
  return Cells(first, end, 1);
}
