// Second-order pooling, the covariances of the channels, and its gradient.
import { elementTypes } from "../../kernel/element-types.ts";
import { STORAGE_ALIGNMENT } from "../../kernel/step.ts";
import { roundUp } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { averageRule } from "../average-pool/average-pool.ts";
import {
  COVARIANCE_POOL_KEYS,
  type CovariancePoolOptions,
  type Covariances,
  covariancesOf,
} from "./geometry.ts";
import { type FeatureMap, elementsOf, shapeOf } from "../shared/geometry/feature-map.ts";
import { pooled } from "../shared/geometry/windows.ts";
import { checkLike, checkMap, mapConstants } from "../shared/feature-map.ts";
import { aroundWindows } from "../shared/gathering.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, type Recipe, whole } from "../../gpu/operation.ts";
import { overWindows, partsOf, poolWords, reduction } from "../shared/pooling.ts";
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import oneLaneShader from "../../../shaders/ops/shared/pool/one-lane.wgsl";
import numbersShader from "../../../shaders/ops/shared/pool/numbers.wgsl";
import pairShader from "../../../shaders/ops/covariance-pool/pair.wgsl";
import poolShader from "../../../shaders/ops/shared/pool/pool.wgsl";
import covarianceBackwardShader from "../../../shaders/ops/covariance-pool/covariance-backward.wgsl";
import covarianceShader from "../../../shaders/ops/covariance-pool/covariance.wgsl";
import combineShader from "../../../shaders/ops/covariance-pool/combine.wgsl";

/** Channels in a block of the shaders. */
const BLOCK = 4;

/** What the shaders begin with: they compute on one channel at a time. */
const SHADERS = [featureMapShader, oneLaneShader, numbersShader, pairShader];

/**
 * The covariances of the channels over the cells of each window: the mean of (x_a - mean_a) (x_b - mean_b), for every a <= b, as in P. Li et
 * al., Is Second-order Information Helpful for Large-scale Visual Recognition? (ICCV 2017), section 3.1; without `centered` the mean of x_a
 * x_b, as in J. Carreira et al., Semantic Segmentation with Second-Order Pooling (ECCV 2012), section 3. Padding counts in no mean.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param options windows; without `kernelSize` there is one, of all cells
 * @returns a new tensor [N, C (C + 1) / 2, ...windows], or with these channels last: the upper triangle of the matrix row by row
 * @throws ConvError naming the argument that does not fit
 */
export function covariancePool(x: Tensor, options: CovariancePoolOptions = {}): Tensor {
  checkOptions("options", options, COVARIANCE_POOL_KEYS);
  const { tensor, map } = checkMap("x", x);
  const covariances = covariancesOf(map, options);
  const { layout, dtype } = tensor;
  const y = { shape: shapeOf(covariances.output), layout, dtype };
  return run({
    name: "covariancePool",
    inputs: { x: tensor },
    results: { y },
    parameters: covariances,
    recipe: () => forward(map, covariances, dtype, whole("x", tensor), whole("y", y)),
  }).y;
}

/**
 * The gradient of `covariancePool` with respect to its x.
 *
 * @param dy the gradient of its result
 * @param x that of the pooling
 * @param options those of the pooling
 * @returns a new tensor, shaped as x
 * @throws ConvError naming the argument that does not fit
 */
export function covariancePoolBackward(
  dy: Tensor,
  x: Tensor,
  options: CovariancePoolOptions = {},
): Tensor {
  checkOptions("options", options, COVARIANCE_POOL_KEYS);
  const { tensor, map } = checkMap("x", x);
  const covariances = covariancesOf(map, options);
  const { windows, output, centered } = covariances;
  const { layout, dtype, shape } = tensor;
  const like = { shape: shapeOf(output), layout, dtype };
  const gradient = checkLike("dy", dy, like, "the result of this pooling");
  const dx = { shape, layout, dtype };
  return run({
    name: "covariancePoolBackward",
    inputs: { dy: gradient, x: tensor },
    results: { dx },
    parameters: covariances,
    recipe: () => {
      const { recipe, means } = meansOf(map, covariances, dtype, whole("x", tensor));
      const axes = aroundWindows(map, windows);
      const blocks = Math.ceil(map.channels / BLOCK);
      const threads = (elementsOf(map) / map.channels) * blocks;
      const step = dispatch({
        shaders: [...SHADERS, ...axes.shaders, poolShader, covarianceBackwardShader],
        constants: { ...mapConstants(map), ...axes.constants!, CENTERED: centered },
        aliases: { E: elementTypes(dtype).one },
        ranges: [whole("dy", gradient), whole("x", tensor), means, whole("dx", dx)],
        uniforms: poolWords(output, map, axes.words, [threads, 1, 1, 0], [blocks]),
        threads,
      });
      return { steps: [...recipe.steps, step], workspaceBytes: recipe.workspaceBytes! };
    },
  }).dx;
}

/** The means of the channels, at the start of the workspace. */
function meansOf(
  map: FeatureMap,
  { windows, centered }: Covariances,
  dtype: Tensor["dtype"],
  x: Range,
): { recipe: Recipe; means: Range } {
  const output = pooled(map, windows);
  const means: Range = { operand: "workspace", offset: 0, size: elementsOf(output) * 4 };
  const end = roundUp(means.size, STORAGE_ALIGNMENT);
  // Not read either.
  if (!centered) return { recipe: { steps: [], workspaceBytes: end }, means };
  const axes = overWindows(map, windows);
  const { steps, workspaceBytes = end } = reduction({
    ...{ input: map, output, dtype, axes, rule: averageRule(0, false), x, results: [means] },
    ...{ resultDtype: "f32", workspaceOffset: end },
  });
  return { recipe: { steps, workspaceBytes }, means };
}

function forward(map: FeatureMap, covariances: Covariances, dtype: Tensor["dtype"], x: Range, y: Range): Recipe {
  const { windows, output, centered } = covariances;
  const { recipe, means } = meansOf(map, covariances, dtype, x);
  const axes = overWindows(map, windows);
  const outputs = elementsOf(output);
  const parts = partsOf(axes.cells, outputs);
  const kept: Range = {
    operand: "workspace",
    offset: roundUp(means.size, STORAGE_ALIGNMENT),
    size: outputs * parts * 4,
  };
  const blocks = Math.ceil(map.channels / BLOCK);
  const pairs = (blocks * (blocks + 1)) / 2;
  const threads = (outputs / output.channels) * pairs * parts;
  const sums = dispatch({
    shaders: [...SHADERS, ...axes.shaders, poolShader, covarianceShader],
    constants: { ...mapConstants(map), CENTERED: centered },
    aliases: { E: elementTypes(dtype).one },
    ranges: [x, means, kept],
    readWrite: [2],
    uniforms: poolWords(map, output, axes.words, [threads, 1, parts, 0], [blocks, pairs]),
    threads,
  });
  const rule = averageRule(0, false);
  const combine = dispatch({
    shaders: [...SHADERS, ...axes.shaders, ...rule.shaders, poolShader, combineShader],
    constants: { ...mapConstants(map), ...rule.constants! },
    aliases: { R: elementTypes(dtype).one },
    ranges: [],
    uniforms: poolWords(map, output, axes.words, [outputs, 1, parts, 0], rule.words),
    threads: outputs,
  });
  const bindings = [
    { binding: 2, ...y },
    { binding: 4, ...kept },
  ];
  return {
    steps: [...recipe.steps, sums, { ...combine, bindings }],
    workspaceBytes: Math.max(recipe.workspaceBytes ?? 0, kept.offset + kept.size),
  };
}
