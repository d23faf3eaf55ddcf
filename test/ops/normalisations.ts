// Error bounds of normalisations and their gradients, set by set.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import {
  type Dependence,
  type Division,
  type NormalisedValues,
  forEachElement,
  statisticsOf,
} from "../../src/ops/shared/reference/normalise.ts";

const u = 2 ** -24;

/** The mean and the inverse deviation of each set, and their errors. */
interface SetErrors {
  readonly mean: Float64Array;
  readonly inverse: Float64Array;
  readonly meanError: Float64Array;
  readonly inverseError: Float64Array;
}

/** Given statistics, with an inverse deviation accurate to so many roundings. */
export function givenErrors(mean: ArrayLike<number>, inverse: ArrayLike<number>, roundings: number): SetErrors {
  return {
    mean: Float64Array.from(mean),
    inverse: Float64Array.from(inverse),
    meanError: new Float64Array(mean.length),
    inverseError: Float64Array.from(inverse, (value) => gamma(roundings) * Math.abs(value)),
  };
}

/** How many parts an invocation merges on all levels after the first, at most 64 on each; two levels are enough here. */
function mergedParts(members: number): number {
  let sum = 0;
  for (let parts = Math.ceil(members / 64); parts > 1; parts = Math.ceil(parts / 64)) sum += Math.min(64, parts);
  return sum;
}

/**
 * Computed statistics. Means: numbers of size L that lie within D of each other are taken relative to the first of a thread, in blocks of
 * 8 (a difference, 7 additions and a division, 5 u by WGSL's table of accuracies), then merged: in a thread up to 8 blocks, and with the
 * first added again 2 lanes, and up to 64 parts on each of two levels, k in all. A merge, mean + distance * share, rounds by u D in a thread
 * and by u L outside, and by 7 u of its second term; the shares of the j-th of equal parts are 1 / j, which add up to under 11.4 along the
 * way, and the distances are at most D. The share 1 of the first block is a division too. So the error e is at most u (L (1 + k) + 101 D).
 *
 * Variances: a sum of squares of distances from a mean with error e is too large by e^2, and the distances have an error of at most u D
 * from the differences, below e / 100; distances of means have an error of 2 e, and squared and weighed (weights w, whose sum is at most n on
 * each of four levels, and w distance^2 at most n variance) by 4 sqrt(4) e deviation + 16 e^2, by Cauchy and Schwarz. All terms are positive,
 * and added and multiplied with under k + 32 roundings (scaling by a power of two rounds nothing). inverseSqrt is accurate to 2 ULP, with
 * the division and the sum before it 8 u.
 */
export function computedErrors(
  x: NormalisedValues,
  division: Division,
  epsilon: number,
): SetErrors & { readonly varianceError: Float64Array } {
  const { mean, variance, count } = statisticsOf(x, division);
  const [largest, spread] = [new Float64Array(mean.length), new Float64Array(mean.length)];
  forEachElement(x, division, (at, set) => {
    largest[set] = Math.max(largest[set]!, Math.abs(x.data[at]!));
    spread[set] = Math.max(spread[set]!, 2 * Math.abs(x.data[at]! - mean[set]!));
  });
  const merges = count.map((members) => 2 + mergedParts(members));
  const meanError = mean.map((_, set) => u * (largest[set]! * (1 + merges[set]!) + 101 * spread[set]!));
  const inverse = variance.map((value) => 1 / Math.sqrt(value + epsilon));
  const varianceError = variance.map((value, set) => {
    const e = meanError[set]!;
    return 8.1 * e * Math.sqrt(value) + 17 * e * e + gamma(merges[set]! + 32) * value;
  });
  const inverseError = variance.map((value, set) => {
    const largestInverse = 1 / Math.sqrt(Math.max(value - varianceError[set]!, 0) + epsilon);
    return largestInverse - inverse[set]! + gamma(8) * largestInverse;
  });
  return { mean, inverse, meanError, inverseError, varianceError };
}

/**
 * The inverse root of the mean square, which is mean^2 + variance: the errors of both as above, and a product, a sum and a division more.
 * inverseSqrt is accurate to 2 ULP, after the sum with epsilon.
 */
export function rootErrors(x: NormalisedValues, division: Division, epsilon: number): SetErrors {
  const { mean, variance } = statisticsOf(x, division);
  const { meanError, varianceError } = computedErrors(x, division, epsilon);
  const squares = variance.map((value, set) => value + mean[set]! ** 2);
  const inverse = squares.map((value) => 1 / Math.sqrt(value + epsilon));
  const inverseError = squares.map((value, set) => {
    const e = meanError[set]!;
    const error = 2 * Math.abs(mean[set]!) * e + e * e + varianceError[set]! + gamma(8) * value;
    const largest = 1 / Math.sqrt(Math.max(value - error, 0) + epsilon);
    return largest - inverse[set]! + gamma(8) * largest;
  });
  const none = new Float64Array(inverse.length);
  return { mean: none, meanError: none, inverse, inverseError };
}

