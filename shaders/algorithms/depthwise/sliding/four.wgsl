// Loads vectors of four channels, which are contiguous in all operands, and stores the channels of a vector one by one (V = vec4f).
// slots: load_bias, store_one
// types: E4
@group(0) @binding(1) var<storage, read> first_operand: array<E4>;
@group(0) @binding(2) var<storage, read> second_operand: array<E4>;

fn load_cells(at: u32) -> vec4f {
  return vec4f(first_operand[at]);
}

fn load_taps(at: u32) -> vec4f {
  return vec4f(second_operand[at]);
}

fn load_biases(k: u32) -> vec4f {
  return vec4f(load_bias(k), load_bias(k + 1u), load_bias(k + 2u), load_bias(k + 3u));
}

fn store(sum: vec4f, bias: vec4f, at: u32) {
  store_one(sum.x, bias.x, at);
  store_one(sum.y, bias.y, at + 1u);
  store_one(sum.z, bias.z, at + 2u);
  store_one(sum.w, bias.w, at + 3u);
}
