// The problems that every algorithm is tested on: kinds of layer x complications x ranks x layouts, and corner cases. A new algorithm is tested
// on all of them that it supports.
import type { ActivationOption } from "../../src/problem/activation.ts";
import { type ConvDescriptor, LAYOUTS, type Layout, PASSES, type Pass, joinShape } from "../../src/problem/problem.ts";

export interface NamedProblem {
  readonly name: string;
  readonly descriptor: ConvDescriptor;
  readonly passes: readonly Pass[];
}

type Axes = readonly number[];

interface Layer extends Omit<ConvDescriptor, "inputShape" | "kernelShape" | "layout"> {
  N?: number;
  C: number;
  K: number;
  input: Axes;
  kernel: Axes;
}

function describeLayer({ N = 1, C, K, input, kernel, ...rest }: Layer, layout: Layout): ConvDescriptor {
  const inner = C / (rest.groups ?? 1);
  return {
    ...rest,
    layout,
    inputShape: joinShape(N, C, input, layout),
    kernelShape: layout === "channels-first" ? [K, inner, ...kernel] : [...kernel, inner, K],
  };
}

/** Kinds of layer, for any rank; `of(a)` repeats a size on every axis. */
const KINDS: Record<string, (of: (size: number) => Axes) => Layer> = {
  "first layer": (of) => ({ C: 3, K: 8, input: of(13), kernel: of(5), padding: 2 }),
  pointwise: (of) => ({ C: 8, K: 12, input: of(6), kernel: of(1) }),
  "3-wide": (of) => ({ C: 8, K: 16, input: of(8), kernel: of(3), padding: 1 }),
  "pad > kernel/2": (of) => ({ C: 4, K: 8, input: of(5), kernel: of(3), padding: 3 }),
  grouped: (of) => ({ C: 8, K: 16, groups: 4, input: of(6), kernel: of(3), padding: 1 }),
  depthwise: (of) => ({ C: 8, K: 8, groups: 8, input: of(7), kernel: of(3), padding: 1 }),
  multiplier: (of) => ({ C: 4, K: 12, groups: 4, input: of(6), kernel: of(3), padding: 1 }),
};

/** Changes that make a layer harder: sizes that no tile divides, strides, dilations. */
const COMPLICATIONS: Record<string, (layer: Layer) => Layer> = {
  plain: (layer) => layer,
  "channel tail": (layer) => {
    const groups = layer.groups ?? 1;
    if (groups > 1) return { ...layer, groups: 3, C: (layer.C / groups) * 3, K: (layer.K / groups) * 3 + 3 };
    return { ...layer, C: layer.C === 3 ? 1 : 9, K: layer.C === 4 ? 6 : 17 };
  },
  strided: (layer) => ({ ...layer, stride: 2 }),
  dilated: (layer) => ({ ...layer, dilation: 2, padding: 2 * Math.max(1, (layer.padding as number) ?? 0) }),
};

const RANKS = [1, 2, 3] as const;

function gridOfProblems(): NamedProblem[] {
  const problems: NamedProblem[] = [];
  for (const rank of RANKS) {
    const of = (size: number): Axes =>
      Array.from({ length: rank }, (_, axis) => (axis === 0 && size > 4 ? size - 1 : size));
    for (const [kind, make] of Object.entries(KINDS)) {
      for (const [complication, complicate] of Object.entries(COMPLICATIONS)) {
        const layer = complicate(make(of));
        for (const layout of LAYOUTS) {
          problems.push({
            name: `${rank}-D ${kind}, ${complication}, ${layout}`,
            descriptor: describeLayer(layer, layout),
            passes: PASSES,
          });
        }
      }
    }
  }
  return problems;
}

const BASE: Layer = { C: 4, K: 8, input: [6, 7], kernel: [3, 3] };

