// Pooling by large windows and the gradients of sums over them, one axis after the other, at a cost that does not depend on the windows
// (shaders/ops/shared/pool/running.wgsl).
import overWindowsShader from "../../../shaders/ops/shared/pool/over-windows.wgsl";
import runningCellsShader from "../../../shaders/ops/shared/pool/running-cells.wgsl";
import runningStatesShader from "../../../shaders/ops/shared/pool/running-states.wgsl";
import runningSumsShader from "../../../shaders/ops/shared/pool/running-sums.wgsl";
import runningWindowsShader from "../../../shaders/ops/shared/pool/running-windows.wgsl";
import runningShader from "../../../shaders/ops/shared/pool/running.wgsl";
import valueStateShader from "../../../shaders/ops/shared/pool/value-state.wgsl";
import windowsShader from "../../../shaders/ops/shared/windows.wgsl";
import { type Dtype, bytesFor } from "../../base/dtype.ts";
import { elementCount, greatestCommonDivisor, roundUp } from "../../base/shape.ts";
import type { Recipe } from "../../gpu/operation.ts";
import type { Range } from "../../kernel/dispatch.ts";
import type { Shader } from "../../kernel/shader.ts";
import { STORAGE_ALIGNMENT, type Step } from "../../kernel/step.ts";
import type { FeatureMap } from "./geometry/feature-map.ts";
import type { Windows } from "./geometry/windows.ts";
import { type PoolGradient, poolGradient } from "./pool-gradient.ts";
import { FEW_THREADS, inLanes, isDilated, lanesOf, poolStep, type Rule, windowUniforms } from "./pool-kernel.ts";

/** The binding of the states of results, which value-state.wgsl and max-indices.wgsl declare. */
const STATES_BINDING = 4;

/** The most states of one dispatch (64 MiB of numbers); planes are computed in as many turns as it takes. */
const MAX_STATES = 2 ** 24;

/** Loads of a direct kernel for which one access of a running one is worth it. */
const WORTH = 2;

/** How the results along an axis follow from cells: fields of the struct Along of running.wgsl. */
interface Along {
  readonly period: number;
  readonly step: number;
  readonly divisor: number;
  readonly add: number;
  readonly reach: number;
  readonly origin: number;
  readonly stride: number;
  readonly dilation: number;
}

interface Running {
  /** The map that is read, and the one that is computed. */
  readonly input: FeatureMap;
  readonly output: FeatureMap;
  readonly dtype: Dtype;
  readonly windows: Windows;
  readonly along: (axis: 0 | 1 | 2) => Along;
  /** The loads of a direct kernel for each result. */
  readonly direct: number;
  readonly rule: Rule;
  readonly aliases?: Readonly<Record<string, string>>;
  /** Numbers of a state. */
  readonly stateSize: number;
  /** Define the states of the first axis. */
  readonly first: Shader;
  /** The operand that is read, and those that the last axis reads or writes beside, with their bindings. */
  readonly from: Range;
  readonly others: readonly Range[];
  readonly workspaceOffset: number;
}

