// CPU reference of the choice between two arrays by a condition, and of its gradients, in float64.
import { checkOptions } from "../../base/validate.ts";
import type { Float64NdArray, NdArray } from "../../reference/ndarray.ts";
import { type PairShapes, checkPairShapes } from "../shared/geometry/broadcast.ts";
import { checkElements, combined, summedTo } from "../shared/reference/broadcast.ts";

/** `where` of convoke/ops, in float64. */
export function where(condition: NdArray, a: NdArray, b: NdArray): Float64NdArray {
  return combined({ condition, a, b }, (holds, one, other) => (holds === 0 ? other : one));
}

/** `whereBackward` of convoke/ops, in float64. */
export function whereBackward(
  dy: NdArray,
  condition: NdArray,
  options: PairShapes = {},
): { da: Float64NdArray; db: Float64NdArray } {
  checkOptions("options", options, ["aShape", "bShape"]);
  const { shape } = checkElements("dy", dy);
  const mask = checkElements("condition", condition);
  const of = (kept: boolean): Float64NdArray =>
    combined({ condition, dy }, (holds, v) => ((holds !== 0) === kept ? v : 0));
  const [one, other] = [of(true), of(false)];
  const [aShape, bShape] = checkPairShapes(options, shape, { "condition.shape": mask.shape });
  return { da: summedTo(aShape, one), db: summedTo(bShape, other) };
}
