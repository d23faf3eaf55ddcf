// Lp pooling and its gradient.
import backwardShader from "../../../shaders/ops/lp-pool/backward.wgsl";
import lpShader from "../../../shaders/ops/lp-pool/lp.wgsl";
import powerShader from "../../../shaders/ops/lp-pool/power.wgsl";
import scaleDyShader from "../../../shaders/ops/lp-pool/scale-dy.wgsl";
import stretchShader from "../../../shaders/ops/lp-pool/stretch.wgsl";
import divisorShader from "../../../shaders/ops/shared/pool/divisor.wgsl";
import valueStateShader from "../../../shaders/ops/shared/pool/value-state.wgsl";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { Shader } from "../../kernel/shader.ts";
import { commonDivisor } from "../average-pool/average-pool.ts";
import { checkMap, describeMap } from "../shared/feature-map.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { type Windows, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { checkPooled, runReduction } from "../shared/pool-calls.ts";
import { aroundWindows, scaleDy, scaledRange } from "../shared/pool-gradient.ts";
import type { Rule } from "../shared/pool-kernel.ts";
import { overWindows } from "../shared/pool-reduction.ts";
import { afterScaling, sumGradient } from "../shared/pool-running.ts";
import { LP_POOL_KEYS, type LpPoolOptions, type Norm, type Sign, normOf } from "./geometry.ts";

/**
 * The p-th root of the sum of the p-th powers of each window of each channel, as PyTorch's `lp_pool` or, with `abs`, ONNX's LpPool. Padding
 * adds nothing. With `ceilMode` a window cut off by the end of the input counts as a whole one, as in PyTorch, unless `scaleCut` is false.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with one cell for each window along each axis
 * @throws ConvError naming the invalid argument
 * @example
 * const y = lpPool(x, { kernelSize: 2, norm: 3, abs: true });
 */
export function lpPool(x: Tensor, options: LpPoolOptions): Tensor {
  checkOptions("options", options, LP_POOL_KEYS);
  const { map } = checkMap("x", x);
  const windows = windowsOf(map, options, true);
  const norm = normOf(options);
  return runReduction({
    name: "lpPool",
    ...{ x, input: map, output: pooled(map, windows), parameters: [windows, norm] },
    recipe: () => ({
      regions: overWindows(map, windows),
      rule: {
        ...lpRule(map, windows, norm, [stretchShader, divisorShader, valueStateShader, lpShader]),
        stateSize: 1,
        separable: true,
      },
    }),
  });
}

/**
 * The gradient of `lpPool` with respect to its x: dy y^(1 - p) x^(p - 1), summed over the windows of each cell. A window whose y is 0 adds
 * nothing: the norm has no derivative there (PyTorch returns NaN).
 *
 * @param dy the gradient of the pooling's result
 * @param x the x of the pooling
 * @param y the result of the pooling
 * @param options the options of the pooling
 * @returns a new tensor, shaped as x
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = lpPoolBackward(dy, x, y, { kernelSize: 2 });
 */
export function lpPoolBackward(dy: Tensor, x: Tensor, y: Tensor, options: LpPoolOptions): Tensor {
  checkOptions("options", options, LP_POOL_KEYS);
  const { map } = checkMap("x", x);
  const windows = windowsOf(map, options, true);
  const norm = normOf(options);
  const output = pooled(map, windows);
  const { dtype } = x;
  checkPooled("dy", dy, describeMap(output, dtype));
  checkPooled("y", y, describeMap(output, dtype));
  const dx = describeMap(map, dtype);
  return run({
    name: "lpPoolBackward",
    inputs: { dy, x, y },
    results: { dx },
    parameters: [windows, norm],
    recipe: () => {
      const scaled = scaledRange(output);
      const common = { pooled: output, map, dtype };
      const scale = scaleDy({
        ...{ ...common, regions: overWindows(map, windows) },
        rule: lpRule(map, windows, norm, [stretchShader, divisorShader, scaleDyShader]),
        ranges: [whole("dy", dy), scaled, whole("y", y)],
      });
      const gradient = {
        ...{ ...common, regions: aroundWindows(map, windows) },
        rule: lpRule(map, windows, norm, [backwardShader]),
        ranges: [scaled, whole("x", x), whole("dx", dx)],
        isSoftware: x.gpu.isSoftware,
      };
      return afterScaling(scale, scaled, (offset) => sumGradient(gradient, offset));
    },
  }).dx;
}

/** The codes of signs in shaders/ops/lp-pool/power.wgsl. */
const SIGNS: Record<Sign, number> = { positive: 0, signed: 1, undefined: 2 };

/** The bits of a NaN. */
const NAN = 0x7fc00000;

function lpRule(
  map: FeatureMap,
  windows: Windows,
  { norm, power, slope, scaleCut }: Norm,
  shaders: readonly Shader[],
): Rule {
  const divisor = commonDivisor(map, windows, { includePadding: true, divisor: 0 });
  return {
    shaders: [powerShader, ...shaders],
    uniforms: { divisor, cells: elementCount(windows.kernel), nan: NAN },
    constants: {
      ...{ NORM: { f32: norm }, POWER_SIGN: SIGNS[power], SLOPE_SIGN: SIGNS[slope] },
      ...{ COMMON_DIVISOR: divisor > 0 || !scaleCut, INCLUDE_PADDING: true },
    },
  };
}
