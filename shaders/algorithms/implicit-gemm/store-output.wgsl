// Stores the sums of four channels of an output: finished, or of one split of the terms after another.
// slots: channel_of, epilogue, is_cell, place_of
// constants: EVERY_CELL
// types: Output, Y
@group(0) @binding(3) var<storage, read_write> y: array<Y>;

fn store(sum: vec4f, group: u32, split: u32, k: u32, n: u32, output: Output) {
  store_one(sum.x, group, split, k, n, output);
  store_one(sum.y, group, split, k + 1u, n, output);
  store_one(sum.z, group, split, k + 2u, n, output);
  store_one(sum.w, group, split, k + 3u, n, output);
}

fn store_one(sum: f32, group: u32, split: u32, k: u32, n: u32, output: Output) {
  let channel = channel_of(group * g.group_k + k);
  if (((k < g.group_k) & (n < g.outputs)) && (EVERY_CELL || is_cell(channel, place_of(output)))) {
    let index = split * g.partial + output.y_at + channel.at;
    y[index] = Y(epilogue(sum, channel.index, index));
  }
}
