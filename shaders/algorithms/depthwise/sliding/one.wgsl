// Loads and stores one channel at a time (V = f32).
// slots: load, load_bias, load_weight, store_one
fn load_cells(at: u32) -> f32 {
  return load(at);
}

fn load_taps(at: u32) -> f32 {
  return load_weight(at);
}

fn load_biases(k: u32) -> f32 {
  return load_bias(k);
}

fn store(sum: f32, bias: f32, at: u32) {
  store_one(sum, bias, at);
}
