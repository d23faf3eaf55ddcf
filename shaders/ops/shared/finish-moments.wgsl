// The mean and the inverse deviation of each set, from its moments.
// slots: variance_of
struct Finish { threads: u32, epsilon: f32 }

@group(0) @binding(0) var<uniform> g: Finish;
@group(0) @binding(1) var<storage, read> moments: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> mean: array<f32>;
@group(0) @binding(3) var<storage, read_write> inverse: array<f32>;

fn thread(index: u32) {
  let whole = moments[index];
  mean[index] = whole.x;
  inverse[index] = inverseSqrt(variance_of(whole) + g.epsilon);
}
