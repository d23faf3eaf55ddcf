// Bed-of-nails upsampling, which puts each value at the first cell of a window of zeros, and its gradient.
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { averageBackward, averageRule } from "../average-pool/average-pool.ts";
import { checkMap, describeMap } from "../shared/feature-map.ts";
import { aroundWindows } from "../shared/pool-gradient.ts";
import { overWindows, reduction } from "../shared/pool-reduction.ts";
import { BED_KEYS, type BedOfNailsOptions, bedOf, bedUnder } from "./geometry.ts";

/**
 * Each value at the first cell of a window of `kernelSize` cells, and zeros elsewhere.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor, `kernelSize` times as large along the spatial axes
 * @throws ConvError naming the invalid argument
 * @example
 * const y = bedOfNails(x, { kernelSize: 2 });
 */
export function bedOfNails(x: Tensor, options: BedOfNailsOptions): Tensor {
  checkOptions("options", options, BED_KEYS);
  const { map: nails } = checkMap("x", x);
  const { bed, windows } = bedOf(nails, options);
  const { dtype } = x;
  const y = describeMap(bed, dtype);
  return run({
    name: "bedOfNails",
    inputs: { x },
    results: { y },
    parameters: windows,
    // The gradient of sums over windows of one cell each.
    recipe: () =>
      averageBackward({
        ...{ output: nails, map: bed, dtype, over: overWindows(bed, windows), around: aroundWindows(bed, windows) },
        ...{ divisor: 1, dy: whole("x", x), dx: whole("y", y), isSoftware: x.gpu.isSoftware },
      }),
  }).y;
}

/**
 * The gradient of `bedOfNails` with respect to its x: the first cell of each window.
 *
 * @param dy the gradient of the bed
 * @param options the options of the bed
 * @returns a new tensor
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = bedOfNailsBackward(dy, { kernelSize: 2 });
 */
export function bedOfNailsBackward(dy: Tensor, options: BedOfNailsOptions): Tensor {
  checkOptions("options", options, BED_KEYS);
  const { map: bed } = checkMap("dy", dy);
  const { nails, windows } = bedUnder(bed, options);
  const dx = describeMap(nails, dy.dtype);
  return run({
    name: "bedOfNailsBackward",
    inputs: { dy },
    results: { dx },
    parameters: windows,
    recipe: () =>
      reduction({
        ...{ input: bed, output: nails, dtype: dy.dtype, regions: overWindows(bed, windows), rule: averageRule(1) },
        ...{ x: whole("dy", dy), results: [whole("dx", dx)], isSoftware: dy.gpu.isSoftware },
      }),
  }).dx;
}
