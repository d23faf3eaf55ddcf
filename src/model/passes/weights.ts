// The weights of convolutions and fully connected layers, changed for each channel of their input or their result.
import { elementCount } from "../../base/shape.ts";
import type { Node, Value } from "../graph.ts";
import type { Constant } from "./constants.ts";

/** Where a weight stands: the channel of the result that it computes, and the channel of the input that it multiplies. */
export interface Channels {
  readonly results: number;
  readonly resultOf: (weight: number) => number;
  readonly inputOf: (weight: number) => number;
}

/** The channels of each element of w. */
export function channelsOfWeights({ operator, inputs, options }: Node): Channels {
  const { shape } = inputs["w"]!;
  const size = elementCount(shape);
  if (operator === "linear") {
    const [results, features] = shape as [number, number];
    return { results, resultOf: (at) => Math.floor(at / features), inputOf: (at) => at % features };
  }
  const groups = (options["groups"] as number | undefined) ?? 1;
  const last = inputs["x"]!.layout === "channels-last";
  const [outer, inner] = last ? [shape.at(-1)!, shape.at(-2)!] : [shape[0]!, shape[1]!];
  const taps = size / (outer * inner);
  // The channels of all groups, and those of one.
  const outerOf = last ? (at: number) => at % outer : (at: number) => Math.floor(at / (inner * taps));
  const innerOf = last ? (at: number) => Math.floor(at / outer) % inner : (at: number) => Math.floor(at / taps) % inner;
  const inGroup = (at: number): number => Math.floor(outerOf(at) / (outer / groups)) * inner + innerOf(at);
  return operator === "conv"
    ? { results: outer, resultOf: outerOf, inputOf: inGroup }
    : { results: inner * groups, resultOf: inGroup, inputOf: outerOf };
}

/** w, each element times the factor of its channel. */
export function scaledWeights(w: Constant, factor: ArrayLike<number>, channelOf: (weight: number) => number) {
  const scaled = new Float32Array(w.data.length);
  for (let at = 0; at < scaled.length; at++) scaled[at] = w.data[at]! * factor[channelOf(at)]!;
  return scaled;
}

/** The sums of the weights of each channel of the result, times the summand of the channel that each multiplies. */
export function weightedSums(w: Constant, summand: ArrayLike<number>, channels: Channels): Float64Array {
  const sums = new Float64Array(channels.results);
  for (let at = 0; at < w.data.length; at++)
    sums[channels.resultOf(at)]! += w.data[at]! * summand[channels.inputOf(at)]!;
  return sums;
}

/** What a bias of a node's result is like. */
export function biasLike({ name, inputs }: Node, results: number): Pick<Value, "name" | "shape" | "layout" | "dtype"> {
  const { layout, dtype } = inputs["x"]!;
  return { name: `${name}/bias`, shape: [results], layout, dtype };
}
