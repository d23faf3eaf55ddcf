// CPU reference of optimiser steps, in float64. Returns the tensors that the engine updates in place.
import { RANKS, checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { ADAM_KEYS, type AdamNumbers, SGD_KEYS, type SgdNumbers, adamNumbers, sgdNumbers } from "./geometry.ts";

/** `sgd` of convoke/ops, in float64: returns the weights after the step, and with momentum the velocity. */
export function sgd(
  w: NdArray,
  dw: NdArray,
  options: SgdNumbers & { velocity?: NdArray },
): { w: Float64NdArray; velocity?: Float64NdArray } {
  checkOptions("options", options, [...SGD_KEYS, "velocity"]);
  const { velocity } = options;
  const { learningRate, momentum, weightDecay, nesterov } = sgdNumbers(options, velocity !== undefined);
  const [weights, gradient] = checkArrays({ w, dw });
  const { shape } = weights!;
  const kept = velocity && checkArrays({ w, velocity })[1]!.data;
  const steps = gradient!.data.map((value, at) => value + weightDecay * weights!.data[at]!);
  const next = kept && steps.map((step, at) => momentum * kept[at]! + step);
  const moved = weights!.data.map((weight, at) => {
    const along = nesterov ? steps[at]! + momentum * next![at]! : (next ?? steps)[at]!;
    return weight - learningRate * along;
  });
  return { w: { data: moved, shape }, ...(next && { velocity: { data: next, shape } }) };
}

/** `adam` of convoke/ops, in float64: returns the weights and both moments after the step. */
export function adam(
  w: NdArray,
  dw: NdArray,
  options: AdamNumbers & { m: NdArray; v: NdArray },
): { w: Float64NdArray; m: Float64NdArray; v: Float64NdArray } {
  checkOptions("options", options, [...ADAM_KEYS, "m", "v"]);
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step } = adamNumbers(options);
  const [weights, gradient, mean, square] = checkArrays({ w, dw, m: options.m, v: options.v });
  const { shape } = weights!;
  const g = gradient!.data.map((value, at) => value + (decoupled ? 0 : weightDecay * weights!.data[at]!));
  const m = mean!.data.map((value, at) => beta1 * value + (1 - beta1) * g[at]!);
  const v = square!.data.map((value, at) => beta2 * value + (1 - beta2) * g[at]! ** 2);
  const data = weights!.data.map((weight, at) => {
    const kept = decoupled ? weight * (1 - learningRate * weightDecay) : weight;
    const root = Math.sqrt(v[at]! / (1 - beta2 ** step)) + epsilon;
    return kept - (learningRate * (m[at]! / (1 - beta1 ** step))) / root;
  });
  return { w: { data, shape }, m: { data: m, shape }, v: { data: v, shape } };
}

/** Checks that arrays have the shape of the first. */
function checkArrays(given: Readonly<Record<string, NdArray>>): Float64NdArray[] {
  const arrays = Object.entries(given).map(([name, array]) => checkNdArray(name, array, RANKS));
  Object.keys(given).forEach((name, at) => checkShapeIs(name, arrays[at]!.shape, arrays[0]!.shape));
  return arrays;
}
