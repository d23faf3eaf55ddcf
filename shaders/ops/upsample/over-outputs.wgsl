// The outputs of upsampling that a cell contributes to, over which its gradient is a sum: if LINEAR the outputs whose places (scale o +
// shift) / unit are less than one cell away, else the outputs from the cell to the next one.
// constants: LINEAR
// types: Cells, Element
fn cells_around(cell: u32, cells: u32, scale: i32, shift: i32, unit: i32, outputs: u32) -> Cells {
  var first = 0u;
  var end = outputs;
  let before = (i32(cell) - select(0, 1, LINEAR)) * unit - shift;
  // All outputs beyond an end belong to the cell there.
  if (cell > 0u && before >= 0) {
    first = u32(select((before + scale - 1) / scale, before / scale + 1, LINEAR));
  }
  if (cell + 1u < cells) {
    let after = max((i32(cell) + 1) * unit - shift, 0);
    end = min(u32((after + scale - 1) / scale), outputs);
  }
  first = min(first, end);
  return Cells(first, end - first, 1u, first);
}

fn cells_of_depth(cell: u32) -> Cells {
  let a = g.regions;
  return cells_around(cell, g.output.depth, a.scale_d, a.shift_d, a.unit_d, g.input.depth);
}

fn cells_of_height(cell: u32) -> Cells {
  let a = g.regions;
  return cells_around(cell, g.output.height, a.scale_h, a.shift_h, a.unit_h, g.input.height);
}

fn cells_of_width(cell: u32) -> Cells {
  let a = g.regions;
  return cells_around(cell, g.output.width, a.scale_w, a.shift_w, a.unit_w, g.input.width);
}

// Upsampling has no padding.
fn cells_with_padding(o: Element) -> f32 {
  return 0.0;
}
