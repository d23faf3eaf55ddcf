// The cells of an output, by bins of adaptive pooling: output i of O has the cells floor(i I / O) to before ceil((i + 1) I / O).
// types: Cells, Element
struct Regions { unused: u32 }

fn bin_cells(bin: u32, bins: u32, size: u32) -> Cells {
  let first = bin * size / bins;
  let end = ((bin + 1u) * size + bins - 1u) / bins;
  return Cells(first, end - first, 1u);
}

fn cells_of_depth(bin: u32) -> Cells {
  return bin_cells(bin, g.output.depth, g.input.depth);
}

fn cells_of_height(bin: u32) -> Cells {
  return bin_cells(bin, g.output.height, g.input.height);
}

fn cells_of_width(bin: u32) -> Cells {
  return bin_cells(bin, g.output.width, g.input.width);
}

// Adaptive pooling has no padding.
fn cells_with_padding(o: Element) -> f32 {
  return f32(cells_of_depth(o.d).count) * f32(cells_of_height(o.h).count) * f32(cells_of_width(o.w).count);
}
