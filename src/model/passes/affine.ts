// Normalisation with known statistics, and sums and products with a number for each channel: factor[c] * x + summand[c].
import { channelAxis } from "../../ops/shared/geometry/axis.ts";
import type { Node, Value } from "../graph.ts";
import { type Constant, channelsOf, isConstant } from "./constants.ts";
import { linearNode } from "./scalars.ts";

/** factor[c] * x + summand[c], computed from constants. A missing factor is 1, a missing summand 0. */
export interface Affine {
  readonly x: Value;
  readonly sources: readonly Constant[];
  readonly factor?: Float64Array;
  readonly summand?: Float64Array;
  /** Applied to the sum. */
  readonly activation?: unknown;
}

/** What a node computes, if it is affine in each channel. */
export function affineOf(node: Node): Affine | undefined {
  const found = node.operator === "batchNorm" ? normalisationOf(node) : combinationOf(node);
  return found && found.x.shape.join() === node.outputs[0]!.shape.join() ? found : undefined;
}

function normalisationOf({ inputs, options }: Node): Affine | undefined {
  const { x, mean, variance, scale, bias } = inputs;
  if (!x || !isConstant(mean) || !isConstant(variance)) return undefined;
  if ([scale, bias].some((value) => value && !isConstant(value))) return undefined;
  const channels = channelAxis(x.shape, x.layout);
  const axis = (options["axis"] as number | undefined) ?? channels;
  if ((axis < 0 ? axis + x.shape.length : axis) !== channels) return undefined;
  const epsilon = (options["epsilon"] as number | undefined) ?? 1e-5;
  const factor = Float64Array.from(
    variance.data,
    (value, channel) => (scale?.data?.[channel] ?? 1) / Math.sqrt(value + epsilon),
  );
  return {
    x,
    sources: [mean, variance, scale, bias].filter(isConstant),
    factor,
    summand: factor.map((value, channel) => (bias?.data?.[channel] ?? 0) - mean.data[channel]! * value),
  };
}

/** The same numbers for all channels. */
function uniform(node: Node): Affine | undefined {
  const linear = linearNode(node);
  if (!linear) return undefined;
  const { x, alpha, beta } = linear;
  const channels = x.shape[channelAxis(x.shape, x.layout)] ?? 1;
  const all = (value: number): Float64Array => new Float64Array(channels).fill(value);
  return { x, sources: [], factor: all(alpha), summand: all(beta) };
}

function combinationOf(node: Node): Affine | undefined {
  const { operator, inputs, options } = node;
  const { a, b } = inputs;
  if (operator === "activate") return uniform(node);
  if (!a || !b) return undefined;
  const [right, left] = [channelsOf(b, a), channelsOf(a, b)];
  const scale = ((options["scale"] as number | undefined) ?? 1) * (operator === "sub" ? -1 : 1);
  const activation = options["activation"] !== undefined && { activation: options["activation"] };
  const numbers = right ?? left;
  if (!numbers) return undefined;
  const [x, constant] = right ? [a, b] : [b, a];
  const common = { x, sources: [constant as Constant] };
  switch (operator) {
    case "multiply":
      return { ...common, factor: numbers };
    case "divide":
      return right && { ...common, factor: right.map((value) => 1 / value) };
    case "add":
    case "sub":
      if (right) return { ...common, ...activation, summand: right.map((value) => scale * value) };
      return { ...common, ...activation, summand: numbers, ...(scale !== 1 && { factor: numbers.map(() => scale) }) };
    default:
      return undefined;
  }
}
