// CPU reference of reductions over any axes and of their gradients, in float64.
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkOptions, checkShape } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { placesIn } from "../shared/geometry/broadcast.ts";
import { checkElements } from "../shared/reference/broadcast.ts";
import { logSumExp } from "../shared/reference/lines.ts";
import { REDUCE_KEYS, type ReduceOptions, checkTerms, reducedOf } from "./geometry.ts";

type Reduce = (x: NdArray, options?: ReduceOptions) => Float64NdArray;
type OwnBackward = (dy: NdArray, x: NdArray, options?: ReduceOptions) => Float64NdArray;
type Backward = (dy: NdArray, x: NdArray, y: NdArray, options?: ReduceOptions) => Float64NdArray;

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);
const most = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);

/** @param value the result of the elements that are reduced to it */
const reduction =
  (value: (values: readonly number[]) => number, needsTerms = false): Reduce =>
  (x, options = {}) => {
    checkOptions("options", options, REDUCE_KEYS);
    const { data, shape } = checkElements("x", x);
    const result = reducedOf(shape, options);
    if (needsTerms) checkTerms(shape, result);
    const terms = Array.from({ length: elementCount(result.kept) }, (): number[] => []);
    placesIn(result.kept, shape).forEach((place, at) => terms[place]!.push(data[at]!));
    return { data: Float64Array.from(terms, value), shape: result.shape };
  };

/** @param slope the derivative of the result by an element, from the element, the result, and the number of elements that equal it */
const gradient =
  (slope: (v: number, result: number, ties: number) => number): Backward =>
  (dy, x, y, options = {}) => {
    checkOptions("options", options, REDUCE_KEYS);
    const { data, shape } = checkElements("x", x);
    const result = reducedOf(shape, options);
    const [gradients, results] = [checkElements("dy", dy), checkElements("y", y)];
    checkShapeIs("dy", gradients.shape, result.shape);
    checkShapeIs("y", results.shape, result.shape);
    const places = placesIn(result.kept, shape);
    const ties = results.data.map(() => 0);
    places.forEach((place, at) => (ties[place]! += data[at] === results.data[place] ? 1 : 0));
    const of = (place: number, at: number): number =>
      gradients.data[place]! * slope(data[at]!, results.data[place]!, ties[place]!);
    return { data: Float64Array.from(places, of), shape };
  };

/** @param factor of the gradient of each result, from the number of its elements */
const spread =
  (factor: (terms: number) => number) =>
  (dy: NdArray, options: ReduceOptions & { inputShape: readonly number[] }): Float64NdArray => {
    const { inputShape, ...rest } = checkOptions("options", options, [...REDUCE_KEYS, "inputShape"]);
    const shape = checkShape("inputShape", inputShape, RANKS);
    const result = reducedOf(shape, rest);
    const { data, shape: own } = checkElements("dy", dy);
    checkShapeIs("dy", own, result.shape);
    const places = placesIn(result.kept, shape);
    return { data: Float64Array.from(places, (place) => data[place]! * factor(result.terms)), shape };
  };

// Gradients that depend on no result.
const signs = /* @__PURE__ */ gradient(Math.sign);
const doubles = /* @__PURE__ */ gradient((v) => 2 * v);

const share = (v: number, result: number, ties: number): number => (v === result ? 1 / ties : 0);

/** `reduceSum` of convoke/ops, in float64. */
export const reduceSum: Reduce = /* @__PURE__ */ reduction(sum);
/** `reduceMean` of convoke/ops, in float64. */
export const reduceMean: Reduce = /* @__PURE__ */ reduction((values) => sum(values) / values.length);
/** `reduceMax` of convoke/ops, in float64. */
export const reduceMax: Reduce = /* @__PURE__ */ reduction(most, true);
/** `reduceMin` of convoke/ops, in float64. */
export const reduceMin: Reduce = /* @__PURE__ */ reduction((values) => -most(values.map((v) => -v)), true);
/** `reduceProduct` of convoke/ops, in float64. */
export const reduceProduct: Reduce = /* @__PURE__ */ reduction((values) => values.reduce((a, b) => a * b, 1));
/** `reduceL1` of convoke/ops, in float64. */
export const reduceL1: Reduce = /* @__PURE__ */ reduction((values) => sum(values.map(Math.abs)));
/** `reduceL2` of convoke/ops, in float64. */
export const reduceL2: Reduce = /* @__PURE__ */ reduction((values) => Math.sqrt(sum(values.map((v) => v * v))));
/** `reduceSumSquare` of convoke/ops, in float64. */
export const reduceSumSquare: Reduce = /* @__PURE__ */ reduction((values) => sum(values.map((v) => v * v)));
/** `reduceLogSum` of convoke/ops, in float64. */
export const reduceLogSum: Reduce = /* @__PURE__ */ reduction((values) => Math.log(sum(values)));
/** `reduceLogSumExp` of convoke/ops, in float64. */
export const reduceLogSumExp: Reduce = /* @__PURE__ */ reduction(
  (values) => (Math.abs(most(values)) === Infinity ? most(values) : logSumExp(values)),
  true,
);

/** `reduceSumBackward` of convoke/ops, in float64. */
export const reduceSumBackward = /* @__PURE__ */ spread(() => 1);
/** `reduceMeanBackward` of convoke/ops, in float64. */
export const reduceMeanBackward = /* @__PURE__ */ spread((terms) => 1 / terms);
/** `reduceMaxBackward` of convoke/ops, in float64. */
export const reduceMaxBackward: Backward = /* @__PURE__ */ gradient(share);
/** `reduceMinBackward` of convoke/ops, in float64. */
export const reduceMinBackward: Backward = /* @__PURE__ */ gradient(share);
/** `reduceL1Backward` of convoke/ops, in float64. */
export const reduceL1Backward: OwnBackward = (dy, x, options) => signs(dy, x, dy, options);
/** `reduceL2Backward` of convoke/ops, in float64. */
export const reduceL2Backward: Backward = /* @__PURE__ */ gradient((v, root) => (root === 0 ? 0 : v / root));
/** `reduceSumSquareBackward` of convoke/ops, in float64. */
export const reduceSumSquareBackward: OwnBackward = (dy, x, options) => doubles(dy, x, dy, options);
/** `reduceLogSumExpBackward` of convoke/ops, in float64. */
export const reduceLogSumExpBackward: Backward = /* @__PURE__ */ gradient((v, result) => Math.exp(v - result));