/** Returns undefined where a direct kernel is better. */
function running({
  input,
  output,
  dtype,
  windows,
  along,
  direct,
  rule,
  stateSize,
  ...call
}: Running): Recipe | undefined {
  const axes = ([2, 1, 0] as const).filter(
    (axis) => windows.kernel[axis] > 1 || input.size[axis] !== output.size[axis] || windows.padBegin[axis] !== 0,
  );
  const sizes: (readonly number[])[] = [input.size];
  for (const axis of axes) sizes.push(sizes.at(-1)!.map((size, at) => (at === axis ? output.size[axis] : size)));
  const cells = sizes.map(elementCount);
  const accesses = axes.reduce<number>((sum, _, at) => sum + 2 * cells[at]! + 3 * cells[at + 1]!, 0);
  const { channels, N, layout } = inLanes(input);
  const [pixel, planes] = layout === "channels-last" ? [channels, N] : [1, N * channels];
  const states = cells.slice(1).reduce((sum, count) => sum + count, 0) * pixel;
  const numbers = states * stateSize * lanesOf(input);
  if (axes.length === 0 || WORTH * accesses >= direct * cells.at(-1)! || numbers > 2 * MAX_STATES) return undefined;
  const turn = Math.max(1, Math.min(planes, Math.floor(MAX_STATES / numbers)));
  const size = bytesFor(turn * numbers, "f32");
  const range = { operand: "workspace", offset: call.workspaceOffset, size, binding: STATES_BINDING };
  const step = (at: number, plane: number, count: number): Step<string> => {
    const [axis, before, after] = [axes[at]!, sizes[at]!, sizes[at + 1]!];
    const last = at === axes.length - 1;
    const base = (index: number): number => cells.slice(1, index).reduce((sum, one) => sum + one, 0) * pixel * turn;
    const taps = along(axis);
    const rows = elementCount(before.slice(0, axis));
    const inner = elementCount(before.slice(axis + 1)) * pixel;
    const results = after[axis]!;
    const period = Math.min(taps.period, results);
    const most = Math.floor(taps.reach / taps.step) + 1;
    // Smaller groups, which pass over more cells in all, where a GPU would not be busy.
    const group = Math.min(
      most,
      Math.max(Math.ceil(most / 4), Math.floor((count * rows * inner * results) / FEW_THREADS)),
    );
    const groups = Math.ceil(results / period / group);
    const to = base(at + 1);
    return poolStep({
      ...{ input, output, dtype, rule },
      regions: {
        shaders: [windowsShader],
        constants: isDilated(windows),
        uniforms: {
          windows: windowUniforms(windows),
          along: {
            ...{ ...taps, inner, cells: before[axis]!, results, period, groups, group, rows, pixel, to },
            source: at === 0 ? plane * cells[0]! * pixel : base(at),
            result: last ? plane * cells.at(-1)! * pixel : to,
          },
        },
      },
      shaders: [at === 0 ? call.first : runningStatesShader, runningShader],
      functions: { finish: last ? "store" : "store_partial" },
      ...(call.aliases && { aliases: call.aliases }),
      readWrite: call.from.operand === range.operand ? [1] : [],
      ranges: [...(at === 0 ? [{ ...call.from, binding: 1 }] : []), ...(last ? call.others : []), range],
      threads: count * rows * inner * period * groups,
      threadLayout: { partials: turn * states },
    });
  };
  const steps: Step<string>[] = [];
  for (let plane = 0; plane < planes; plane += turn)
    for (let at = 0; at < axes.length; at++) steps.push(step(at, plane, Math.min(turn, planes - plane)));
  return { steps, workspaceBytes: range.offset + size };
}

/** The steps of a reduction over windows; undefined where a direct kernel is better. */
export function runningReduction(call: Omit<Running, "along" | "direct" | "first">): Recipe | undefined {
  const { kernel, stride, dilation, padBegin } = call.windows;
  return running({
    ...call,
    rule: { ...call.rule, shaders: [overWindowsShader, ...call.rule.shaders] },
    direct: elementCount(kernel),
    first: runningCellsShader,
    along: (axis) => {
      const period = dilation[axis] / greatestCommonDivisor(stride[axis], dilation[axis]);
      return {
        ...{ period, step: (stride[axis] * period) / dilation[axis], divisor: 1, add: -1, reach: kernel[axis] },
        ...{ origin: -padBegin[axis], stride: stride[axis], dilation: dilation[axis] },
      };
    },
  });
}

/** The steps of a gradient in which each cell is a sum of windows, which the rule loads one by one. */
export function sumGradient(gradient: PoolGradient, workspaceOffset = 0): Recipe {
  const { pooled, map, dtype, regions, rule, ranges } = gradient;
  const { windows, most } = regions;
  const [from, ...others] = ranges;
  const steps =
    windows?.dilation.every((distance) => distance === 1) &&
    running({
      ...{ input: pooled, output: map, dtype, windows, direct: most, stateSize: 1, workspaceOffset },
      rule: { ...rule, shaders: [...rule.shaders, valueStateShader, runningSumsShader] },
      ...(rule.aliases && { aliases: rule.aliases }),
      first: runningWindowsShader,
      from: from!,
      others: others.map((range, at) => ({ ...range, binding: at + 2 })),
      along: (axis) => ({
        ...{ period: 1, step: 1, divisor: windows.stride[axis], reach: windows.kernel[axis], origin: 0, stride: 0 },
        ...{ add: windows.padBegin[axis] - windows.kernel[axis], dilation: 1 },
      }),
    });
  return steps || { steps: [poolGradient(gradient)] };
}

/** The gradient of scaled values, after the step that stores them at the beginning of the workspace. */
export function afterScaling(
  scale: Step<string>,
  scaled: Range,
  gradient: (workspaceOffset: number) => Recipe,
): Recipe {
  const free = roundUp(scaled.size, STORAGE_ALIGNMENT);
  const { steps, workspaceBytes = free } = gradient(free);
  return { steps: [scale, ...steps], workspaceBytes };
}
