// What pooling operations are made of: dispatches that reduce the cells of each output (shaders/ops/pool/), of windows, bins or what else
// an output comes from.
import { elementTypes } from "../../kernel/element-types.ts";
import type { Dtype } from "../../base/dtype.ts";
import type { Constant, Step } from "../../kernel/step.ts";
import { type Triple, dilatedExtent, elementCount } from "../../base/shape.ts";
import { evenBins } from "./geometry/bins.ts";
import { type FeatureMap, elementsOf } from "./geometry/feature-map.ts";
import type { Windows } from "./geometry/windows.ts";
import { mapConstants, mapWords, windowWords } from "./feature-map.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import type { Recipe } from "../../gpu/operation.ts";
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import fourLanesShader from "../../../shaders/ops/shared/pool/four-lanes.wgsl";
import oneLaneShader from "../../../shaders/ops/shared/pool/one-lane.wgsl";
import numbersShader from "../../../shaders/ops/shared/pool/numbers.wgsl";
import windowsShader from "../../../shaders/ops/shared/windows.wgsl";
import overWindowsShader from "../../../shaders/ops/shared/pool/over-windows.wgsl";
import overBinsShader from "../../../shaders/ops/shared/pool/over-bins.wgsl";
import poolShader from "../../../shaders/ops/shared/pool/pool.wgsl";

/** Which cells an output is made of: a snippet of shaders/ops/pool/ that finds them, and its words. */
export interface Axes {
  readonly shaders: readonly string[];
  /** At most 16, the struct Axes of the snippet. */
  readonly words: readonly number[];
  readonly constants?: Readonly<Record<string, Constant>>;
  /** The most cells of an output. */
  readonly cells: number;
  /** Whether all outputs have so many. */
  readonly alike?: boolean;
  /** Of windows of a few cells, which are written out: how many along each axis, and whether some lie outside the input. */
  readonly taps?: { readonly kernel: Triple; readonly clipped: boolean };
}

/** What is made of the cells: a snippet of shaders/ops/pool/. */
export interface Rule {
  readonly shaders: readonly string[];
  /** The struct Rule of the snippet. */
  readonly words: readonly number[];
  readonly constants?: Readonly<Record<string, Constant>>;
  /** Numbers that a part of an output's cells comes to. */
  readonly kept: number;
}

export interface Reduction {
  readonly input: FeatureMap;
  readonly output: FeatureMap;
  readonly dtype: Dtype;
  readonly axes: Axes;
  readonly rule: Rule;
  readonly x: Range;
  /** What stands at the bindings of the rule, from 2 on. */
  readonly results: readonly Range[];
  /** The element type R of the results, that of x unless given. */
  readonly resultDtype?: Dtype;
  /** From where on in the workspace parts are kept, 0 unless given. */
  readonly workspaceOffset?: number;
}

/** Outputs of a row that an invocation computes: what it finds out about the row it does once. */
const OUTPUTS = 4;

/** Below so many invocations a GPU is not busy, and each has one output. */
const FEW_THREADS = 16_384;

/** Cells from which on several invocations share those of an output, and the numbers they may keep in between. */
const MANY_CELLS = 128;
const MOST_KEPT = 2 ** 22;

/** Numbers below which shaders may divide in float32 (shaders/ops/pool/steps.wgsl). */
export const LONG_AXIS = 2 ** 20;

/** Channels side by side in a kernel's V. */
export function lanesOf({ layout, channels }: FeatureMap): 1 | 4 {
  return layout === "channels-last" && channels % 4 === 0 ? 4 : 1;
}

/** The element type of a tensor in V. */
export function laneType(map: FeatureMap, dtype: Dtype): string {
  return elementTypes(dtype)[lanesOf(map) === 4 ? "four" : "one"];
}

/** What kernels that compute on V begin with: the snippets that define it, and the element type E of the tensors in V. */
export function laneParts(map: FeatureMap, dtype: Dtype): { shaders: string[]; aliases: { E: string } } {
  const four = lanesOf(map) === 4;
  return {
    shaders: [featureMapShader, four ? fourLanesShader : oneLaneShader, numbersShader],
    aliases: { E: laneType(map, dtype) },
  };
}

/** A map whose channels count in V. */
export function inLanes(map: FeatureMap): FeatureMap {
  return { ...map, channels: map.channels / lanesOf(map) };
}

/** Invocations for each row of a map, where there are so many rows of it. */
export function runsOf({ N, channels, size: [depth, height, width] }: FeatureMap): number {
  return N * channels * depth * height * width < FEW_THREADS ? width : Math.ceil(width / OUTPUTS);
}

/** Cells up to which windows are written out. Each size is compiled by itself, which takes the longer the larger it is. */
export const FEW_CELLS = 16;

