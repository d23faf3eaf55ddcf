// The weights of the taps of windows, products of weights along the axes: the same for all windows that lie inside the axis, and separate
// ones for each of the BEFORE first and AFTER last windows (src/ops/shared/pool-weights.ts). All are loaded from constant indices, which
// software adapters do once for several invocations.
// constants: AFTER_D, AFTER_H, AFTER_W, BEFORE_D, BEFORE_H, BEFORE_W, KERNEL_D, KERNEL_H, KERNEL_W, WEIGHTS
struct Rule {
  // The weights of windows inside, along depth, height and width, then of the windows at the ends of each axis; one weight in the x of each
  // vector.
  weights: array<vec4f, WEIGHTS>,
}

const END_D = KERNEL_D + KERNEL_H + KERNEL_W;
const END_H = END_D + (BEFORE_D + AFTER_D) * KERNEL_D;
const END_W = END_H + (BEFORE_H + AFTER_H) * KERNEL_H;

fn weights_d(window: u32, windows: u32) -> array<f32, KERNEL_D> {
  var weights: array<f32, KERNEL_D>;
  // @unroll
  for (var tap = 0u; tap < KERNEL_D; tap++) {
    var weight = g.rule.weights[tap].x;
    // @unroll
    for (var end = 0u; end < BEFORE_D; end++) {
      weight = select(weight, g.rule.weights[END_D + end * KERNEL_D + tap].x, window == end);
    }
    // @unroll
    for (var end = 0u; end < AFTER_D; end++) {
      weight = select(weight, g.rule.weights[END_D + (BEFORE_D + end) * KERNEL_D + tap].x, window + AFTER_D == windows + end);
    }
    weights[tap] = weight;
  }
  return weights;
}

fn weights_h(window: u32, windows: u32) -> array<f32, KERNEL_H> {
  var weights: array<f32, KERNEL_H>;
  // @unroll
  for (var tap = 0u; tap < KERNEL_H; tap++) {
    var weight = g.rule.weights[KERNEL_D + tap].x;
    // @unroll
    for (var end = 0u; end < BEFORE_H; end++) {
      weight = select(weight, g.rule.weights[END_H + end * KERNEL_H + tap].x, window == end);
    }
    // @unroll
    for (var end = 0u; end < AFTER_H; end++) {
      weight = select(weight, g.rule.weights[END_H + (BEFORE_H + end) * KERNEL_H + tap].x, window + AFTER_H == windows + end);
    }
    weights[tap] = weight;
  }
  return weights;
}

fn weights_w(window: u32, windows: u32) -> array<f32, KERNEL_W> {
  var weights: array<f32, KERNEL_W>;
  // @unroll
  for (var tap = 0u; tap < KERNEL_W; tap++) {
    var weight = g.rule.weights[KERNEL_D + KERNEL_H + tap].x;
    // @unroll
    for (var end = 0u; end < BEFORE_W; end++) {
      weight = select(weight, g.rule.weights[END_W + end * KERNEL_W + tap].x, window == end);
    }
    // @unroll
    for (var end = 0u; end < AFTER_W; end++) {
      weight = select(weight, g.rule.weights[END_W + (BEFORE_W + end) * KERNEL_W + tap].x, window + AFTER_W == windows + end);
    }
    weights[tap] = weight;
  }
  return weights;
}
