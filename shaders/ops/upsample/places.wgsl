// Places of the outputs of upsampling: output o lies at (scale o + shift) / unit along an axis (src/ops/upsample/geometry.ts).
struct Regions {
  scale_d: i32, scale_h: i32, scale_w: i32,
  shift_d: i32, shift_h: i32, shift_w: i32,
  unit_d: i32, unit_h: i32, unit_w: i32,
}
