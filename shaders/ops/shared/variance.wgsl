// The biased variance of a set, from its moments (merge-moments.wgsl): the squares of large distances are in units of 2^120.
fn variance_of(whole: vec4f) -> f32 {
  return whole.y / whole.z + whole.w / whole.z * 1.329227995784916e36;
}
