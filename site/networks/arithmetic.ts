// The arithmetic of a layer: sizes, work, weights and kind. No DOM and no GPU.
import type { Shape } from "../../bench/layer.ts";

/** The window of a convolution or pooling along one axis. */
export interface Window {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation?: number;
}

/** Counts the positions of a window on `size` cells. */
export function places(size: number, { kernel, stride, padding, dilation = 1 }: Window): number {
  return Math.floor((size + 2 * padding - (kernel - 1) * dilation - 1) / stride) + 1;
}

/** Returns the window of a layer; all windows of these networks are square. */
export function windowOf({ kernel, stride, padding, dilation }: Shape): Window {
  return { kernel: kernel[0]!, stride, padding, dilation };
}

export function outputSize(layer: Shape): number {
  return places(layer.input[0]!, windowOf(layer));
}

/** Counts the weights, without biases. */
export function weightsOf({ channels, outputs, kernel, groups }: Shape): number {
  return kernel.reduce((product, size) => product * size, (outputs * channels) / groups);
}

/** Counts the multiply-adds for one image by definition: each weight once for each position of its window, padding included. */
export function multiplyAddsOf(layer: Shape): number {
  return weightsOf(layer) * outputSize(layer) ** 2;
}

export const KINDS = ["dense", "strided", "pointwise", "grouped", "depthwise"] as const;
export type Kind = (typeof KINDS)[number];

/** Returns the kind of a layer. Each layer has one, so that shares add up; a grouped layer counts as grouped whatever its stride. */
export function kindOf({ channels, kernel, stride, groups }: Shape): Kind {
  if (groups > 1) return groups === channels ? "depthwise" : "grouped";
  if (stride > 1) return "strided";
  return kernel.every((size) => size === 1) ? "pointwise" : "dense";
}

/** The receptive field of an output in the image: a square of `size` cells; the field of the next output lies `jump` cells further. */
export interface Field {
  readonly size: number;
  readonly jump: number;
}

export const ONE_CELL: Field = { size: 1, jump: 1 };

export function through({ size, jump }: Field, { kernel, stride, dilation = 1 }: Window): Field {
  return { size: size + (kernel - 1) * dilation * jump, jump: jump * stride };
}
