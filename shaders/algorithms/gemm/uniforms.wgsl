// The uniforms of a GEMM: the sizes of its matrices, and how they lie. The struct Window is that of the matrix A: one-run.wgsl has an empty one.
// types: OutputChannels, Window
struct Gemm {
  threads: u32, tiles_m: u32, tiles_n: u32, inner_count: u32,
  size_m: u32, size_n: u32, size_k: u32, size_k4: u32,
  channels: u32, a_step: u32, pixels_start: u32,
  @align(16) a: Matrix,
  @align(16) b: Matrix,
  @align(16) c: Result,
  @align(16) pixels: Lattice,
  @align(16) c_pixels: Lattice,
  @align(16) y_channels: OutputChannels,
  @align(16) window: Window,
}

// Strides of A or B, in vectors if it is loaded in vectors, otherwise in elements.
struct Matrix { row: u32, inner: u32, outer: u32 }

// Strides of C in elements, and the index of its first pixel.
struct Result { row: u32, column: u32, inner: u32, outer: u32, start: u32, first_pixel: u32 }

// Sizes and strides of the pixels of a tensor.
struct Lattice {
  size_o: u32, size_p: u32, size_q: u32,
  stride_n: u32, stride_d: u32, stride_h: u32, stride_w: u32,
}

@group(0) @binding(0) var<uniform> g: Gemm;
