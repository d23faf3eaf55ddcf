// The error bound of a result, element by element. No constant is fitted: each has its derivation beside it.
import type { ErrorBound } from "../../src/algorithms/algorithm.ts";
import { UNIT_ROUNDOFF, gamma } from "../../src/base/arithmetic.ts";
import type { Dtype } from "../../src/base/dtype.ts";
import { type Triple, dilatedExtent, elementCount } from "../../src/base/shape.ts";
import type { Activation } from "../../src/problem/activation.ts";
import { forwardCorrelation, seenCells } from "../../src/problem/correlation.ts";
import { inputGradient, paddedSize, weightGradient } from "../../src/problem/gradients.ts";
import { type ConvProblem, sumLength } from "../../src/problem/problem.ts";
import { activationValue, backwardData, backwardWeights, forwardSum } from "../../src/reference.ts";
import { pad } from "../../src/reference/geometry.ts";
import { FACTORS, type Operands, factorsOf, shapeOf } from "./passes.ts";

const u = UNIT_ROUNDOFF;

export { gamma };

/**
 * The error of storing a value computed in float32 that differs from `reference` by at most `bound`. Rounding to a half errs by at most 2^-11
 * of the value, which is at most |reference| + bound, and by at most 2^-25, half the spacing, if it is subnormal. This assumes rounding to
 * nearest, as every tested adapter does; WGSL promises only one of the two neighbours.
 */
export function storing(dtype: Dtype, reference: number, bound: number): number {
  return dtype === "f32" ? 0 : 2 ** -11 * (Math.abs(reference) + bound) + 2 ** -25;
}

/** The largest slope of an activation: how much it can magnify the error of its argument. */
function slope({ name, parameter }: Activation): number {
  switch (name) {
    case "sigmoid":
      return 0.25;
    case "silu":
      return 1.1; // the largest derivative of v sigmoid(v) is 1.0998, at v = 2.4
    case "gelu":
      return 1.13; // and that of gelu 1.1290, at v = sqrt 2
    case "hardswish":
      return 1.5; // (2 v + 3) / 6 at v = 3
    case "leaky-relu":
    case "elu":
      return Math.max(1, Math.abs(parameter));
    default:
      return 1;
  }
}

/**
 * The error of evaluating the activation itself, from WGSL's accuracy table: exp is accurate to 3 + 2 |v| ULP and division to 2.5, where an ULP
 * is at most 2 u. (6 + 4 |v|) u exp(-|v|) is at most 6 u, so functions of exp(-|v|) alone err by less than 16 u.
 */
export function evaluation({ name, parameter }: Activation, v: number): number {
  const size = Math.abs(v);
  switch (name) {
    case "none":
    case "relu":
    case "relu6":
      return 0;
    case "leaky-relu":
      return u * Math.abs(parameter * v);
    case "sigmoid":
    case "tanh":
      return 16 * u;
    case "silu":
      return 16 * u * size;
    case "gelu":
      // Half the 1.5e-7 of the polynomial for erf, and the rounding of its alternating terms, whose sizes add up to 5.
      return size * (0.75e-7 + 16 * u);
    case "elu":
      return 16 * u * Math.abs(parameter);
    case "hardswish":
      return 8 * u * Math.abs(activationValue({ name, parameter }, v)) + 4 * u * size;
  }
}

/** Adds the bias and the residual to sums. */
function preActivation(
  problem: ConvProblem,
  sums: Float64Array,
  { bias, residual }: Pick<Operands, "bias" | "residual">,
): Float64Array {
  const channels = problem.pass === "backward-data" ? problem.C : problem.K;
  const cells = sums.length / problem.N / channels;
  const last = problem.layout === "channels-last";
  return sums.map((sum, at) => {
    const channel = last ? at % channels : Math.floor(at / cells) % channels;
    return sum + (bias?.[channel] ?? 0) + (residual?.[at] ?? 0);
  });
}