/** The error of the normalised x at an element: of the difference and of the product, with their own roundings. */
function normalErrors(
  x: NormalisedValues,
  s: SetErrors,
): (at: number, set: number) => { normal: number; error: number } {
  return (at, set) => {
    const distance = Math.abs(x.data[at]! - s.mean[set]!);
    const inverse = Math.abs(s.inverse[set]!) + s.inverseError[set]!;
    const error = s.meanError[set]! * inverse + distance * s.inverseError[set]! + gamma(3) * distance * inverse;
    return { normal: distance * Math.abs(s.inverse[set]!), error };
  };
}

type Parameters = ArrayLike<number> | undefined;

/** The bound of (x - mean) * inverse * scale + bias: three roundings more than the normalised x has. */
export function normalisedBound(
  x: NormalisedValues,
  division: Division,
  s: SetErrors,
  { scale, bias }: { scale?: Parameters; bias?: Parameters },
): (at: number) => number {
  const errorOf = normalErrors(x, s);
  const bound = new Float64Array(x.data.length);
  forEachElement(x, division, (at, set, parameter) => {
    const { normal, error } = errorOf(at, set);
    const by = Math.abs(scale?.[parameter] ?? 1);
    const size = by * (normal + error) + Math.abs(bias?.[parameter] ?? 0);
    bound[at] = by * error + gamma(3) * size;
  });
  return (at) => bound[at]!;
}

/**
 * The bounds of the gradients. A sum has up to 64 terms in a thread, merges 2 lanes and its parts, and its terms and its factors round
 * eight times; it includes the errors of the normalised x. dx = (g - A - normal B) inverse adds the errors of each of the four.
 */
export function gradientBounds(
  dy: ArrayLike<number>,
  x: NormalisedValues,
  division: Division,
  s: SetErrors,
  scale: Parameters,
  dependence: Dependence = "centered",
): Record<"dx" | "dscale" | "dbias", (at: number) => number> {
  const errorOf = normalErrors(x, s);
  const [centered, fixed] = [dependence === "centered", dependence === "fixed"];
  const [sets, parameters] = [division.statisticShape, division.parameterShape].map(elementCount) as [number, number];
  const per = (count: number) => new Float64Array(count);
  const [count, counted] = [per(sets), per(parameters)];
  const [sum, product, sizes, products] = [per(sets), per(sets), per(sets), per(sets)];
  const [dbias, dscale, carried, dcarried] = [per(parameters), per(parameters), per(parameters), per(sets)];
  forEachElement(x, division, (at, set, parameter) => {
    const { normal, error } = errorOf(at, set);
    const g = dy[at]! * (scale?.[parameter] ?? 1);
    const signed = (x.data[at]! - s.mean[set]!) * s.inverse[set]!;
    count[set]!++;
    counted[parameter]!++;
    sum[set]! += g;
    product[set]! += g * signed;
    sizes[set]! += Math.abs(g);
    products[set]! += Math.abs(g) * normal;
    dcarried[set]! += Math.abs(g) * error;
    dbias[parameter]! += Math.abs(dy[at]!);
    dscale[parameter]! += Math.abs(dy[at]!) * normal;
    carried[parameter]! += Math.abs(dy[at]!) * error;
  });
  const terms = (n: number): number => gamma(Math.min(n, 64) + 2 + mergedParts(n) + 8);
  const dx = per(x.data.length);
  forEachElement(x, division, (at, set, parameter) => {
    const n = count[set]!;
    const { normal, error } = errorOf(at, set);
    const g = Math.abs(dy[at]! * (scale?.[parameter] ?? 1));
    const mean = centered ? Math.abs(sum[set]!) / n : 0;
    const along = fixed ? 0 : Math.abs(product[set]!) / n;
    const meanError = centered ? (terms(n) * sizes[set]!) / n : 0;
    const alongError = fixed ? 0 : (terms(n) * (products[set]! + dcarried[set]!) + dcarried[set]!) / n;
    const inverse = Math.abs(s.inverse[set]!) + s.inverseError[set]!;
    const size = g + mean + meanError + (normal + error) * (along + alongError);
    const errors = meanError + normal * alongError + error * (along + alongError);
    dx[at] = inverse * (errors + gamma(8) * size) + size * s.inverseError[set]!;
  });
  return {
    dx: (at) => dx[at]!,
    dscale: (at) => terms(counted[at]!) * (dscale[at]! + carried[at]!) + carried[at]!,
    dbias: (at) => terms(counted[at]!) * dbias[at]!,
  };
}

/** Numbers around a mean that is large beside their deviation, so that a float32 sum of squares has no digits left for it. */
export function farFromZero(count: number, seed: number): Float64Array {
  const state = { value: seed % 2147483647 || 1 };
  return Float64Array.from({ length: count }, () => {
    state.value = (state.value * 48271) % 2147483647;
    return 10_000 + (2 * state.value) / 2147483647 - 1;
  });
}
