// Loads four neighbouring channels of a cell at once (A4 is four numbers as stored). Strides count vectors, but that along channels elements.
// types: A4
@group(0) @binding(1) var<storage, read> x: array<A4>;

fn load_channels(at: u32, k4: u32) -> vec4f {
  return vec4f(x[at + k4]);
}
