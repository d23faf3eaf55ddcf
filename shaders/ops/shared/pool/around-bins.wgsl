// The bins of adaptive pooling that contain a cell: the formula of over-bins.wgsl with cells and bins exchanged.
// types: Interval
struct Regions { unused: u32 }

fn bins_around(cell: u32, bins: u32, size: u32) -> Interval {
  return Interval(cell * bins / size, ((cell + 1u) * bins + size - 1u) / size);
}

fn around_depth(cell: u32) -> Interval {
  return bins_around(cell, g.input.depth, g.output.depth);
}

fn around_height(cell: u32) -> Interval {
  return bins_around(cell, g.input.height, g.output.height);
}

fn around_width(cell: u32) -> Interval {
  return bins_around(cell, g.input.width, g.output.width);
}

fn has_cell(bin: vec3u, cell: vec3u) -> bool {
  return true;
}

fn contains(bin: vec3u, cell: vec3u) -> bool {
  let d = around_depth(cell.x);
  let h = around_height(cell.y);
  let w = around_width(cell.z);
  return all(bin >= vec3u(d.begin, h.begin, w.begin)) && all(bin < vec3u(d.end, h.end, w.end));
}
