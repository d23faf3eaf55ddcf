// Stores the sum of one output channel.
// slots: epilogue, is_cell
// constants: EVERY_CELL, K_TAIL
// types: Channel, Y
fn store_one(sum: f32, channel: Channel, k: u32, at: u32, output: vec3u) {
  if (select(true, k < g.group_k, K_TAIL) && (EVERY_CELL || is_cell(channel, output))) {
    let index = at + channel.at;
    y[index] = Y(epilogue(sum, channel.index, index));
  }
}
