// Common to the references of normalisations: which elements of x share a mean and a deviation, and which a scale and a bias.
import { elementCount } from "../../../base/shape.ts";
import { RANKS } from "../../../base/validate.ts";
import type { Layout } from "../../../problem/problem.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../../reference/ndarray.ts";
import { type LayoutOptions, layoutOf } from "./feature-map.ts";

/** A scale, a bias and the number added to a variance. */
export interface AffineParameters {
  scale?: NdArray;
  bias?: NdArray;
  epsilon?: number;
}

/** A normalisation by given statistics. */
export interface BatchStatistics extends AffineParameters {
  mean: NdArray;
  variance: NdArray;
}

/** Which set each element belongs to, and which parameters apply to it. */
export interface Division {
  readonly statisticShape: readonly number[];
  readonly parameterShape: readonly number[];
  readonly sets: ArrayLike<number>;
  readonly parameters: ArrayLike<number>;
}

/** A tensor and its values, in the order of its layout. */
export interface NormalisedValues extends Float64NdArray {
  readonly layout: Layout;
}

/** Reads an argument that is to be normalised, in the layout of the options. */
export function readNormalised(argument: string, array: NdArray, options: LayoutOptions): NormalisedValues {
  return { ...checkNdArray(argument, array, RANKS), layout: layoutOf(options) };
}

/** The place of each element in a tensor that has the given axes of its shape alone, in their order. */
export function placesAlong(shape: readonly number[], axes: readonly number[]): number[] {
  const strides = shape.map((_, axis) => {
    const at = axes.indexOf(axis);
    return at < 0 ? 0 : elementCount(axes.slice(at + 1).map((one) => shape[one]!));
  });
  return Array.from({ length: elementCount(shape) }, (_, element) => {
    let [rest, place] = [element, 0];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return place;
  });
}

/** Reads a parameter; without one every value is `otherwise`. */
export function readParameter(
  argument: string,
  array: NdArray | undefined,
  shape: readonly number[],
  otherwise?: number,
): Float64Array {
  if (array === undefined && otherwise !== undefined) return new Float64Array(elementCount(shape)).fill(otherwise);
  const { data, shape: own } = checkNdArray(argument, array, RANKS);
  checkShapeIs(argument, own, shape);
  return data;
}

/** The scale, 1 by default, and the bias, 0 by default. */
export function readAffine(
  { scale, bias }: AffineParameters,
  shape: readonly number[],
): { scale: Float64Array; bias: Float64Array } {
  return { scale: readParameter("scale", scale, shape, 1), bias: readParameter("bias", bias, shape, 0) };
}

/** Calls back for every element, with its set and its parameters. */
export function forEachElement(
  { data }: NormalisedValues,
  { sets, parameters }: Division,
  visit: (at: number, set: number, parameter: number) => void,
): void {
  for (let at = 0; at < data.length; at++) visit(at, sets[at]!, parameters[at]!);
}

/** The mean, the biased variance and the number of elements of each set, by the two-pass method. */
export function statisticsOf(
  x: NormalisedValues,
  division: Division,
): { mean: Float64Array; variance: Float64Array; count: Float64Array } {
  const sets = elementCount(division.statisticShape);
  const [mean, variance, count] = [new Float64Array(sets), new Float64Array(sets), new Float64Array(sets)];
  forEachElement(x, division, (_, set) => count[set]!++);
  forEachElement(x, division, (at, set) => (mean[set]! += x.data[at]! / count[set]!));
  forEachElement(x, division, (at, set) => (variance[set]! += (x.data[at]! - mean[set]!) ** 2 / count[set]!));
  return { mean, variance, count };
}

/** What the numbers of each set are divided by, inverted, and what is subtracted from them first. */
export interface SetStatistics {
  readonly mean: Float64Array;
  readonly inverse: Float64Array;
}

/** (x - mean) * inverse * scale + bias. */
export function normalised(
  x: NormalisedValues,
  division: Division,
  { mean, inverse }: SetStatistics,
  { scale, bias }: { scale: Float64Array; bias: Float64Array },
): Float64NdArray {
  const data = new Float64Array(x.data.length);
  forEachElement(x, division, (at, set, parameter) => {
    data[at] = (x.data[at]! - mean[set]!) * inverse[set]! * scale[parameter]! + bias[parameter]!;
  });
  return { data, shape: x.shape };
}

/** How the statistics of a normalisation depend on x: not at all, by the deviation alone, or by the mean and the deviation. */
export type Dependence = "fixed" | "divided" | "centered";

/** The gradients of a normalisation. */
export function normalisedBackward(
  dy: Float64Array,
  x: NormalisedValues,
  division: Division,
  { mean, inverse, dependence }: SetStatistics & { dependence: Dependence },
  scale: Float64Array,
): { dx: Float64NdArray; dscale: Float64NdArray; dbias: Float64NdArray } {
  const [dscale, dbias] = [new Float64Array(scale.length), new Float64Array(scale.length)];
  const [sums, products, count] = [0, 1, 2].map(() => new Float64Array(mean.length)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const normal = (at: number, set: number): number => (x.data[at]! - mean[set]!) * inverse[set]!;
  forEachElement(x, division, (at, set, parameter) => {
    const product = dy[at]! * normal(at, set);
    dbias[parameter]! += dy[at]!;
    dscale[parameter]! += product;
    sums[set]! += dy[at]! * scale[parameter]!;
    products[set]! += product * scale[parameter]!;
    count[set]!++;
  });
  const data = new Float64Array(x.data.length);
  const [byMean, byDeviation] = [dependence === "centered" ? 1 : 0, dependence === "fixed" ? 0 : 1];
  forEachElement(x, division, (at, set, parameter) => {
    const through = (byMean * sums[set]! + byDeviation * normal(at, set) * products[set]!) / count[set]!;
    data[at] = (dy[at]! * scale[parameter]! - through) * inverse[set]!;
  });
  const shape = [...division.parameterShape];
  return { dx: { data, shape: x.shape }, dscale: { data: dscale, shape }, dbias: { data: dbias, shape } };
}

/** 1 / sqrt(variance + epsilon). */
export function inverseDeviations(variance: Float64Array, epsilon: number): Float64Array {
  return variance.map((value) => 1 / Math.sqrt(value + epsilon));
}