const CORNERS: Record<string, Layer> = {
  "constant padding": { ...BASE, padding: 2, paddingValue: 3 },
  "constant padding, 3-D": { C: 2, K: 3, input: [3, 4, 5], kernel: [2, 2, 3], padding: 1, paddingValue: -2 },
  "reflect padding": { ...BASE, padding: 2, paddingMode: "reflect" },
  "reflect padding to the limit": { ...BASE, padding: [5, 6], paddingMode: "reflect" },
  "reflect padding, 1-D": { C: 3, K: 4, input: [9], kernel: [5], padding: 4, paddingMode: "reflect" },
  "reflect padding, 3-D": { C: 2, K: 4, input: [3, 4, 5], kernel: [3, 3, 3], padding: 2, paddingMode: "reflect" },
  "replicate padding": { ...BASE, padding: 4, paddingMode: "replicate" },
  "replicate padding, strided": { ...BASE, padding: 3, stride: 2, paddingMode: "replicate" },
  "circular padding": { ...BASE, padding: 3, paddingMode: "circular" },
  "circular padding to the limit": { ...BASE, padding: [6, 7], paddingMode: "circular" },
  "circular padding, depthwise": { ...BASE, C: 6, K: 6, groups: 6, padding: 1, paddingMode: "circular" },
  "reflect padding, depthwise": { ...BASE, C: 6, K: 6, groups: 6, padding: 2, paddingMode: "reflect" },
  "replicate padding, multiplier": { ...BASE, C: 3, K: 6, groups: 3, padding: 3, stride: 2, paddingMode: "replicate" },
  "reflect padding round again, 1-D": { C: 3, K: 4, input: [4], kernel: [11], padding: "same", paddingMode: "reflect" },
  "reflect padding of one cell": { ...BASE, input: [1, 5], padding: [2, 9], paddingMode: "reflect" },
  "circular padding round again": { ...BASE, padding: [15, 8], stride: 2, paddingMode: "circular" },
  "circular padding round again, depthwise": { ...BASE, C: 6, K: 6, groups: 6, padding: 9, paddingMode: "circular" },
  "symmetric padding": { ...BASE, padding: 2, paddingMode: "symmetric" },
  "symmetric padding to the limit, strided": { ...BASE, padding: [6, 7], stride: 2, paddingMode: "symmetric" },
  "symmetric padding round again, 3-D": {
    ...{ C: 2, K: 4, input: [1, 2, 3], kernel: [2, 2, 2] },
    ...{ padding: [2, 3, 7], paddingMode: "symmetric" },
  },
  "negative padding": { ...BASE, padding: [-1, -2] },
  "negative padding, 1-D, dilated": { C: 3, K: 4, input: [17], kernel: [3], dilation: 3, padding: [[-2, -1]] },
  "negative padding, 3-D, depthwise": {
    ...BASE,
    C: 4,
    K: 4,
    groups: 4,
    input: [5, 6, 7],
    kernel: [2, 2, 3],
    padding: -1,
  },
  // On SwiftShader products in tiles of 8 x 20 and of 10 x 16.
  "pointwise, tiles of 20 columns": { C: 24, K: 128, input: [6, 6], kernel: [1, 1] },
  "pointwise, tiles of 10 rows": { C: 16, K: 40, input: [12, 12], kernel: [1, 1] },
  "negative padding, pointwise": { C: 8, K: 12, input: [6, 7], kernel: [1, 1], padding: [-1, -2] },
  "negative padding, pointwise, strided": { C: 8, K: 12, input: [7, 8], kernel: [1, 1], padding: -1, stride: 2 },
  "cropped and padded": {
    ...BASE,
    padding: [
      [-2, 3],
      [2, -1],
    ],
    paddingValue: 2,
    stride: [2, 1],
  },
  "cropped and padded, reflect": {
    ...BASE,
    padding: [
      [-1, 4],
      [3, -2],
    ],
    paddingMode: "reflect",
  },
  "cropped and padded, circular, round again": {
    ...BASE,
    padding: [
      [-2, 15],
      [9, -1],
    ],
    paddingMode: "circular",
    dilation: [1, 2],
  },
  "cropped and padded, replicate, strided": {
    ...BASE,
    padding: [
      [-1, 2],
      [3, -3],
    ],
    paddingMode: "replicate",
    stride: 2,
  },
  "cropped as far as the dilation": { C: 3, K: 2, input: [13], kernel: [3], dilation: 3, padding: [[0, -2]] },
  "batch 0": { ...BASE, N: 0, padding: 1 },
  "no input channels": { ...BASE, C: 0, padding: 1 },
  "no output channels": { ...BASE, K: 0, groups: 2, padding: 1, paddingMode: "reflect" },
  "no cells": { ...BASE, input: [0, 7], padding: 2, paddingValue: 3 },
  "asymmetric padding": {
    ...BASE,
    padding: [
      [0, 2],
      [3, 1],
    ],
  },
  "asymmetric padding, strided": {
    ...BASE,
    padding: [
      [1, 0],
      [0, 2],
    ],
    stride: [2, 3],
  },
  "asymmetric reflect padding": {
    ...BASE,
    padding: [
      [0, 3],
      [2, 0],
    ],
    paddingMode: "reflect",
  },
  "padding same": { ...BASE, padding: "same" },
  "padding same, strided": { ...BASE, padding: "same", stride: 2, kernel: [4, 3] },
  "padding same-lower, strided": { ...BASE, padding: "same-lower", stride: 2, kernel: [4, 3], input: [6, 8] },
  "padding full": { ...BASE, padding: "full", dilation: [1, 2] },
  "flipped kernel": { ...BASE, mode: "convolution", padding: 1 },
  "flipped kernel, 3-D, grouped": { C: 4, K: 4, groups: 2, input: [3, 4, 5], kernel: [2, 3, 2], mode: "convolution" },
  "non-square everything": {
    ...BASE,
    input: [11, 8],
    kernel: [2, 5],
    stride: [3, 1],
    dilation: [2, 1],
    padding: [1, 2],
  },
  "kernel the size of the map": { C: 8, K: 12, input: [7, 7], kernel: [7, 7] },
  "kernel larger than the map": { C: 2, K: 5, input: [3, 4], kernel: [5, 7], padding: [2, 3] },
  "large kernel": { C: 2, K: 2, groups: 2, input: [20, 33], kernel: [15, 31], padding: "same" },
  "depthwise 5x5": { C: 3, K: 3, groups: 3, input: [9, 11], kernel: [5, 5], padding: 2 },
  "depthwise 5x5, strided": { C: 3, K: 3, groups: 3, input: [13, 18], kernel: [5, 5], padding: 2, stride: 2 },
  "depthwise 5x4, dilated, reflect padding": {
    ...{ N: 2, C: 3, K: 3, groups: 3, input: [11, 19], kernel: [5, 4] },
    ...{ dilation: [3, 2], padding: [4, 3], paddingMode: "reflect", mode: "convolution" },
  },
  "kernel of prime width": { C: 1, K: 1, input: [5, 70], kernel: [3, 61], padding: "same" },
  "stride over the kernel": { ...BASE, input: [13, 14], kernel: [2, 2], stride: [4, 5] },
  "dilation over the map": { ...BASE, dilation: 5, padding: 5 },
  "sizes 1": { C: 1, K: 1, input: [1, 1], kernel: [1, 1] },
  "one output": { C: 5, K: 3, input: [3, 3], kernel: [3, 3] },
  "one output column": { C: 4, K: 4, input: [9, 3], kernel: [3, 3] },
  "batch 33": { ...BASE, N: 33, input: [4, 4], padding: 1 },
  "batch 3, grouped": { ...BASE, N: 3, groups: 2, padding: 1 },
  "batch 2, 1-D": { N: 2, C: 5, K: 7, input: [19], kernel: [4], stride: 2 },
  "map over 2048": { C: 1, K: 1, input: [2, 2100], kernel: [1, 3], padding: [0, 1] },
  "tall map over 2048": { C: 1, K: 2, input: [2100, 2], kernel: [3, 1], padding: [1, 0] },
  "C 17, K 19": { C: 17, K: 19, input: [5, 5], kernel: [3, 3], padding: 1 },
  "C 6, K 10, wide": { C: 6, K: 10, input: [3, 31], kernel: [3, 3], padding: 1 },
  "K 1": { C: 16, K: 1, input: [9, 9], kernel: [3, 3], padding: 1 },
  "long sum": { C: 96, K: 4, input: [4, 4], kernel: [3, 3], padding: 1 },
};

