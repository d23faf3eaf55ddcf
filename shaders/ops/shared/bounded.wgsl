// A coordinate within 1e30, decided by bits: NaN becomes -1e30.
fn bounded(coordinate: f32) -> f32 {
  let bits = bitcast<u32>(coordinate);
  let magnitude = bits & 0x7fffffffu;
  let far = select(1e30, -1e30, bits != magnitude || magnitude > 0x7f800000u);
  return select(coordinate, far, magnitude > 0x7149f2cau);
}
