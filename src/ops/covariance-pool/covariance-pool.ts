// Covariance (second-order) pooling, and its gradient.
import backwardShader from "../../../shaders/ops/covariance-pool/backward.wgsl";
import covarianceShader from "../../../shaders/ops/covariance-pool/covariance.wgsl";
import pairShader from "../../../shaders/ops/covariance-pool/pair.wgsl";
import { bytesFor } from "../../base/dtype.ts";
import { roundUp } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { Range } from "../../kernel/dispatch.ts";
import { STORAGE_ALIGNMENT } from "../../kernel/step.ts";
import { averageRule } from "../average-pool/average-pool.ts";
import { checkMap, describeMap } from "../shared/feature-map.ts";
import { type FeatureMap, elementsOf } from "../shared/geometry/feature-map.ts";
import { pooled } from "../shared/geometry/windows.ts";
import { checkPooled } from "../shared/pool-calls.ts";
import { aroundWindows } from "../shared/pool-gradient.ts";
import { type Rule, poolStep } from "../shared/pool-kernel.ts";
import { overWindows, reduction } from "../shared/pool-reduction.ts";
import { COVARIANCE_POOL_KEYS, type CovariancePoolOptions, type Covariances, covariancesOf } from "./geometry.ts";
import { multiplied, multipliedBackward, multiplies } from "./products.ts";

/** Channels in a block of the shaders. */
const BLOCK = 4;

/**
 * The covariances of the channels over the cells of each window: the mean of (x_a - mean_a) (x_b - mean_b), for every a <= b, as in P. Li
 * et al., Is Second-order Information Helpful for Large-scale Visual Recognition? (ICCV 2017), section 3.1; without `centered` the mean of
 * x_a x_b, as in J. Carreira et al., Semantic Segmentation with Second-Order Pooling (ECCV 2012), section 3. Means leave padding out.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param options windows; without `kernelSize` there is one window of all cells
 * @returns a new tensor [N, C (C + 1) / 2, ...windows], or [N, ...windows, C (C + 1) / 2]: the upper triangle of the matrix row by row
 * @throws ConvError naming the invalid argument
 * @example
 * const y = covariancePool(x); // [N, C (C + 1) / 2, 1, 1]
 */
export function covariancePool(x: Tensor, options: CovariancePoolOptions = {}): Tensor {
  checkOptions("options", options, COVARIANCE_POOL_KEYS);
  const { map } = checkMap("x", x);
  const covariances = covariancesOf(map, options);
  const y = describeMap(covariances.output, x.dtype);
  if (multiplies(x, map, covariances)) return multiplied(x, map, covariances, y);
  return run({
    name: "covariancePool",
    inputs: { x },
    results: { y },
    parameters: covariances,
    recipe: () => forward(x, map, covariances, whole("y", y)),
  }).y;
}

/**
 * The gradient of `covariancePool` with respect to its x.
 *
 * @param dy the gradient of the pooling's result
 * @param x the x of the pooling
 * @param options the options of the pooling
 * @returns a new tensor, shaped as x
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = covariancePoolBackward(dy, x);
 */
export function covariancePoolBackward(dy: Tensor, x: Tensor, options: CovariancePoolOptions = {}): Tensor {
  checkOptions("options", options, COVARIANCE_POOL_KEYS);
  const { map } = checkMap("x", x);
  const covariances = covariancesOf(map, options);
  const { dtype } = x;
  checkPooled("dy", dy, describeMap(covariances.output, dtype));
  const dx = describeMap(map, dtype);
  if (multiplies(x, map, covariances)) return multipliedBackward(dy, x, map, covariances);
  return run({
    name: "covariancePoolBackward",
    inputs: { dy, x },
    results: { dx },
    parameters: covariances,
    recipe: () => {
      const { steps, workspaceBytes, means } = meansOf(x, map, covariances);
      const blocks = Math.ceil(map.channels / BLOCK);
      const step = poolStep({
        ...{ input: covariances.output, output: map, dtype, lanes: 1 },
        regions: aroundWindows(map, covariances.windows),
        rule: covarianceRule({ blocks }, covariances),
        shaders: [backwardShader],
        ranges: [whole("dy", dy), whole("x", x), means, whole("dx", dx)],
        threads: (elementsOf(map) / map.channels) * blocks,
      });
      return { steps: [...steps, step], workspaceBytes };
    },
  }).dx;
}

/** The steps that compute the means of the channels at the start of the workspace. */
function meansOf(
  x: Tensor,
  map: FeatureMap,
  { windows, centered }: Covariances,
): Required<Recipe> & { readonly means: Range } {
  const output = pooled(map, windows);
  const means: Range = { operand: "workspace", offset: 0, size: bytesFor(elementsOf(output), "f32") };
  const end = roundUp(means.size, STORAGE_ALIGNMENT);
  // Without centering the kernels bind the means but do not read them.
  if (!centered) return { steps: [], workspaceBytes: end, means };
  const { steps, workspaceBytes = end } = reduction({
    ...{ input: map, output, dtype: x.dtype, regions: overWindows(map, windows), rule: averageRule(0) },
    ...{ x: whole("x", x), results: [means], resultDtype: "f32", workspaceOffset: end },
    isSoftware: x.gpu.isSoftware,
  });
  return { steps, workspaceBytes, means };
}

function forward(x: Tensor, map: FeatureMap, covariances: Covariances, y: Range): Recipe {
  const { windows, output } = covariances;
  const { steps, workspaceBytes, means } = meansOf(x, map, covariances);
  const blocks = Math.ceil(map.channels / BLOCK);
  const pairs = (blocks * (blocks + 1)) / 2;
  const step = poolStep({
    ...{ input: map, output, dtype: x.dtype, lanes: 1 },
    regions: overWindows(map, windows),
    rule: covarianceRule({ blocks, pairs }, covariances),
    shaders: [covarianceShader],
    ranges: [whole("x", x), means, y],
    threads: (elementsOf(output) / output.channels) * pairs,
  });
  return { steps: [...steps, step], workspaceBytes };
}

function covarianceRule(uniforms: Rule["uniforms"], { centered }: Covariances): Rule {
  return { shaders: [pairShader], uniforms, constants: { CENTERED: centered } };
}