const magnitudes = (values: ArrayLike<number>): Float64Array<ArrayBuffer> => Float64Array.from(values, Math.abs);

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
function spreadSums(problem: ConvProblem, x: Float64Array, w: Float64Array, spread: Triple): Float64Array {
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
function energySums(problem: ConvProblem, x: Float64Array, w: Float64Array, spread: Triple): Float64Array {
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
function correlationSums(
  problem: ConvProblem,
  a: Float64Array,
  b: Float64Array,
  sumsOf: (problem: ConvProblem, x: Float64Array, w: Float64Array) => Float64Array,
): Float64Array {
  const gradient = problem.pass === "backward-data" ? inputGradient(problem) : undefined;
  const correlations = gradient?.phases ?? [
    problem.pass === "forward" ? forwardCorrelation(problem) : weightGradient(problem),
  ];
  const result = new Float64Array(elementCount(shapeOf(problem, "result")));
  const padded = gradient?.folds
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

/** The sums of the pass, without its epilogue. */
function plainSums(problem: ConvProblem, a: Float64Array, b: Float64Array): Float64Array {
  if (problem.pass === "forward") return forwardSum(problem, a, b);
  return problem.pass === "backward-data" ? backwardData(problem, a, b) : backwardWeights(problem, a, b);
}

/**
 * The error of evaluating the derivative of an activation at v: that of the built-in functions, as in `evaluation`, of a few products and sums,
 * and for gelu of the polynomial for erf (1.5e-7 / 2).
 */
export function derivativeError({ name }: Activation, v: number): number {
  if (["relu", "relu6", "leaky-relu"].includes(name)) return 0;
  return 32 * u * (1 + Math.abs(v)) + (name === "gelu" ? 0.75e-7 : 0);
}

/** The error of the sums due to that of an activation's derivative: the sums of |gradient| times the derivative's error. */
function gradientErrors(problem: ConvProblem, operands: Operands): Float64Array | undefined {
  const by = problem.activationGradient;
  if (!by) return undefined;
  const values = (by.from === "output" ? operands.output : operands.preActivation)!;
  const [a, b] = FACTORS[problem.pass].map((name) => {
    const size = magnitudes(operands[name]!);
    return name === by.operand ? size.map((one, at) => one * derivativeError(by.activation, values[at]!)) : size;
  });
  return plainSums({ ...problem, paddingValue: Math.abs(problem.paddingValue) }, a!, b!);
}

/**
 * The largest allowed difference of each element from the float64 reference:
 * slope * growth * gamma_(n + 2) * (sum |a| |b| + |bias| + |residual|) + evaluation + storing. The 2 is for bias and residual; where one factor
 * is first multiplied by a derivative it is 3, plus the derivative's own error. Where the algorithm's errors spread, sum |a| |b| is the largest
 * such sum within their reach, or is computed from the energy there.
 */
export function errorBounds(
  problem: ConvProblem,
  operands: Operands,
  growth: number,
  spread: Triple = NO_SPREAD,
  norm: ErrorBound["norm"] = "windows",
): Float64Array {
  const { bias, residual } = operands;
  const absolute: ConvProblem = { ...problem, paddingValue: Math.abs(problem.paddingValue) };
  const [a, b] = factorsOf(problem, operands);
  const spreads = spread.some((extent) => extent > 0);
  const sumsOf = norm === "energy" ? energySums : spreadSums;
  const largest = spreads
    ? correlationSums(absolute, magnitudes(a), magnitudes(b), (one, x, w) => sumsOf(one, x, w, spread))
    : plainSums(absolute, magnitudes(a), magnitudes(b));
  const sizes = preActivation(absolute, largest, {
    ...(bias ? { bias: bias.map(Math.abs) } : {}),
    ...(residual ? { residual: residual.map(Math.abs) } : {}),
  });
  const values = preActivation(problem, plainSums(problem, a, b), operands);
  const derivative = gradientErrors(problem, operands);
  const { activation } = problem.epilogue;
  const factor = slope(activation) * growth * gamma(sumLength(problem) + (derivative ? 3 : 2));
  return Float64Array.from(sizes, (size, at) => {
    const bound =
      factor * size + 1.01 * slope(activation) * (derivative?.[at] ?? 0) + evaluation(activation, values[at]!);
    return bound + storing(problem.dtype, activationValue(activation, values[at]!), bound);
  });
}
