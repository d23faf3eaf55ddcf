// The second stage of split sums (split-K): adds the partial sums in order and applies the epilogue. WGSL has no float atomics, and they would not
// give the same bits in every run. Many splits are added in two steps, so that even few outputs keep many invocations busy.
import reduceSplitsShader from "../../shaders/algorithms/reduce-splits.wgsl";
import { elementCount, roundUp } from "../base/shape.ts";
import { F32_BYTES } from "../kernel/element-types.ts";
import { BINDING, type Binding, STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import type { Correlation } from "../problem/correlation.ts";
import { NO_EPILOGUE } from "../problem/problem.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "./cost.ts";
import { dispatchOn, outputUniforms, result, scratch } from "./operands.ts";

/** The memory layout of the partial sums, with strides in float32 elements. A split has a number for every channel and output of the batch. */
export interface Partials {
  /** Number of splits. */
  readonly count: number;
  readonly buffer: Binding;
  readonly split: number;
  readonly group: number;
  /** Stride between the channels of a group. */
  readonly channel: number;
  readonly output: number;
}

/** Most splits that one step adds. */
const MAX_ADDED = 96;

function sumsOf(c: Correlation): number {
  return c.N * c.K * elementCount(c.output);
}

/** The number of splits that each thread of the first of two steps adds, or undefined if one step adds them all. */
function firstFan(splits: number): number | undefined {
  return splits > MAX_ADDED ? Math.ceil(Math.sqrt(splits)) : undefined;
}

/** Where the sums of the first of two steps start in the workspace: behind the partial sums. */
function behind(offset: number, size: number): number {
  return roundUp(offset + size, STORAGE_ALIGNMENT);
}

/** Bytes of the partial sums of a number of splits, those between the two steps included; 0 for one. */
export function partialBytes(c: Correlation, splits: number): number {
  if (splits === 1) return 0;
  const fan = firstFan(splits);
  const size = sumsOf(c) * F32_BYTES;
  return fan === undefined ? splits * size : behind(0, splits * size) + Math.ceil(splits / fan) * size;
}

/** The correlation whose result are partial sums: for each split, one after the other, those of all outputs, channel by channel. */
export function partialSums(c: Correlation, splits: number): Correlation {
  const { N, K, groups, output } = c;
  const cells = elementCount(output);
  const channel = N * cells;
  return {
    ...c,
    epilogue: NO_EPILOGUE,
    phases: undefined,
    y: {
      ...{ operand: "workspace", start: 0, batch: cells, group: (K / groups) * channel, channel },
      spatial: [output[1] * output[2], output[2], 1],
    },
    sizes: { ...c.sizes, y: splits * sumsOf(c) },
  };
}

/** The memory layout of the results of `partialSums`. */
export function partialsOf(c: Correlation, splits: number): Partials {
  const { y, sizes } = partialSums(c, splits);
  const buffer = scratch(BINDING.first, 0, sizes.y * F32_BYTES);
  return { count: splits, buffer, split: sumsOf(c), group: y.group, channel: y.channel, output: 1 };
}

/** The work of adding the partial sums of `splits` splits: none for one. */
export function reduceWork(c: Correlation, splits: number): Work[] {
  if (splits === 1) return [];
  const outputs = sumsOf(c);
  const add = (count: number, parts: number): Work => ({
    threads: parts * outputs,
    multiplyAdds: 0,
    loads: (count + parts * OUTPUT_LOADS) * outputs,
    bytes: numberBytes((count + parts) * outputs),
  });
  const fan = firstFan(splits);
  if (fan === undefined) return [add(splits, 1)];
  const parts = Math.ceil(splits / fan);
  return [add(splits, parts), add(parts, 1)];
}

/** Adds the partial sums in order, and applies the epilogue. No steps for one split. */
export function reduceSteps(c: Correlation, partials: Partials): Step[] {
  const { count } = partials;
  if (count === 1) return [];
  const fan = firstFan(count);
  if (fan === undefined) return [reduceStep(c, partials, c, count)];
  const parts = Math.ceil(count / fan);
  const sums = partialSums(c, parts);
  const start = behind(partials.buffer.offset, partials.buffer.size);
  const between = { ...partialsOf(c, parts), buffer: scratch(BINDING.first, start, sums.sizes.y * F32_BYTES) };
  return [reduceStep(c, partials, sums, fan, start), reduceStep(c, between, c, parts)];
}

/** Adds each `fan` splits to one part of a result, which starts at `offset`. */
function reduceStep(c: Correlation, partials: Partials, to: Correlation, fan: number, offset = 0): Step {
  const { bindings, ...end } = result(to);
  const sums = sumsOf(c);
  return dispatchOn([end], {
    threads: sums * Math.ceil(partials.count / fan),
    shaders: [reduceSplitsShader],
    ranges: [
      { ...partials.buffer, binding: BINDING.first },
      ...bindings.map((range) => (range.binding === BINDING.output ? { ...range, offset } : range)),
    ],
    uniforms: {
      ...{ sums, splits: partials.count, fan },
      channels: c.K,
      groupK: c.K / c.groups,
      partial: partials.split,
      partialG: partials.group,
      partialK: partials.channel,
      partialN: partials.output,
      ...outputUniforms(to),
    },
  });
}
