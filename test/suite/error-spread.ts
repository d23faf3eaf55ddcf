// The magnitudes that bound the error of an output where an algorithm's errors spread: each output's error may come from the terms of others
// near it, those of its tile.
import { type Triple, dilatedExtent, elementCount } from "../../src/base/shape.ts";
import { forwardCorrelation, seenCells } from "../../src/problem/correlation.ts";
import { inputGradient, paddedSize, repeatsInput, weightGradient } from "../../src/problem/gradients.ts";
import type { ConvProblem } from "../../src/problem/problem.ts";
import { forwardSum } from "../../src/reference.ts";
import { pad } from "../../src/reference/geometry.ts";
import { shapeOf } from "./passes.ts";
import { eachPhase } from "./phases.ts";

/** The error spread of an algorithm that computes each output from its own terms alone. */
export const NO_SPREAD: Triple = [0, 0, 0];

/** The largest of each window of 2 * reach + 1 neighbours along an axis of an array [outer, size, inner]: [outer, size - 2 * reach, inner]. */
function windowMaxima(values: Float64Array, size: number, inner: number, reach: number): Float64Array {
  const kept = size - 2 * reach;
  const maxima = new Float64Array((values.length / size) * kept);
  for (let at = 0; at < maxima.length; at++) {
    const start = (Math.floor(at / inner / kept) * size + (Math.floor(at / inner) % kept)) * inner + (at % inner);
    let largest = 0;
    for (let step = 0; step <= 2 * reach; step++) largest = Math.max(largest, values[start + step * inner]!);
    maxima[at] = largest;
  }
  return maxima;
}

/**
 * The sums of non-negative operands. Where errors spread, each output gets the largest sum of any window at most `spread` cells away, at every
 * cell of the padded input and of `spread` zeros around it.
 */
export function spreadSums(problem: ConvProblem, x: Float64Array, w: Float64Array, spread: Triple): Float64Array {
  if (spread.every((extent) => extent === 0)) return forwardSum(problem, x, w);
  const { N, C, K, kernel, dilation, stride, output } = problem;
  const channelsLast = problem.layout === "channels-last";
  const along = (size: (axis: 0 | 1 | 2) => number): Triple => [size(0), size(1), size(2)];
  const windows = along((axis) => (output[axis] - 1) * stride[axis] + 1);
  const input = along((axis) => windows[axis] + dilatedExtent(kernel[axis], dilation[axis]) - 1);
  const everywhere: ConvProblem = {
    ...problem,
    input,
    stride: [1, 1, 1],
    padBegin: spread,
    padEnd: spread,
    paddingMode: "zeros",
    paddingValue: 0,
    output: along((axis) => windows[axis] + 2 * spread[axis]),
  };
  const cells = elementCount(input);
  const padded = pad(problem, x); // [N, C, cells]
  const inLayout = channelsLast
    ? padded.map((_, at) => padded[(Math.floor(at / C / cells) * C + (at % C)) * cells + (Math.floor(at / C) % cells)]!)
    : padded;
  let sums = forwardSum(everywhere, inLayout, w);
  let inner = channelsLast ? K : 1;
  for (const axis of [2, 1, 0] as const) {
    sums = windowMaxima(sums, everywhere.output[axis], inner, spread[axis]);
    inner *= windows[axis];
  }
  // The maxima are [N, K, ...windows] in the layout; the outputs are every stride-th of them.
  const [, P, Q] = output;
  const planes = N * (channelsLast ? 1 : K);
  const lanes = channelsLast ? K : 1;
  return Float64Array.from({ length: planes * elementCount(output) * lanes }, (_, at) => {
    const cell = Math.floor(at / lanes);
    const q = cell % Q;
    const p = Math.floor(cell / Q) % P;
    const o = Math.floor(cell / Q / P) % output[0];
    const plane = Math.floor(cell / elementCount(output));
    const row = ((plane * windows[0] + o * stride[0]) * windows[1] + p * stride[1]) * windows[2];
    return sums[(row + q * stride[2]) * lanes + (at % lanes)]!;
  });
}

/** Sums of the 2 * reach + 1 neighbours of each number along an axis of an array [outer, size, inner], with zeros beyond its ends. */
function windowSums(values: Float64Array, size: number, inner: number, reach: number): Float64Array<ArrayBuffer> {
  return Float64Array.from(values, (_, at) => {
    const place = Math.floor(at / inner) % size;
    let sum = 0;
    for (let step = -Math.min(reach, place); step <= Math.min(reach, size - 1 - place); step++)
      sum += values[at + step * inner]!;
    return sum;
  });
}

/**
 * For each output, the number of taps times the sum over its channels of rms(x) rms(w). The mean square of x is over the spread + 1 cells of
 * a tile; its sum is over all cells at most `spread` from the start of the output's window that any output sees, which include the tile.
 */
