// The cells of a tile of the input, and the matrices to which the transformed tiles go. An input channel is one channel of x as one subkernel sees it
// (subkernels.wgsl): neighbouring cells of a tile are one stride apart. ZEROS_BEYOND: a tile may reach past the last cells that outputs see; these
// cells must count as zeros, but memory holds other values there. C_TAIL: channels beyond the last get zeros, which pad the sums to whole
// vectors. load comes from load.wgsl.
// slots: load
// constants: C_TAIL, PADDING_VALUE, ZEROS_BEYOND
// types: Matrices
struct Input {
  threads: u32,
  channels: u32, group_c: u32, tiles: u32, first_tile: u32,
  subkernels_d: u32, subkernels_h: u32, subkernels_w: u32,
  tiles_o: u32, tiles_p: u32, tiles_q: u32,
  input_d: i32, input_h: i32, input_w: i32,
  pad_d: i32, pad_h: i32, pad_w: i32,
  end_d: i32, end_h: i32, end_w: i32,
  x_start: u32, x_stride_n: u32, x_stride_g: u32, x_stride_c: u32, x_stride_d: u32, x_stride_h: u32, x_stride_w: u32,
  @align(16) matrices: Matrices,
}

@group(0) @binding(0) var<uniform> g: Input;
@group(0) @binding(3) var<storage, read_write> transformed: array<f32>;

fn load_cell(at: u32, padding: bool, beyond: bool) -> f32 {
  let cell = select(load(at), PADDING_VALUE, padding);
  if (ZEROS_BEYOND) {
    return select(cell, 0.0, beyond);
  }
  return cell;
}

fn store(at: u32, value: f32, past_end: bool) {
  if (C_TAIL) {
    transformed[at] = select(value, 0.0, past_end);
  } else {
    transformed[at] = value;
  }
}
