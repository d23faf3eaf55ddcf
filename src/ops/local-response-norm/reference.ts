// CPU reference of local response normalisation and its gradient, in float64.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { type LayoutOptions, type Values, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { LOCAL_RESPONSE_KEYS, type LocalResponseNormOptions, type Responses, responsesOf } from "./geometry.ts";

const KEYS = [...LOCAL_RESPONSE_KEYS, "layout"];

/** `localResponseNorm` of convoke/ops, in float64. */
export function localResponseNorm(x: NdArray, options: LocalResponseNormOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const responses = responsesOf(options);
  const divisor = divisors(input, responses);
  const data = input.data.map((value, at) => value * divisor[at]! ** -responses.beta);
  return writeMap({ map: input.map, data });
}

/** `localResponseNormBackward` of convoke/ops, in float64. */
export function localResponseNormBackward(
  dy: NdArray,
  x: NdArray,
  options: LocalResponseNormOptions & LayoutOptions,
): Float64NdArray {
  checkOptions("options", options, KEYS);
  const input = readMap("x", x, options);
  const gradient = readMap("dy", dy, options);
  checkShapeIs("dy", dy.shape, x.shape);
  const responses = responsesOf(options);
  const { beta, factor } = responses;
  const divisor = divisors(input, responses);
  const dx = zeros(input.map);
  forEachWindow(input, responses, (at, window) => {
    dx.data[at]! += gradient.data[at]! * divisor[at]! ** -beta;
    const share = 2 * factor * beta * gradient.data[at]! * input.data[at]! * divisor[at]! ** (-beta - 1);
    for (const other of window) dx.data[other]! -= share * input.data[other]!;
  });
  return writeMap(dx);
}

/** k + factor sum of squares, for each element. */
function divisors(input: Values, responses: Responses): Float64Array {
  const result = new Float64Array(input.data.length);
  forEachWindow(input, responses, (at, window) => {
    const sum = window.reduce((total, other) => total + input.data[other]! ** 2, 0);
    result[at] = responses.k + responses.factor * sum;
  });
  return result;
}

/** Calls back for each element, with its place and the places of the elements of its window. */
function forEachWindow(
  { map, data }: Values,
  { before, after }: Responses,
  visit: (at: number, window: readonly number[]) => void,
): void {
  const cells = elementCount(map.size);
  for (let at = 0; at < data.length; at++) {
    const c = Math.floor(at / cells) % map.channels;
    const [first, last] = [Math.max(c - before, 0), Math.min(c + after, map.channels - 1)];
    visit(
      at,
      Array.from({ length: last - first + 1 }, (_, i) => at + (first + i - c) * cells),
    );
  }
}
