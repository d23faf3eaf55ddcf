// CPU reference of softmax along an axis, its logarithm, and the gradients of both, in float64.
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { axisOf } from "../shared/geometry/axis.ts";
import { type LayoutOptions, layoutOf } from "../shared/reference/feature-map.ts";
import { linesOf, logSumExp } from "../shared/reference/lines.ts";

export interface ReferenceSoftmaxOptions extends LayoutOptions {
  axis?: number;
}

type Backward = ReferenceSoftmaxOptions & { output: NdArray };

/** `softmax` of convoke/ops, in float64. */
export function softmax(x: NdArray, options: ReferenceSoftmaxOptions = {}): Float64NdArray {
  const { data, shape } = logSoftmax(x, options);
  return { data: data.map((v) => Math.exp(v)), shape };
}

/** `logSoftmax` of convoke/ops, in float64. */
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

/** `softmaxBackward` of convoke/ops, in float64. */
export function softmaxBackward(dy: NdArray, options: Backward): Float64NdArray {
  return backward(dy, options, (gradients, y) => {
    const sum = gradients.reduce((total, gradient, at) => total + gradient * y[at]!, 0);
    return gradients.map((gradient, at) => y[at]! * (gradient - sum));
  });
}

/** `logSoftmaxBackward` of convoke/ops, in float64. */
export function logSoftmaxBackward(dy: NdArray, options: Backward): Float64NdArray {
  return backward(dy, options, (gradients, y) => {
    const sum = gradients.reduce((total, gradient) => total + gradient, 0);
    return gradients.map((gradient, at) => gradient - Math.exp(y[at]!) * sum);
  });
}

function backward(
  dy: NdArray,
  options: Backward,
  alongLine: (gradients: readonly number[], y: readonly number[]) => readonly number[],
): Float64NdArray {
  checkOptions("options", options, ["axis", "output", "layout"]);
  const { data, shape } = checkNdArray("dy", dy, RANKS);
  const output = checkNdArray("output", options.output, RANKS);
  checkShapeIs("output", output.shape, shape);
  const dx = new Float64Array(data.length);
  for (const places of linesOf(shape, axisOf(options.axis, shape, layoutOf(options)))) {
    const line = alongLine(
      places.map((place) => data[place]!),
      places.map((place) => output.data[place]!),
    );
    places.forEach((place, at) => (dx[place] = line[at]!));
  }
  return { data: dx, shape };
}
