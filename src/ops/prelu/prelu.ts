// The parametric rectifier, and its gradients.
import preluBackwardShader from "../../../shaders/ops/prelu/prelu-backward.wgsl";
import preluShader from "../../../shaders/ops/prelu/prelu.wgsl";
import termSlopeShader from "../../../shaders/ops/prelu/term-slope.wgsl";
import combineShader from "../../../shaders/ops/shared/combine.wgsl";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Pair, broadcastStep, reduceSteps } from "../shared/broadcast.ts";
import { checkLike } from "../shared/feature-map.ts";
import { slopesBeside } from "./geometry.ts";

/**
 * Parametric rectifier (He et al., "Delving Deep into Rectifiers", 2015, section 2.1): x where x >= 0, else slope * x.
 *
 * @param x [N, C], [N, C, ...spatial] or [N, ...spatial, C]
 * @param slope [C], one for each channel, or [1]
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = prelu(x, engine.tensor([0.25], [1]));
 */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  const { shape, layout, dtype, pair } = checkPair(x, slope);
  const y = { shape, layout, dtype };
  return run({
    name: "prelu",
    inputs: { x, slope },
    results: { y },
    recipe: () => ({
      steps: [broadcastStep(pair, [preluShader, combineShader], [whole("slope", slope), whole("x", x), whole("y", y)])],
    }),
  }).y;
}

/** The gradients of `prelu`. */
export interface PreluGradients {
  /** Like x. */
  readonly dx: Tensor;
  /** Like slope. */
  readonly dslope: Tensor;
}

/**
 * Gradients of `prelu`: dy, times the slope where x <= 0, and for each slope the sum of x * dy where x <= 0.
 *
 * @param dy gradient of the result
 * @returns new tensors `dx` like x and `dslope` like slope
 * @throws ConvError naming the invalid argument
 * @example const { dx, dslope } = preluBackward(dy, x, slope);
 */
export function preluBackward(dy: Tensor, x: Tensor, slope: Tensor): PreluGradients {
  const { shape, layout, dtype, pair } = checkPair(x, slope);
  checkLike("dy", dy, x, "as x");
  const dx = { shape, layout, dtype };
  const dslope = { shape: slope.shape, layout: slope.layout, dtype };
  return run({
    name: "preluBackward",
    inputs: { dy, x, slope },
    results: { dx, dslope },
    recipe: () => {
      const ranges = [whole("slope", slope), whole("dy", dy), whole("x", x), whole("dx", dx)];
      const gradient = broadcastStep(pair, [preluBackwardShader], ranges);
      const sums = reduceSteps(pair, termSlopeShader, [whole("dy", dy), whole("x", x)], whole("dslope", dslope));
      return { ...sums, steps: [gradient, ...sums.steps] };
    },
  });
}

function checkPair(x: Tensor, slope: Tensor): Pick<Tensor, "shape" | "layout" | "dtype"> & { pair: Pair } {
  const { shape, layout, dtype } = checkTensor("x", x);
  const other = slopesBeside(checkTensor("slope", slope).shape, shape, layout);
  checkLike("slope", slope, { shape: slope.shape, layout, dtype }, "as x");
  return { shape, layout, dtype, pair: { shape, other, dtype } };
}
