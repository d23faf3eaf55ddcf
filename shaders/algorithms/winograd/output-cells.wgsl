// The matrices of products, and the outputs of a tile.
// types: Matrices, OutputChannels, Y
struct Output {
  threads: u32,
  tiles: u32, group_k: u32,
  first_tile: u32, tiles_o: u32, tiles_p: u32, tiles_q: u32,
  output_o: u32, output_p: u32, output_q: u32,
  y_start: u32, y_stride_n: u32, y_stride_o: u32, y_stride_p: u32, y_stride_q: u32,
  @align(16) y_channels: OutputChannels,
  @align(16) matrices: Matrices,
}

@group(0) @binding(0) var<uniform> g: Output;
@group(0) @binding(1) var<storage, read> products: array<f32>;
@group(0) @binding(3) var<storage, read_write> y: array<Y>;
