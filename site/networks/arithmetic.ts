// The arithmetic of a layer: sizes, work, weights, and of which kind it is. No DOM and no GPU.
import type { Shape } from "../../bench/layer.ts";

/** The window of a convolution or of a pooling along one axis. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation?: number;
}

/** How many places a window has on `size` cells. */
export function places(size: number, { kernel, stride, padding, dilation = 1 }: Window): number {
  return Math.floor((size + 2 * padding - (kernel - 1) * dilation - 1) / stride) + 1;
}

/** The window of a layer; those of these networks are square. */
export function windowOf({ kernel, stride, padding, dilation }: Shape): Window {
  return { kernel: kernel[0]!, stride, padding, dilation };
}

export function outputSize(layer: Shape): number {
  return places(layer.input[0]!, windowOf(layer));
}

/** Weights, without biases. */
export function weightsOf({ channels, outputs, kernel, groups }: Shape): number {
  return kernel.reduce((product, size) => product * size, (outputs * channels) / groups);
}

/** Multiply-adds for one picture by the definition: each weight once for each place of its window, those on padding too. */
export function multiplyAddsOf(layer: Shape): number {
  return weightsOf(layer) * outputSize(layer) ** 2;
}

export const KINDS = ["dense", "strided", "pointwise", "grouped", "depthwise"] as const;
export type Kind = (typeof KINDS)[number];

/** The kind of a layer: each has one, so that shares add up. What is grouped counts as that whatever its stride. */
export function kindOf({ channels, kernel, stride, groups }: Shape): Kind {
  if (groups > 1) return groups === channels ? "depthwise" : "grouped";
  if (stride > 1) return "strided";
  return kernel.every((size) => size === 1) ? "pointwise" : "dense";
}

/** What an output sees of the picture: a square of `size` cells, the next output's `jump` cells further. */
export interface Field {
  readonly size: number;
  readonly jump: number;
}

export const ONE_CELL: Field = { size: 1, jump: 1 };

export function through({ size, jump }: Field, { kernel, stride, dilation = 1 }: Window): Field {
  return { size: size + (kernel - 1) * dilation * jump, jump: jump * stride };
}
