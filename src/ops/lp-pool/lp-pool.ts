import { elementCount } from "../../base/shape.ts";
// Lp pooling and its gradient.
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { commonDivisor } from "../average-pool/average-pool.ts";
import { type FeatureMap, elementsOf, shapeOf } from "../shared/geometry/feature-map.ts";
import { LP_POOL_KEYS, type LpPoolOptions, type Norm, type Sign, normOf } from "./geometry.ts";
import { type Windows, pooled, windowsOf } from "../shared/geometry/windows.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { aroundWindows, gathering, sharing } from "../shared/gathering.ts";
import type { Range } from "../../kernel/dispatch.ts";
import { run, floatBits, whole } from "../../gpu/operation.ts";
import { type Rule, overWindows, reduction } from "../shared/pooling.ts";
import lpPowerShader from "../../../shaders/ops/lp-pool/lp-power.wgsl";
import lpSpreadShader from "../../../shaders/ops/lp-pool/lp-spread.wgsl";
import withWindowShader from "../../../shaders/ops/shared/pool/with-window.wgsl";

/**
 * The p-th root of the sum of the p-th powers of each window of each channel. Padding adds nothing. A window that `ceilMode` makes and the
 * end cuts off counts as if it were whole, its mean times its cells, as in PyTorch.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor with as many cells along each axis as there are windows
 * @throws ConvError naming the argument that does not fit
 */
export function lpPool(x: Tensor, options: LpPoolOptions): Tensor {
  checkOptions("options", options, LP_POOL_KEYS);
  const { tensor, map } = checkMap("x", x);
  const windows = windowsOf(map, options);
  const norm = normOf(options);
  const { layout, dtype } = tensor;
  const output = pooled(map, windows);
  const y = { shape: shapeOf(output), layout, dtype };
  return run({
    name: "lpPool",
    inputs: { x: tensor },
    results: { y },
    parameters: [windows, norm],
    recipe: () =>
      reduction({
        ...{ input: map, output, dtype, axes: overWindows(map, windows), rule: ruleOf(map, windows, norm, ["lp"]) },
        ...{ x: whole("x", tensor), results: [whole("y", y)] },
      }),
  }).y;
}

/**
 * The gradient of `lpPool` with respect to its x: of each window dy y^(1 - p) x^(p - 1). Where y is 0, where there is none, it is 0 (in
 * PyTorch NaN).
 *
 * @param dy the gradient of its result
 * @param x, y the pooling's x and its result
 * @param options those of the pooling
 * @returns a new tensor, shaped as x
 * @throws ConvError naming the argument that does not fit
 */
export function lpPoolBackward(
  dy: Tensor,
  x: Tensor,
  y: Tensor,
  options: LpPoolOptions,
): Tensor {
  checkOptions("options", options, LP_POOL_KEYS);
  const { tensor, map } = checkMap("x", x);
  const windows = windowsOf(map, options);
  const norm = normOf(options);
  const { layout, dtype, shape } = tensor;
  const output = pooled(map, windows);
  const like = { shape: shapeOf(output), layout, dtype };
  const gradient = checkLike("dy", dy, like, "the result of this pooling");
  const root = checkLike("y", y, like, "the result of this pooling");
  const dx = { shape, layout, dtype };
  return run({
    name: "lpPoolBackward",
    inputs: { dy: gradient, x: tensor, y: root },
    results: { dx },
    parameters: [windows, norm],
    recipe: () => {
      const shares: Range = { operand: "workspace", offset: 0, size: elementsOf(output) * 4 };
      const common = { pooled: output, map, dtype };
      const share = sharing({
        ...{ ...common, axes: overWindows(map, windows), rule: ruleOf(map, windows, norm, ["lp-share"]) },
        ranges: [whole("dy", gradient), shares, whole("y", root)],
      });
      // Windows that are cut off are done with.
      const rule = ruleOf(map, windows, norm, ["lp-spread"]);
      const spread = gathering({
        ...{ ...common, axes: aroundWindows(map, windows) },
        rule: { ...rule, shaders: [lpPowerShader, lpSpreadShader, withWindowShader] },
        ranges: [shares, whole("x", tensor), whole("dx", dx)],
      });
      return { steps: [share, spread], workspaceBytes: shares.size };
    },
  }).dx;
}

const SIGNS: Record<Sign, number> = { positive: 0, signed: 1, undefined: 2 };

/** The bits of a NaN. */
const NAN = 0x7fc00000;

function ruleOf(map: FeatureMap, windows: Windows, { norm, power, slope }: Norm, last: string[]): Rule {
  const divisor = commonDivisor(map, windows, { includePadding: true, divisor: 0 });
  return {
    shaders: ["lp-power", "lp-stretch", "average-divisor", ...last].map((name) => `ops/pool/${name}`),
    words: [floatBits(divisor), floatBits(elementCount(windows.kernel)), NAN],
    constants: {
      ...{ NORM: { f32: norm }, POWER_SIGN: SIGNS[power], SLOPE_SIGN: SIGNS[slope] },
      ...{ COMMON_DIVISOR: divisor > 0, INCLUDE_PADDING: true },
    },
    kept: 1,
  };
}
