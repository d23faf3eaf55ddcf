// Softmax along an axis, its logarithm, and their gradients.
import { axisOf, linesAlong } from "../shared/geometry/axis.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { RANKS } from "../activate/reference.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";

export interface ReferenceSoftmaxOptions extends LayoutOptions {
  axis?: number;
}

type Backward = ReferenceSoftmaxOptions & { output: NdArray };

/** The places of every line along an axis, line by line. */
export function linesOf(shape: readonly number[], axis: number): number[][] {
  const { outer, size, inner } = linesAlong(shape, axis);
  return Array.from({ length: outer * inner }, (_, line) => {
    const start = Math.floor(line / inner) * size * inner + (line % inner);
    return Array.from({ length: size }, (__, at) => start + at * inner);
  });
}

/** log(sum exp(v)) of some numbers, by the largest. */
export function logSumExp(values: readonly number[]): number {
  const most = values.reduce((a, b) => Math.max(a, b));
  return most + Math.log(values.reduce((sum, v) => sum + Math.exp(v - most), 0));
}

/** softmax(x) along an axis, as `engine.softmax`. */
export function softmax(x: NdArray, options: ReferenceSoftmaxOptions = {}): Float64NdArray {
  const { data, shape } = logSoftmax(x, options);
  return { data: data.map((v) => Math.exp(v)), shape };
}

/** Its logarithm, as `engine.logSoftmax`. */
export function logSoftmax(x: NdArray, options: ReferenceSoftmaxOptions = {}): Float64NdArray {
  checkOptions("options", options, ["axis", "layout"]);
  const { data, shape } = checkNdArray("x", x, RANKS);
  const y = new Float64Array(data.length);
  for (const places of linesOf(shape, axisOf(options.axis, shape, layoutOf(options)))) {
    const norm = logSumExp(places.map((place) => data[place]!));
    for (const place of places) y[place] = data[place]! - norm;
  }
  return { data: y, shape };
}

/** The gradient of softmax, as `engine.softmaxBackward`. */
export function softmaxBackward(dy: NdArray, options: Backward): Float64NdArray {
  return backward(dy, options, (gradients, y) => {
    const sum = gradients.reduce((total, gradient, at) => total + gradient * y[at]!, 0);
    return gradients.map((gradient, at) => y[at]! * (gradient - sum));
  });
}

/** The gradient of its logarithm, as `engine.logSoftmaxBackward`. */
export function logSoftmaxBackward(dy: NdArray, options: Backward): Float64NdArray {
  return backward(dy, options, (gradients, y) => {
    const sum = gradients.reduce((total, gradient) => total + gradient, 0);
    return gradients.map((gradient, at) => gradient - Math.exp(y[at]!) * sum);
  });
}

function backward(
  dy: NdArray,
  options: Backward,
  along: (gradients: readonly number[], y: readonly number[]) => readonly number[],
): Float64NdArray {
  checkOptions("options", options, ["axis", "output", "layout"]);
  const { data, shape } = checkNdArray("dy", dy, RANKS);
  const output = checkNdArray("output", options.output, RANKS);
  checkShapeIs("output", output.shape, shape);
  const dx = new Float64Array(data.length);
  for (const places of linesOf(shape, axisOf(options.axis, shape, layoutOf(options)))) {
    const line = along(
      places.map((place) => data[place]!),
      places.map((place) => output.data[place]!),
    );
    places.forEach((place, at) => (dx[place] = line[at]!));
  }
  return { data: dx, shape };
}