/** The windows of pooling as what outputs are made of. */
export function overWindows(input: FeatureMap, windows: Windows): Axes {
  const { kernel, stride, dilation, padBegin, output } = windows;
  const cells = elementCount(kernel);
  const clipped = kernel.some(
    (taps, axis) =>
      padBegin[axis]! > 0 ||
      (output[axis]! - 1) * stride[axis]! + dilatedExtent(taps, dilation[axis]!) > input.size[axis]!,
  );
  return {
    shaders: [windowsShader, overWindowsShader],
    words: windowWords(windows),
    cells,
    alike: !clipped,
    ...(cells <= FEW_CELLS && { taps: { kernel, clipped } }),
  };
}

/** The bins of adaptive pooling as what outputs are made of. */
export function overBins(input: FeatureMap, output: FeatureMap): Axes {
  const even = evenBins(input, output);
  if (even) return overWindows(input, even);
  const cells = input.size.map((size, axis) => Math.min(Math.ceil(size / output.size[axis]!) + 1, size));
  return { shaders: [windowsShader, overBinsShader], words: [], cells: elementCount(cells) };
}

/** The sizes of windows as constants. */
export function windowConstants({ kernel, stride, dilation }: Windows): Record<string, Constant> {
  return { ...alongAxes("KERNEL", kernel), ...alongAxes("STRIDE", stride), ...alongAxes("DILATION", dilation) };
}

/** Numbers along the axes as constants. */
export function alongAxes(name: string, [depth, height, width]: Triple): Record<string, Constant> {
  return { [`${name}_D`]: depth, [`${name}_H`]: height, [`${name}_W`]: width };
}

/** Results and terms of an invocation that are written out. */
const MOST_RESULTS = 8;
export const MOST_TERMS = 40;

/**
 * Of so many along the height those that an invocation makes, since they share what they load: up to four where a GPU is busy all the same,
 * and there are not too many results and terms. Neighbouring invocations are neighbours along the width, as in memory.
 */
export function runAlong(height: number, all: number, results: number, terms: number): number {
  if (all < FEW_THREADS) return 1;
  const most = Math.min(height, MOST_RESULTS / results, MOST_TERMS / terms);
  return most >= 4 ? 4 : most >= 2 ? 2 : 1;
}

/** The words of the struct Pool of shaders/ops/pool/pool.wgsl. */
export function poolWords(
  from: FeatureMap,
  to: FeatureMap,
  axes: readonly number[],
  work: readonly [threads: number, runs: number, parts: number, kept: number],
  rule: readonly number[],
): number[] {
  return [
    ...mapWords(from),
    ...mapWords(to),
    ...Array.from({ length: 16 }, (_, at) => axes[at] ?? 0),
    ...work,
    // No struct is empty.
    ...(rule.length > 0 ? rule : [0]),
  ];
}

/** Invocations that share the cells of an output: the square root of many, if what they keep of so many numbers is not too much. */
export function partsOf(cells: number, numbers: number): number {
  const wanted = cells > MANY_CELLS ? Math.ceil(Math.sqrt(cells)) : 1;
  return numbers * wanted <= MOST_KEPT ? wanted : 1;
}

/**
 * The dispatches of a reduction: one, or where outputs have many cells two, of which the first reduces about the square root of them at a
 * time: blocked summation, whose error grows with that (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
 */
export function reduction({ input, output, dtype, axes, rule, x, results, ...rest }: Reduction): Recipe {
  const { resultDtype = dtype, workspaceOffset = 0 } = rest;
  const { taps } = axes;
  const from = inLanes(input);
  const to = inLanes(output);
  const lanes = laneParts(input, dtype);
  const outputs = elementsOf(to);
  const parts = partsOf(axes.cells, outputs * rule.kept);
  const kept = outputs * parts;
  const runs = parts > 1 ? to.size[2] : runsOf(to);
  const keptRange: Range = {
    operand: "workspace",
    offset: workspaceOffset,
    size: kept * rule.kept * lanesOf(input) * 4,
  };
  const part = (kernel: string, threads: number, finish: string, bindings: [number, Range][]): Step<string> => ({
    ...dispatch({
      shaders: [...lanes.shaders, ...axes.shaders, ...rule.shaders, poolShader, `ops/pool/${kernel}`],
      constants: {
        ...mapConstants(input),
        ...axes.constants,
        ...rule.constants,
        ...(taps && { ...alongAxes("KERNEL", taps.kernel), CLIPPED: taps.clipped }),
      },
      aliases: { ...lanes.aliases, R: laneType(input, resultDtype) },
      functions: { finish },
      ranges: [],
      uniforms: poolWords(from, to, axes.words, [threads, runs, parts, kept], rule.words),
      threads,
    }),
    bindings: bindings.map(([binding, range]) => ({ binding, ...range })),
  });
  const source: [number, Range] = [1, x];
  const keeping: [number, Range] = [4, keptRange];
  const stored = results.map((range, at): [number, Range] => [at + 2, range]);
  const threads = (outputs / to.size[2]) * runs * parts;
  if (parts === 1) return { steps: [part(taps ? "reduce-taps" : "reduce", threads, "store", [source, ...stored])] };
  return {
    steps: [
      part("reduce", threads, "keep", [source, keeping]),
      part("combine", outputs, "store", [...stored, keeping]),
    ],
    workspaceBytes: workspaceOffset + keptRange.size,
  };
}
