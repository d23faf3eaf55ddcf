// The parametric rectifier, and its gradients.
import preluShader from "../../../shaders/ops/prelu/prelu.wgsl";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { sumsOf } from "../shared/broadcast-sums.ts";
import { elementwiseStep, functionOf } from "../shared/broadcast.ts";
import { checkLike, like } from "../shared/feature-map.ts";
import { slopesBeside } from "./geometry.ts";

/**
 * Parametric rectifier (He et al., "Delving Deep into Rectifiers", 2015, section 2.1): x where x >= 0, else slope * x.
 *
 * @param x of any shape up to 8 axes
 * @param slope [C], one for each channel, or of any shape that is broadcast over x: aligned at the last axis, with sizes that are equal, 1 or
 * missing
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = prelu(x, engine.tensor([0.25], [1]));
 */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  const beside = checkPair(x, slope);
  return run({
    name: "prelu",
    inputs: { x, slope },
    results: { y: x },
    recipe: () => {
      const kernel = functionOf(preluShader, "rectified");
      return { steps: [elementwiseStep({ operands: { x, slope: beside }, values: x, kernel }, [whole("y", x)])] };
    },
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
  const beside = checkPair(x, slope);
  checkLike("dy", dy, x, "as x");
  return run({
    name: "preluBackward",
    inputs: { dy, x, slope },
    results: { dx: x, dslope: slope },
    recipe: () =>
      sumsOf(
        { dx: x, dslope: beside },
        {
          dx: {
            operands: { dy, x, slope: beside },
            values: x,
            kernel: functionOf(preluShader, "rectified_slope"),
          },
          dslope: { operands: { dy, x }, values: x, kernel: functionOf(preluShader, "slope_term") },
        },
      ),
  });
}

/** The slopes in the shape by which they are broadcast over x. */
function checkPair(x: Tensor, slope: Tensor): TensorDescription {
  const { shape, layout } = checkTensor("x", x);
  const beside = slopesBeside(checkTensor("slope", slope).shape, shape, layout);
  // A vector along the channels has the layout of x.
  checkLike("slope", slope, like(x, slope.shape), "as x");
  return like(x, beside);
}
