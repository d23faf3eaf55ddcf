// The three passes and the bias gradient as plain loops in float64 over flat arrays. Written to be read and trusted, not to be fast: every GPU
// kernel is checked against these, so they share no arithmetic with the kernels.
//
// All three passes visit the same triples (an element of y, an element of the padded input, an element of w): y += x * w, dx += dy * w,
// dw += dy * x. The three calls show that each is the adjoint of the others.
//
// A cell beyond the border is a value like any other: a padding of 0 times an infinite weight is NaN, as IEEE 754 has it.
import { elementCount } from "../base/shape.ts";
import { type ConvProblem, type Layout, tensorShape } from "../problem/problem.ts";
import { fold, forEachOutput, layoutStrides, pad, paddedCount, termsOf } from "./geometry.ts";
import { toFloat64 } from "./ndarray.ts";

/** Number of elements of x, w or y. */
function count(problem: ConvProblem, operand: "x" | "w" | "y"): number {
  return elementCount(tensorShape(problem, operand));
}

/** The sum of a[aStart + aPlaces[i]] * b[bStart + bPlaces[i]]. A separate function, since JavaScript engines optimise it better than a closure. */
function dot(
  a: Float64Array,
  aStart: number,
  aPlaces: Int32Array,
  b: Float64Array,
  bStart: number,
  bPlaces: Int32Array,
): number {
  let sum = 0;
  for (let i = 0; i < aPlaces.length; i++) sum += a[aStart + aPlaces[i]!]! * b[bStart + bPlaces[i]!]!;
  return sum;
}

/** a[aStart + aPlaces[i]] += factor * b[bStart + bPlaces[i]]. A factor of 0 is no reason to skip: 0 * Infinity is NaN. */
function addScaled(
  a: Float64Array,
  aStart: number,
  aPlaces: Int32Array,
  factor: number,
  b: Float64Array,
  bStart: number,
  bPlaces: Int32Array,
): void {
  for (let i = 0; i < aPlaces.length; i++) a[aStart + aPlaces[i]!]! += factor * b[bStart + bPlaces[i]!]!;
}

/**
 * y = the convolution of x with w, without bias, residual or activation. Arrays are in the problem's layout.
 * @throws ConvError if the length of an array does not fit the problem
 */
export function forwardSum(problem: ConvProblem, x: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const input = pad(problem, toFloat64("x", x, count(problem, "x")));
  const weights = toFloat64("w", w, count(problem, "w"));
  const y = new Float64Array(count(problem, "y"));
  const { inInput, inKernel } = termsOf(problem);
  forEachOutput(problem, (corner, kernel, output) => {
    y[output] = dot(input, corner, inInput, weights, kernel, inKernel);
  });
  return y;
}

/**
 * dx = the gradient of <y, dy> with respect to x. A padding constant takes no gradient; with reflect, replicate and circular
 * padding the gradient of the border is added to the cells that the border repeats.
 * @throws ConvError if the length of an array does not fit the problem
 */
export function backwardData(problem: ConvProblem, dy: ArrayLike<number>, w: ArrayLike<number>): Float64Array {
  const gradient = toFloat64("dy", dy, count(problem, "y"));
  const weights = toFloat64("w", w, count(problem, "w"));
  const dx = new Float64Array(paddedCount(problem));
  const { inInput, inKernel } = termsOf(problem);
  forEachOutput(problem, (corner, kernel, output) => {
    addScaled(dx, corner, inInput, gradient[output]!, weights, kernel, inKernel);
  });
  return fold(problem, dx);
}

/**
 * dw = the gradient of <y, dy> with respect to w. The cells beyond the border count with the values they have.
 * @throws ConvError if the length of an array does not fit the problem
 */
export function backwardWeights(problem: ConvProblem, x: ArrayLike<number>, dy: ArrayLike<number>): Float64Array {
  const input = pad(problem, toFloat64("x", x, count(problem, "x")));
  const gradient = toFloat64("dy", dy, count(problem, "y"));
  const dw = new Float64Array(count(problem, "w"));
  const { inInput, inKernel } = termsOf(problem);
  forEachOutput(problem, (corner, kernel, output) => {
    addScaled(dw, kernel, inKernel, gradient[output]!, input, corner, inInput);
  });
  return dw;
}

/**
 * db[k] = the sum of dy over batch and positions: the gradient of <y, dy> with respect to a bias of K numbers.
 * @throws ConvError if the length of the array does not fit the problem
 */
export function backwardBias(problem: ConvProblem, dy: ArrayLike<number>): Float64Array {
  const gradient = toFloat64("dy", dy, count(problem, "y"));
  return channelSums(gradient, problem.N, problem.K, elementCount(problem.output), problem.layout);
}

/** The sum of each channel over batch and cells. */
export function channelSums(
  values: Float64Array,
  N: number,
  channels: number,
  cells: number,
  layout: Layout,
): Float64Array {
  const strides = layoutStrides(layout, channels, cells);
  const sums = new Float64Array(channels);
  for (let n = 0; n < N; n++) {
    for (let k = 0; k < channels; k++) {
      let place = n * strides.batch + k * strides.channel;
      for (let cell = 0; cell < cells; cell++, place += strides.cell) sums[k]! += values[place]!;
    }
  }
  return sums;
}