const EPILOGUES: ActivationOption[] = [
  "relu",
  "relu6",
  "leaky-relu",
  { name: "leaky-relu", slope: 0.5 },
  "sigmoid",
  "tanh",
  "silu",
  "gelu",
  "elu",
  { name: "elu", alpha: 2 },
  "hard-swish",
];

function epilogueProblems(): Record<string, Layer> {
  const layer: Layer = { C: 3, K: 6, input: [5, 6], kernel: [3, 3], padding: 1 };
  const named: Record<string, Layer> = {
    bias: { ...layer, bias: true },
    residual: { ...layer, residual: true },
    "bias, relu, no input channels": { ...layer, C: 0, groups: 3, bias: true, activation: "relu" },
    "bias, no cells": { ...layer, input: [5, 0], kernel: [3, 2], bias: true },
    "bias, residual and batch": { ...layer, N: 2, groups: 3, bias: true, residual: true },
  };
  for (const activation of EPILOGUES) {
    const name = typeof activation === "string" ? activation : JSON.stringify(activation);
    named[`bias, residual, ${name}`] = { ...layer, bias: true, residual: true, activation };
  }
  return named;
}

/** Gradients behind an activation, with the derivative computed from its output and from its argument. */
function gradientProblems(operand: "x" | "dy"): Record<string, Layer> {
  const named: Record<string, Layer> = {};
  for (const activation of EPILOGUES) {
    const name = typeof activation === "string" ? activation : JSON.stringify(activation);
    for (const from of ["output", "pre-activation"] as const) {
      if (from === "output" && ["silu", "gelu", "hard-swish"].includes(name)) continue;
      named[`gradient ${operand} of ${name} by its ${from}`] = {
        ...{ C: 3, K: 6, input: [5, 6], kernel: [3, 3], padding: 1 },
        activationGradient: { activation, from, operand },
      };
    }
  }
  // Kinds of layer that have algorithms of their own.
  const relu = { activation: "relu", from: "output", operand } as const;
  named[`gradient ${operand} of relu, pointwise`] = {
    ...{ C: 8, K: 12, input: [4, 6], kernel: [1, 1] },
    activationGradient: relu,
  };
  named[`gradient ${operand} of relu, depthwise`] = {
    ...{ C: 6, K: 6, groups: 6, input: [5, 7], kernel: [3, 3], padding: 1 },
    activationGradient: relu,
  };
  return named;
}

function inLayouts(layers: Record<string, Layer>, passes: readonly Pass[]): NamedProblem[] {
  return Object.entries(layers).flatMap(([name, layer]) =>
    LAYOUTS.map((layout) => ({ name: `${name}, ${layout}`, descriptor: describeLayer(layer, layout), passes })),
  );
}

export const problems: readonly NamedProblem[] = [
  ...gridOfProblems(),
  ...inLayouts(CORNERS, PASSES),
  ...inLayouts(epilogueProblems(), ["forward", "backward-data"]),
  ...inLayouts(gradientProblems("dy"), ["backward-data", "backward-weights"]),
  ...inLayouts(gradientProblems("x"), ["forward", "backward-weights"]),
];
