// An axis of a resizing (src/ops/resize/geometry.ts). Places are fixed-point numbers of 96 bits: whole cells, then 64 bits of a fraction,
// which is exact enough for every axis: the error of o steps stays below 2^-32, where fractions that are not 0 are at least that.
struct Axis {
  inputs: u32, outputs: u32,
  // Outputs from begin to before end are computed; the others are extrapolated.
  begin: u32, end: u32,
  // The `taps` cells of an output begin `first` after its place, `dilation` apart; they are among `window` neighbours on the axis.
  first: i32, taps: u32, dilation: i32, window: u32,
  // The place of the centre of the kernel, in taps, and the inverse of its width.
  centre: f32, narrow: f32,
  // The row of an output in the table: its first cell, then its weights.
  table: u32,
  // Outputs by which the ranges of the cells have to be widened.
  margin: u32,
  step: vec3u, base: vec3u,
  // The inverse: outputs between (cell step + low) and (cell step + high) may have a cell.
  back: vec3u, low: vec3u, high: vec3u,
}

struct Wide { high: u32, low: u32 }

// The product of two words (Knuth, The Art of Computer Programming, volume 2, section 4.3.1, algorithm M).
fn product(a: u32, b: u32) -> Wide {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let first = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let second = (a & 0xffffu) * (b >> 16u) + (first & 0xffffu);
  return Wide((a >> 16u) * (b >> 16u) + (first >> 16u) + (second >> 16u), (second << 16u) | (low & 0xffffu));
}

// base + at step.
fn place_at(at: u32, step: vec3u, base: vec3u) -> vec3u {
  let low = product(at, step.z);
  let middle = product(at, step.y);
  let last = base.z + low.low;
  var carry = u32(last < low.low);
  var next = base.y + carry;
  carry = u32(next < carry);
  next += low.high;
  carry += u32(next < low.high);
  next += middle.low;
  carry += u32(next < middle.low);
  return vec3u(base.x + at * step.x + middle.high + carry, next, last);
}
