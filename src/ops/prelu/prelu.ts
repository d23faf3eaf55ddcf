// The parametric rectifier (He et al. 2015, section 2.1), and its gradients.
import { checkTensor } from "../../gpu/tensor.ts";
import { refuse } from "../../base/error.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkShape } from "../../base/validate.ts";
import { channelAxis } from "../shared/geometry/axis.ts";
import { besideChannels } from "../shared/geometry/broadcast.ts";
import { type Pair, broadcastStep, reduceSteps } from "../shared/broadcast.ts";
import { checkLike } from "../shared/feature-map.ts";
import { run, whole } from "../../gpu/operation.ts";
import preluShader from "../../../shaders/ops/prelu/prelu.wgsl";
import combineShader from "../../../shaders/ops/shared/combine.wgsl";
import preluBackwardShader from "../../../shaders/ops/prelu/prelu-backward.wgsl";

/**
 * x where x >= 0, else slope * x.
 *
 * @param x [N, C], [N, C, ...spatial] or [N, ...spatial, C]
 * @param slope one for each channel [C], or one for all [1]
 * @returns a new tensor like x
 * @throws ConvError naming the argument that does not fit
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

export interface PreluGradients {
  readonly dx: Tensor;
  readonly dslope: Tensor;
}

/**
 * The gradients of `prelu`: dy, times the slope where x <= 0, and for each slope the sum of x * dy where x <= 0.
 *
 * @param dy the gradient of its result
 * @returns new tensors `dx` like x and `dslope` like slope
 * @throws ConvError naming the argument that does not fit
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
      const terms = [whole("dy", dy), whole("x", x)] as const;
      const { steps, ...sums } = reduceSteps(pair, "term-slope", terms, whole("dslope", dslope));
      return { steps: [gradient, ...steps], ...sums };
    },
  });
}

function checkPair(
  x: Tensor,
  slope: Tensor,
): Pick<Tensor, "shape" | "layout" | "dtype"> & { pair: Pair } {
  const { shape, layout, dtype } = checkTensor("x", x);
  checkShape("x.shape", shape, [2, 3, 4, 5]);
  const axis = channelAxis(shape, layout);
  const given = checkTensor("slope", slope);
  if (given.shape.length !== 1 || ![1, shape[axis]].includes(given.size))
    refuse("shape-mismatch", "slope.shape", given.shape, `[${shape[axis]}], one for each channel, or [1]`);
  checkLike("slope", slope, { shape: given.shape, layout, dtype }, "as x");
  const other = besideChannels(given.size, shape.length, axis);
  return { shape, layout, dtype, pair: { shape, other, dtype } };
}