export function energySums(problem: ConvProblem, x: Float64Array, w: Float64Array, spread: Triple): Float64Array {
  const { N, C, K, groups, kernel, dilation, stride, output } = problem;
  const channelsLast = problem.layout === "channels-last";
  const taps = elementCount(kernel);
  const groupC = C / groups;
  const size = output.map((cells, axis) => (cells - 1) * stride[axis]! + dilatedExtent(kernel[axis]!, dilation[axis]!));
  let squares = Float64Array.from(pad(problem, x), (value) => value * value); // [N, C, ...size]
  let inner = 1;
  for (const axis of [2, 1, 0] as const) {
    squares = windowSums(squares, size[axis]!, inner, spread[axis]);
    inner *= size[axis]!;
  }
  const energy = new Float64Array(K * groupC);
  w.forEach((weight, at) => {
    const pair = channelsLast ? (at % K) * groupC + (Math.floor(at / K) % groupC) : Math.floor(at / taps);
    energy[pair]! += weight * weight;
  });
  const tile = spread.reduce((cells, extent) => cells * (extent + 1), 1);
  const outputs = elementCount(output);
  return Float64Array.from({ length: N * K * outputs }, (_, at) => {
    const k = channelsLast ? at % K : Math.floor(at / outputs) % K;
    const cell = channelsLast ? Math.floor(at / K) % outputs : at % outputs;
    const n = Math.floor(at / (K * outputs));
    const place = [
      Math.floor(cell / output[2] / output[1]),
      Math.floor(cell / output[2]) % output[1],
      cell % output[2],
    ];
    const [d, h, v] = place.map((index, axis) => index * stride[axis]!);
    let sum = 0;
    for (let c = 0; c < groupC; c++) {
      const channel = n * C + Math.floor((k * groups) / K) * groupC + c;
      const near = squares[((channel * size[0]! + d!) * size[1]! + h!) * size[2]! + v!]!;
      sum += Math.sqrt(near * energy[k * groupC + c]!);
    }
    return sum * Math.sqrt(taps / tile);
  });
}

/** Copies the elements of a correlation's operand, read by its strides, into a dense array. */
function gathered(
  values: Float64Array,
  start: number,
  axes: readonly (readonly [size: number, stride: number])[],
): Float64Array {
  let places = [start];
  for (const [size, stride] of axes) {
    places = places.flatMap((place) => Array.from({ length: size }, (_, at) => place + at * stride));
  }
  return Float64Array.from(places, (place) => values[place]!);
}

/**
 * The sums of a pass for algorithms whose errors spread, as the sums of the forward problems that the pass consists of: each correlation
 * (src/problem/correlation.ts) with dense operands, its sums stored by its strides, and the sums of padded cells added to their sources.
 */
export function correlationSums(
  problem: ConvProblem,
  a: Float64Array,
  b: Float64Array,
  sumsOf: (problem: ConvProblem, x: Float64Array, w: Float64Array) => Float64Array,
): Float64Array {
  const gradient = problem.pass === "backward-data" ? inputGradient(problem) : undefined;
  const correlations = gradient?.correlations.flatMap(eachPhase) ?? [
    problem.pass === "forward" ? forwardCorrelation(problem) : weightGradient(problem),
  ];
  const result = new Float64Array(elementCount(shapeOf(problem, "result")));
  const padded =
    gradient && repeatsInput(problem)
      ? new Float64Array(problem.N * problem.C * elementCount(paddedSize(problem)))
      : undefined;
  for (const c of correlations) {
    const { x, w, y, groups } = c;
    const [groupC, groupK] = [c.C / groups, c.K / groups];
    const spatial = (sizes: Triple, strides: Triple) => sizes.map((size, axis) => [size, strides[axis]!] as const);
    const dense = gathered(a, x.start, [
      [c.N, x.batch],
      [groups, x.group],
      [groupC, x.channel],
      ...spatial(c.input, x.spatial),
    ]);
    const weights = gathered(b, w.start, [
      ...[[groups, w.group] as const, [groupK, w.outputChannel] as const, [groupC, w.inputChannel] as const],
      ...spatial(c.kernel, w.taps),
    ]);
    const seen = seenCells(c);
    const along = (axis: 0 | 1 | 2): number => seen[axis] - c.padBegin[axis] - c.input[axis];
    const asForward: ConvProblem = {
      ...{ ...problem, ...c },
      pass: "forward",
      layout: "channels-first",
      flipped: false,
      padEnd: [along(0), along(1), along(2)],
    };
    const sums = sumsOf(asForward, dense, weights);
    const places = gathered(Float64Array.from((padded ?? result).keys()), y.start, [
      ...[[c.N, y.batch] as const, [groups, y.group] as const, [groupK, y.channel] as const],
      ...spatial(c.output, y.spatial),
    ]);
    places.forEach((place, at) => ((padded ?? result)[place]! += sums[at]!));
  }
  if (!padded) return result;
  // Padding an input that holds its own indices tells which element each padded cell copies.
  const whole = paddedSize(problem);
  const copies = pad(
    { ...problem, kernel: [1, 1, 1], stride: [1, 1, 1], dilation: [1, 1, 1], output: whole },
    Float64Array.from(result.keys()),
  );
  const cells = elementCount(whole);
  const last = problem.layout === "channels-last";
  copies.forEach((source, at) => {
    const [n, channel, cell] = [Math.floor(at / cells / problem.C), Math.floor(at / cells) % problem.C, at % cells];
    result[source]! += padded[last ? (n * cells + cell) * problem.C + channel : at]!;
  });
  return result;
}
