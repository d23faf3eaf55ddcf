// The inverse magnitude of each set, from its moments: of the root of the mean square, to which `bound` is added (NORM 0), or of the sum of
// the absolute values or the root of the sum of the squares (NORM 1 and 2), at most `bound`. Large numbers are squared in units of 2^62.
// constants: FAR, NORM
struct Finish { threads: u32, bound: f32 }

const LARGE = 2.168404344971009e-19;

@group(0) @binding(0) var<uniform> g: Finish;
@group(0) @binding(1) var<storage, read> moments: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> inverse: array<f32>;

fn thread(index: u32) {
  let whole = moments[index];
  let far = abs(whole.x) > FAR || whole.w > 0.0;
  let unit = select(1.0, LARGE, far);
  let mean = whole.x * unit;
  // The squares in w are in units of 2^120.
  let square = mean * mean + select(whole.y, whole.y * LARGE * LARGE + whole.w / 16.0, far) / whole.z;
  if (NORM == 0u) {
    inverse[index] = inverseSqrt(square + g.bound * unit * unit) * unit;
    return;
  }
  let norm = select(sqrt(square) * sqrt(whole.z), mean * whole.z, NORM == 1u);
  let own = unit / norm;
  inverse[index] = select(own, g.bound, norm == 0.0 || own >= g.bound);
}
