// Resizing, upsampling and their gradients. Factors of whole numbers are pooling the other way round, and have its kernels; all other
// sizes are passes along the axes (resampling.ts).
import linearWeightsShader from "../../../shaders/ops/resize/linear-weights.wgsl";
import { eachAxis, elementCount, toTriple } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import type { Range } from "../../kernel/dispatch.ts";
import { averageBackward, averageRule } from "../average-pool/average-pool.ts";
import { checkLike, checkMap, describeMap } from "../shared/feature-map.ts";
import { type FeatureMap, mapOfShape } from "../shared/geometry/feature-map.ts";
import type { Windows } from "../shared/geometry/windows.ts";
import { aroundWindows } from "../shared/pool-gradient.ts";
import { MAX_UNROLLED } from "../shared/pool-kernel.ts";
import { overWindows, reduction } from "../shared/pool-reduction.ts";
import { type WeightedWindows, weightedSums, weightedTranspose } from "../shared/pool-weights.ts";
import {
  RESIZE_KEYS,
  type Resampling,
  type ResizeBackwardOptions,
  type ResizeOptions,
  UPSAMPLE_KEYS,
  type UpsampleBackwardOptions,
  type UpsampleOptions,
  resamplingOf,
  upsamplingOf,
} from "./geometry.ts";
import { resamplingRecipe } from "./resampling.ts";

/**
 * Resizes a map as ONNX's Resize (version 19) along the spatial axes: each output is the cell nearest to its place, or interpolated between
 * the cells around it. Places are exact, not rounded to floats.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor, larger or smaller along the spatial axes
 * @throws ConvError naming the invalid argument
 * @example
 * const y = resize(x, { outputSize: [224, 224], mode: "cubic", antialias: true });
 */
export function resize(x: Tensor, options: ResizeOptions): Tensor {
  checkOptions("options", options, RESIZE_KEYS);
  return forward("resize", x, options, resamplingOf);
}

/**
 * The gradient of `resize` with respect to its x.
 *
 * @param dy the gradient of the result
 * @param options the options of the resizing, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = resizeBackward(dy, { scale: 0.5, mode: "linear", antialias: true, inputShape: x.shape });
 */
export function resizeBackward(dy: Tensor, options: ResizeBackwardOptions): Tensor {
  checkOptions("options", options, [...RESIZE_KEYS, "inputShape"]);
  return backward("resizeBackward", dy, options, resamplingOf);
}

/**
 * Resizes a map as PyTorch's `interpolate` with the modes nearest, linear, bilinear and trilinear: `resize` with these places. They follow
 * `scale` as it is given (`recompute_scale_factor` is not set), and are exact, not rounded to floats.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor, larger or smaller along the spatial axes
 * @throws ConvError naming the invalid argument
 * @example
 * const y = upsample(x, { scale: 2, mode: "linear" });
 */
export function upsample(x: Tensor, options: UpsampleOptions): Tensor {
  checkOptions("options", options, UPSAMPLE_KEYS);
  return forward("upsample", x, options, upsamplingOf);
}

/**
 * The gradient of `upsample` with respect to its x.
 *
 * @param dy the gradient of the upsampling's result
 * @param options the options of the upsampling, and the shape of its x
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = upsampleBackward(dy, { scale: 2, inputShape: x.shape });
 */
export function upsampleBackward(dy: Tensor, options: UpsampleBackwardOptions): Tensor {
  checkOptions("options", options, [...UPSAMPLE_KEYS, "inputShape"]);
  return backward("upsampleBackward", dy, options, upsamplingOf);
}

type Geometry<Options> = (map: FeatureMap, options: Options) => Resampling;

