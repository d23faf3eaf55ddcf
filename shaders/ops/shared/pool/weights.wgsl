// Windows of which each tap weighs a product of numbers along the axes: those that no end of the axis cuts off all the same ones, each of the
// BEFORE first windows and the AFTER last ones its own (src/ops/weighted-windows.ts). All are loaded from places that are constants, which
// software adapters do once for several invocations.
// constants: AFTER_D, AFTER_H, AFTER_W, BEFORE_D, BEFORE_H, BEFORE_W, KERNEL_D, KERNEL_H, KERNEL_W, WEIGHTS
struct Rule {
  // Those of whole windows along depth, height and width, then of the others along each.
  weights: array<vec4f, WEIGHTS>,
}

const OWN_D = KERNEL_D + KERNEL_H + KERNEL_W;
const OWN_H = OWN_D + (BEFORE_D + AFTER_D) * KERNEL_D;
const OWN_W = OWN_H + (BEFORE_H + AFTER_H) * KERNEL_H;

fn weights_d(window: u32, windows: u32) -> array<f32, KERNEL_D> {
  var weights: array<f32, KERNEL_D>;
  // @unroll
  for (var tap = 0u; tap < KERNEL_D; tap++) {
    var weight = g.rule.weights[tap].x;
    // @unroll
    for (var own = 0u; own < BEFORE_D; own++) {
      weight = select(weight, g.rule.weights[OWN_D + own * KERNEL_D + tap].x, window == own);
    }
    // @unroll
    for (var own = 0u; own < AFTER_D; own++) {
      weight = select(weight, g.rule.weights[OWN_D + (BEFORE_D + own) * KERNEL_D + tap].x, window + AFTER_D == windows + own);
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
    for (var own = 0u; own < BEFORE_H; own++) {
      weight = select(weight, g.rule.weights[OWN_H + own * KERNEL_H + tap].x, window == own);
    }
    // @unroll
    for (var own = 0u; own < AFTER_H; own++) {
      weight = select(weight, g.rule.weights[OWN_H + (BEFORE_H + own) * KERNEL_H + tap].x, window + AFTER_H == windows + own);
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
    for (var own = 0u; own < BEFORE_W; own++) {
      weight = select(weight, g.rule.weights[OWN_W + own * KERNEL_W + tap].x, window == own);
    }
    // @unroll
    for (var own = 0u; own < AFTER_W; own++) {
      weight = select(weight, g.rule.weights[OWN_W + (BEFORE_W + own) * KERNEL_W + tap].x, window + AFTER_W == windows + own);
    }
    weights[tap] = weight;
  }
  return weights;
}
