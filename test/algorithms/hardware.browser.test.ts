// The kernels that GPUs get, run on a software adapter: a variant that any device is offered can be run by its name, by an engine that has them all.
// Sizes that no tile divides, in both layouts and element types, with groups, batches, strides, epilogues and split sums.
import { afterAll, describe, expect, inject, it } from "vitest";
import type { Candidate } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { CLASSES } from "../../src/planner/gpu-classes.ts";
import { type ConvDescriptor, type ConvProblem, type Pass, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { checkVariant } from "../suite/forms.ts";
import { createWholeEngine } from "../suite/whole-engine.ts";

const engine = await createWholeEngine();
afterAll(() => engine.destroy());

const halves = engine.device.features.has("shader-f16");

/** Devices whose candidates are run: with many sums a thread, and with few. */
const DEVICES: readonly DeviceTraits[] = (["amd", "intel"] as const).map((gpu) => ({
  ...DEFAULT_TRAITS,
  ...CLASSES[gpu],
  gpu,
}));

interface Named {
  readonly name: string;
  readonly algorithm: string;
  readonly descriptor: ConvDescriptor;
  readonly passes?: readonly Pass[];
}

const CASES: readonly Named[] = [
  {
    name: "1x1, sizes that no tile divides",
    algorithm: "pointwise",
    descriptor: { inputShape: [2, 20, 9, 11], kernelShape: [70, 20, 1, 1] },
    passes: ["forward", "backward-data", "backward-weights"],
  },
  {
    name: "1x1, channels-last, vectors",
    algorithm: "pointwise",
    descriptor: { inputShape: [2, 9, 11, 36], kernelShape: [1, 1, 36, 68], layout: "channels-last" },
    passes: ["forward", "backward-data", "backward-weights"],
  },
  {
    name: "1x1 at stride 2, three channels",
    algorithm: "pointwise",
    descriptor: { inputShape: [1, 3, 17, 18], kernelShape: [34, 3, 1, 1], stride: 2 },
  },
  {
    name: "1x1 at stride 2, channels-last, groups",
    algorithm: "pointwise",
    descriptor: {
      inputShape: [2, 17, 18, 10],
      kernelShape: [1, 1, 5, 70],
      groups: 2,
      stride: 2,
      layout: "channels-last",
    },
    passes: ["forward", "backward-weights"],
  },
  {
    name: "3x3 with bias and relu",
    algorithm: "im2col",
    descriptor: { inputShape: [1, 5, 10, 9], kernelShape: [36, 5, 3, 3], padding: 1, bias: true, activation: "relu" },
    passes: ["forward"],
  },
  {
    name: "3x3, sizes that no tile divides",
    algorithm: "implicit-gemm",
    descriptor: { inputShape: [2, 21, 9, 11], kernelShape: [70, 21, 3, 3], padding: 1, residual: true },
    passes: ["forward"],
  },
  {
    name: "3x3, channels-last, vectors, dilation",
    algorithm: "implicit-gemm",
    descriptor: {
      inputShape: [2, 9, 11, 32],
      kernelShape: [3, 3, 32, 36],
      dilation: 2,
      padding: 2,
      layout: "channels-last",
    },
  },
  {
    name: "3x2 at stride 2, channels-last, groups of ten channels, border repeated",
    algorithm: "implicit-gemm",
    descriptor: {
      ...{ inputShape: [1, 10, 9, 20], kernelShape: [3, 2, 10, 18], groups: 2, stride: 2 },
      ...{ padding: 1, paddingMode: "replicate", layout: "channels-last" },
    },
    passes: ["forward"],
  },
  {
    name: "7x7 at stride 2 over three channels",
    algorithm: "implicit-gemm",
    descriptor: { inputShape: [1, 3, 19, 18], kernelShape: [34, 3, 7, 7], stride: 2, padding: 3 },
    passes: ["forward", "backward-data", "backward-weights"],
  },
  {
    name: "5x5 over three channels, channels-last, reflected",
    algorithm: "implicit-gemm",
    descriptor: {
      ...{ inputShape: [1, 12, 11, 3], kernelShape: [5, 5, 3, 20], padding: 2, paddingMode: "reflect" },
      layout: "channels-last",
    },
    passes: ["forward"],
  },
  {
    name: "deep layer, sums split",
    algorithm: "implicit-gemm",
    descriptor: { inputShape: [1, 96, 5, 5], kernelShape: [40, 96, 3, 3], padding: 1 },
    passes: ["forward", "backward-weights"],
  },
  {
    name: "3-D",
    algorithm: "implicit-gemm",
    descriptor: { inputShape: [2, 9, 4, 5, 6], kernelShape: [12, 9, 2, 3, 2], padding: 1, paddingValue: 0.5 },
    passes: ["forward"],
  },
  {
    name: "3-D over two channels",
    algorithm: "implicit-gemm",
    descriptor: { inputShape: [2, 2, 4, 5, 6], kernelShape: [12, 2, 2, 3, 2], padding: 1, paddingValue: 0.5 },
    passes: ["forward"],
  },
  {
    name: "3x3, maps that no strip divides",
    algorithm: "depthwise",
    descriptor: {
      inputShape: [2, 6, 13, 11],
      kernelShape: [6, 1, 3, 3],
      groups: 6,
      padding: 1,
      bias: true,
      activation: "relu",
    },
  },
  {
    name: "3x3 over vectors of channels",
    algorithm: "depthwise",
    descriptor: {
      inputShape: [2, 13, 10, 8],
      kernelShape: [3, 3, 1, 8],
      groups: 8,
      padding: "same",
      layout: "channels-last",
      bias: true,
      activation: "relu6",
    },
  },
  {
    name: "5x3 at stride 2 and 3, constant padding",
    algorithm: "depthwise",
    descriptor: {
      ...{ inputShape: [1, 3, 17, 23], kernelShape: [3, 1, 5, 3], groups: 3 },
      ...{ stride: [2, 3], padding: 2, paddingValue: 0.5 },
    },
    passes: ["forward", "forward"],
  },
  {
    name: "dilation of 3 and 2, reflected, over vectors of channels",
    algorithm: "depthwise",
    descriptor: {
      ...{ inputShape: [1, 15, 14, 4], kernelShape: [3, 2, 1, 4], groups: 4, layout: "channels-last" },
      ...{ stride: [2, 1], dilation: [3, 2], padding: 2, paddingMode: "reflect" },
    },
    passes: ["forward", "forward"],
  },
  {
    name: "13 rows of taps at stride 2 along the other axis, constant padding, batch, residual",
    algorithm: "depthwise",
    descriptor: {
      ...{ inputShape: [2, 3, 19, 23], kernelShape: [3, 1, 13, 5], groups: 3, padding: [6, 3] },
      ...{ stride: [1, 2], paddingValue: 0.5, bias: true, residual: true, activation: "relu" },
    },
    passes: ["forward", "forward"],
  },
  {
    name: "9x7 taps two apart, channels-last, flipped",
    algorithm: "depthwise",
    descriptor: {
      ...{ inputShape: [1, 15, 14, 5], kernelShape: [9, 7, 1, 5], groups: 5, layout: "channels-last" },
      ...{ dilation: [2, 3], padding: [8, 9], mode: "convolution" },
    },
  },
  {
    name: "7x7 at stride 2 over three channels",
    algorithm: "direct",
    descriptor: {
      ...{ inputShape: [2, 3, 19, 23], kernelShape: [12, 3, 7, 7], stride: 2, padding: 3, paddingValue: 0.5 },
      ...{ bias: true, activation: "relu" },
    },
  },
  {
    name: "31 taps along both axes, of which a step takes a part",
    algorithm: "direct",
    descriptor: { inputShape: [1, 3, 14, 37], kernelShape: [3, 1, 31, 31], groups: 3, padding: 15, paddingValue: 1 },
    passes: ["forward"],
  },
  {
    name: "3-D, dilated, channels-last, groups",
    algorithm: "direct",
    descriptor: {
      ...{ inputShape: [1, 4, 9, 11, 6], kernelShape: [2, 3, 2, 3, 10], groups: 2, layout: "channels-last" },
      ...{ stride: [1, 2, 1], dilation: [1, 1, 2], padding: 2, paddingMode: "replicate" },
    },
    passes: ["forward", "backward-data", "backward-weights"],
  },
];

const DEFAULT_PASSES: readonly Pass[] = ["forward", "backward-data"];

/** The candidates for GPUs alone that one of the devices is offered. */
function tilesAnywhere(algorithm: string, problem: ConvProblem): Candidate<unknown>[] {
  const one = algorithms.find(({ name }) => name === algorithm)!;
  const all = DEVICES.flatMap((device) => candidatesOf(one, problem, device)).filter(({ variant }) =>
    /^\d+x\d+-|-(?:sliding|columns)$|^p\d+k/.test(variant),
  );
  return [...new Map(all.map((candidate) => [candidate.variant, candidate])).values()];
}

let turn = inject("draw").seed;
describe.concurrent("a candidate of GPUs is right", () => {
  for (const { name, algorithm, descriptor, passes = DEFAULT_PASSES } of CASES) {
    for (const [at, pass] of passes.entries()) {
      const typed: ConvDescriptor = { ...descriptor, dtype: halves && at % 2 === 1 ? "f16" : "f32" };
      const problem = convProblem(pass, typed);
      const candidates = tilesAnywhere(algorithm, problem);
      it(`${algorithm} ${pass}: ${name}: has candidates for GPUs alone`, () => {
        expect(candidates.length).toBeGreaterThan(0);
      });
      // One of them in turn, which the seed begins, and one with split sums: compiling is most of what the tests wait for.
      const splits = candidates.filter(({ variant }) => /s\d+$/.test(variant)).slice(0, 1);
      for (const { variant, error } of new Set([candidates[turn++ % candidates.length]!, ...splits])) {
        it(`${algorithm} ${pass}: ${name} (${variant})`, () =>
          checkVariant(engine, pass, typed, { name, algorithm, variant, error }));
      }
    }
  }
});