function forward<Options extends object>(
  name: string,
  x: Tensor,
  options: Options,
  geometry: Geometry<Options>,
): Tensor {
  const { map } = checkMap("x", x);
  const resampling = geometry(map, options);
  const { output } = resampling;
  const { dtype } = x;
  const { isSoftware } = x.gpu;
  const y = describeMap(output, dtype);
  return run({
    name,
    inputs: { x },
    results: { y },
    parameters: options,
    recipe: (): Recipe => {
      const ranges: readonly [Range, Range] = [whole("x", x), whole("y", y)];
      const windows = windowsUnder(resampling, map);
      const around = windows && aroundWindows(output, windows);
      if (windows && around?.blocks && resampling.mode === "nearest") {
        const [dy, dx] = ranges;
        const over = overWindows(output, windows);
        return averageBackward({ output: map, map: output, dtype, over, around, divisor: 1, dy, dx, isSoftware });
      }
      const weighted = windows && weightsUnder(resampling, windows);
      if (weighted)
        return { steps: [weightedTranspose({ weighted, pooled: map, map: output, dtype, ranges, isSoftware })] };
      return resamplingRecipe({ resampling, map, dtype, ranges, isSoftware }, false);
    },
  }).y;
}

function backward<Options extends ResizeBackwardOptions | UpsampleBackwardOptions>(
  name: string,
  dy: Tensor,
  options: Options,
  geometry: Geometry<Options>,
): Tensor {
  const { layout, dtype } = checkTensor("dy", dy);
  const { isSoftware } = dy.gpu;
  const { inputShape, ...rest } = options;
  const map = mapOfShape("inputShape", inputShape, layout);
  const resampling = geometry(map, rest as Options);
  const { output } = resampling;
  checkLike("dy", dy, describeMap(output, dtype), "the result of this resizing");
  const dx = describeMap(map, dtype);
  return run({
    name,
    inputs: { dy },
    results: { dx },
    parameters: rest,
    recipe: (): Recipe => {
      const ranges: readonly [Range, Range] = [whole("dy", dy), whole("dx", dx)];
      const windows = windowsUnder(resampling, map);
      const weighted = windows && weightsUnder(resampling, windows);
      if (weighted) return { steps: [weightedSums({ weighted, pooled: map, map: output, dtype, ranges, isSoftware })] };
      if (windows && resampling.mode === "nearest")
        return reduction({
          ...{ input: output, output: map, dtype, x: ranges[0], results: [ranges[1]] },
          ...{ regions: overWindows(output, windows), rule: averageRule(1), isSoftware },
        });
      return resamplingRecipe({ resampling, map, dtype, ranges, isSoftware }, true);
    },
  }).dx;
}

/**
 * The outputs that each cell contributes to, as windows on the output; undefined unless all factors are whole numbers, and places those of
 * cells as areas.
 */
function windowsUnder(
  { mode, before, normalised, output, axes }: Resampling,
  { size }: FeatureMap,
): Windows | undefined {
  if (mode === "cubic" || normalised) return undefined;
  for (const { inputs, outputs, line, inside } of axes) {
    const { base, step, unit } = line;
    if (step * BigInt(outputs) !== unit * BigInt(inputs) || outputs % inputs !== 0) return undefined;
    // Linear: the place of output 0 is (1 - factor) / (2 factor), half a step after half a cell before the first.
    const fits = mode === "linear" ? 2n * base === step - unit : base < step && base >= (before ? 1n : 0n);
    if (!fits || inside[1] - inside[0] !== outputs) return undefined;
  }
  const linear = mode === "linear";
  const stride = eachAxis((axis) => output.size[axis] / size[axis]);
  // Linear: the outputs whose places, (o + 1/2) / factor - 1/2, are less than 1 away from the cell.
  const kernel = linear ? eachAxis((axis) => 2 * stride[axis] - (stride[axis] % 2)) : stride;
  const pad = toTriple(linear ? stride.map((factor) => Math.floor(factor / 2)) : [], 0);
  return { kernel, stride, dilation: [1, 1, 1], padBegin: pad, padEnd: pad, output: size };
}

/** The weights of each cell in the outputs of its window, for "linear"; undefined if the factors are too large to be unrolled. */
function weightsUnder({ mode }: Resampling, windows: Windows): WeightedWindows | undefined {
  if (mode !== "linear" || elementCount(windows.kernel) > MAX_UNROLLED) return undefined;
  return { windows, rule: { shaders: [linearWeightsShader], uniforms: {} } };
}
