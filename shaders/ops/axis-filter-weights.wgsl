// The gradient of a 1-D kernel along one axis: for each of its numbers, sums of products of what the pass read and the gradient of what it made,
// FAN a part, neighbouring invocations on neighbouring numbers.
@group(0) @binding(0) var<uniform> g: WeightSum;
@group(0) @binding(1) var<storage, read> x: array<I>;
@group(0) @binding(2) var<storage, read> dy: array<D>;
@group(0) @binding(3) var<storage, read_write> parts: array<f32>;

// Numbers of a channel are `run` together, those of the next one behind them.
struct WeightSum { @size(64) axis: Axis, threads: u32, parts: u32, count: u32, run: u32 }

@compute @workgroup_size(WORKGROUP_SIZE)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) grid: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let index = thread_index(workgroup, grid, local);
  if (index >= g.threads) {
    return;
  }
  let a = g.axis;
  let part = index % g.parts;
  let slot = index / g.parts;
  let channel = select(slot / a.kernel, slot % a.channels, a.w_channel == 1u && a.channels > 1u);
  let number = select(slot % a.kernel, slot / a.channels, a.w_channel == 1u && a.channels > 1u);
  let tap = select(number, a.kernel - 1u - number, FLIPPED);
  let reach = i32(tap * a.dilation) - i32(a.begin);
  var sum = 0.0;
  for (var at = part; at < g.count; at += g.parts) {
    let row = at / g.run;
    let place = (row * a.channels + channel) * g.run + at - row * g.run;
    let line = place / a.inner;
    let outer = line / a.output;
    let position = i32((line - outer * a.output) * a.stride) + reach;
    let cell = u32(source(position, i32(a.input)));
    let value = f32(x[(outer * a.input + cell) * a.inner + place - line * a.inner]) * f32(dy[place]);
    sum += select(value, 0.0, is_padding(position, i32(a.input)));
  }
  parts[index] = sum;
}
