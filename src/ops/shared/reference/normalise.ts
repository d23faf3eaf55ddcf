// Common to the references of normalisations: x with channels first, which of its elements share a mean and a deviation, and which a scale
// and a bias.
import { elementCount } from "../../../base/shape.ts";
import type { Layout } from "../../../problem/problem.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../../reference/ndarray.ts";
import { normalisedMap } from "../geometry/normalisation.ts";
import { type LayoutOptions, layoutOf, readMap, writeMap } from "./feature-map.ts";

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

/** The coordinates of an element, with one number for all spatial axes. */
export interface Place {
  readonly n: number;
  readonly c: number;
  readonly cell: number;
}

/** Which set an element belongs to, and which parameters apply to it. */
export interface Division {
  readonly sets: number;
  readonly parameterShape: readonly number[];
  readonly setOf: (place: Place) => number;
  readonly parameterOf: (place: Place) => number;
}

/** A tensor [N, C, cells], its values channels first. */
export interface NormalisedValues {
  readonly shape: readonly number[];
  readonly layout: Layout;
  readonly N: number;
  readonly channels: number;
  readonly spatial: readonly number[];
  readonly cells: number;
  readonly data: Float64Array;
}

/** Reads an argument that is to be normalised, in the layout of the options. */
export function readNormalised(
  argument: string,
  array: NdArray,
  options: LayoutOptions,
  ranks: readonly number[] = [2, 3, 4, 5],
): NormalisedValues {
  const layout = layoutOf(options);
  const { data, shape } = checkNdArray(argument, array, ranks);
  const { N, channels, spatial } = normalisedMap(`${argument}.shape`, shape, layout, ranks);
  const values = shape.length === 2 ? data : readMap(argument, array, options).data;
  return { shape, layout, N, channels, spatial, cells: elementCount(spatial), data: values };
}

/** An array of x's shape and layout, from values with the channels first. */
export function writeLike(x: NormalisedValues, data: Float64Array): Float64NdArray {
  if (x.shape.length === 2) return { data, shape: [...x.shape] };
  const { N, channels, spatial, layout } = x;
  const size = [1, 1, 1, ...spatial].slice(-3) as [number, number, number];
  return writeMap({ map: { N, channels, size, rank: spatial.length, layout }, data });
}

/** Reads a parameter; without one every value is `otherwise`. */
export function readParameter(
  argument: string,
  array: NdArray | undefined,
  shape: readonly number[],
  otherwise?: number,
): Float64Array {
  if (array === undefined && otherwise !== undefined) return new Float64Array(elementCount(shape)).fill(otherwise);
  const { data, shape: own } = checkNdArray(argument, array, [1, 2, 3, 4]);
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

/** Calls back for every element, with its place in the values, its set and its parameters. */
export function forEachElement(
  { N, channels, cells }: NormalisedValues,
  { setOf, parameterOf }: Division,
  visit: (at: number, set: number, parameter: number) => void,
): void {
  let at = 0;
  for (let n = 0; n < N; n++)
    for (let c = 0; c < channels; c++)
      for (let cell = 0; cell < cells; cell++) {
        const place = { n, c, cell };
        visit(at++, setOf(place), parameterOf(place));
      }
}

/** The mean, the biased variance and the number of elements of each set, by the two-pass method. */
export function statisticsOf(
  x: NormalisedValues,
  division: Division,
): { mean: Float64Array; variance: Float64Array; count: Float64Array } {
  const [mean, variance, count] = [0, 1, 2].map(() => new Float64Array(division.sets)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  forEachElement(x, division, (_, set) => count[set]!++);
  forEachElement(x, division, (at, set) => (mean[set]! += x.data[at]! / count[set]!));
  forEachElement(x, division, (at, set) => (variance[set]! += (x.data[at]! - mean[set]!) ** 2 / count[set]!));
  return { mean, variance, count };
}

/** (x - mean) * inverse * scale + bias. */
export function normalised(
  x: NormalisedValues,
  division: Division,
  statistics: { mean: Float64Array; inverse: Float64Array },
  { scale, bias }: { scale: Float64Array; bias: Float64Array },
): Float64NdArray {
  const y = new Float64Array(x.data.length);
  forEachElement(x, division, (at, set, parameter) => {
    const normal = (x.data[at]! - statistics.mean[set]!) * statistics.inverse[set]!;
    y[at] = normal * scale[parameter]! + bias[parameter]!;
  });
  return writeLike(x, y);
}

/** The gradients of a normalisation, whose statistics depend on x unless they are `fixed`. */
export function normalisedBackward(
  dy: Float64Array,
  x: NormalisedValues,
  division: Division,
  { mean, inverse, fixed }: { mean: Float64Array; inverse: Float64Array; fixed: boolean },
  scale: Float64Array,
): { dx: Float64NdArray; dscale: Float64NdArray; dbias: Float64NdArray } {
  const { sets, parameterShape } = division;
  const [dscale, dbias] = [new Float64Array(scale.length), new Float64Array(scale.length)];
  const [sums, products, count] = [new Float64Array(sets), new Float64Array(sets), new Float64Array(sets)];
  const normal = (at: number, set: number): number => (x.data[at]! - mean[set]!) * inverse[set]!;
  forEachElement(x, division, (at, set, parameter) => {
    const product = dy[at]! * normal(at, set);
    dbias[parameter]! += dy[at]!;
    dscale[parameter]! += product;
    sums[set]! += dy[at]! * scale[parameter]!;
    products[set]! += product * scale[parameter]!;
    count[set]!++;
  });
  const dx = new Float64Array(x.data.length);
  forEachElement(x, division, (at, set, parameter) => {
    const through = (sums[set]! + normal(at, set) * products[set]!) / count[set]!;
    dx[at] = (dy[at]! * scale[parameter]! - (fixed ? 0 : through)) * inverse[set]!;
  });
  const shape = [...parameterShape];
  return { dx: writeLike(x, dx), dscale: { data: dscale, shape }, dbias: { data: dbias, shape } };
}

/** 1 / sqrt(variance + epsilon). */
export function inverseDeviations(variance: Float64Array, epsilon: number): Float64Array {
  return variance.map((value) => 1 / Math.sqrt(value + epsilon));
}
