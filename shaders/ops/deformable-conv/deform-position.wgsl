// Where samples lie on the map, and the cells around them. The kernel binds `offset`.
// slots: offset_place
// types: Deform, Sample

// The position of a sample: the cell at or before it, which may be -1, and the distances past that cell. Positions further out are clamped
// to just beyond the border.
struct Position { y: i32, x: i32, along_y: f32, along_x: f32 }

fn position_of(sample: Sample, g: Deform) -> Position {
  let moved = vec2f(f32(offset[offset_place(sample, 2u, 0u, g)]), f32(offset[offset_place(sample, 2u, 1u, g)]));
  let p = sample.cell / g.output_q;
  let r = sample.tap / g.kernel_s;
  let row = p * g.stride_h + r * g.dilation_h;
  let column = (sample.cell - p * g.output_q) * g.stride_w + (sample.tap - r * g.kernel_s) * g.dilation_w;
  let at = vec2f(f32(i32(row) - i32(g.begin_h)), f32(i32(column) - i32(g.begin_w))) + moved;
  let near = clamp(at, vec2f(-2.0), vec2f(f32(g.input_h), f32(g.input_w)) + 1.0);
  let cell = floor(near);
  return Position(i32(cell.x), i32(cell.y), near.x - cell.x, near.y - cell.y);
}

// A corner of a sample, the cell before it or the next along each axis: its index in a plane of the map, and whether it is on the map.
struct Corner { place: u32, inside: bool }

fn corner_of(at: Position, y: i32, x: i32, g: Deform) -> Corner {
  let cell = vec2i(at.y + y, at.x + x);
  let size = vec2i(i32(g.input_h), i32(g.input_w));
  let held = vec2u(clamp(cell, vec2i(), size - 1));
  return Corner(held.x * g.input_w + held.y, all(cell >= vec2i()) & all(cell < size));
}
