// The gradient of linear upsampling: the sum of the gradients of outputs, each multiplied by the weight of the cell in it. The weight is
// the product, over every axis with two CORNERS, of 1 minus the distance.
// constants: CORNERS_D, CORNERS_H, CORNERS_W
// types: E, Element, V
struct Rule { unused: u32 }

struct State { sum: V, cell: vec3u }

@group(0) @binding(2) var<storage, read_write> y: array<E>;
@group(0) @binding(4) var<storage, read_write> partials: array<V>;

fn weight_of(output: u32, cell: u32, cells: u32, scale: i32, shift: i32, unit: i32) -> f32 {
  let place = clamp(i32(output) * scale + shift, 0, (i32(cells) - 1) * unit);
  return f32(max(unit - abs(place - i32(cell) * unit), 0)) / f32(unit);
}

fn initial(o: Element) -> State {
  return State(V(0.0), vec3u(o.d, o.h, o.w));
}

fn with_cell(state: State, value: V, offset: u32, tap: vec3u, inside: bool) -> State {
  let a = g.regions;
  var weight = 1.0;
  if (CORNERS_D == 2u) {
    weight = weight_of(tap.x, state.cell.x, g.output.depth, a.scale_d, a.shift_d, a.unit_d);
  }
  if (CORNERS_H == 2u) {
    weight *= weight_of(tap.y, state.cell.y, g.output.height, a.scale_h, a.shift_h, a.unit_h);
  }
  if (CORNERS_W == 2u) {
    weight *= weight_of(tap.z, state.cell.z, g.output.width, a.scale_w, a.shift_w, a.unit_w);
  }
  return State(state.sum + weight * value, state.cell);
}

fn merged(state: State, other: State) -> State {
  return State(state.sum + other.sum, state.cell);
}

fn settled(state: State, pixel: u32) -> State {
  return state;
}

fn store_partial(index: u32, split: u32, state: State, o: Element) {
  partials[index * g.splits + split] = state.sum;
}

fn partial_at(index: u32) -> State {
  return State(partials[index], vec3u(0u));
}

fn store(index: u32, split: u32, state: State, o: Element) {
  y[index] = E(state.sum);
}
