// What is reduced to an output is a bin of adaptive pooling: output i of O has the cells from floor(i I / O) to before ceil((i + 1) I / O).
// types: Cells, Element
struct Axes { unused: vec4u }

fn bin(index: u32, bins: u32, size: u32) -> Cells {
  let first = index * size / bins;
  let end = ((index + 1u) * size + bins - 1u) / bins;
  return Cells(first, end - first, 1u, 0u);
}

fn cells_of_depth(o: u32) -> Cells {
  return bin(o, g.output.depth, g.input.depth);
}

fn cells_of_height(o: u32) -> Cells {
  return bin(o, g.output.height, g.input.height);
}

fn cells_of_width(o: u32) -> Cells {
  return bin(o, g.output.width, g.input.width);
}

// Padding there is none.
fn cells_with_padding(o: Element) -> f32 {
  return f32(cells_of_depth(o.d).count) * f32(cells_of_height(o.h).count) * f32(cells_of_width(o.w).count);
}
