// Steps with a tensor and another one that is spread over it: functions of both, and sums over what the other has not.
import { elementTypes } from "../../kernel/element-types.ts";
import type { Dtype } from "../../base/dtype.ts";
import { STORAGE_ALIGNMENT, type Step } from "../../kernel/step.ts";
import { elementCount, roundUp } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Run, runsOf } from "./geometry/broadcast.ts";
import { type Items, itemsOf } from "./items.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import broadcastShader from "../../../shaders/ops/shared/broadcast.wgsl";
import totalFourShader from "../../../shaders/ops/shared/total-four.wgsl";
import reduceShader from "../../../shaders/ops/shared/reduce.wgsl";
import termPartShader from "../../../shaders/ops/shared/term-part.wgsl";

/** The gradients of an operation on two tensors, each like its own. */
export interface PairGradients {
  readonly da: Tensor;
  readonly db: Tensor;
}

/** Terms that an invocation of shaders/ops/reduce.wgsl adds. */
const FAN = 64;

/** Bytes of a float32. */
const F32_BYTES = 4;

/** Two tensors, the other of the first one's rank. */
export interface Pair {
  readonly shape: readonly number[];
  readonly other: readonly number[];
  readonly dtype: Dtype;
}

/** The runs in items, the innermost first, and whether items of the other tensor have as many elements. */
function itemRuns({ shape, other, dtype }: Pair): { items: Items; runs: Run[]; together: boolean } {
  const runs = runsOf(shape, other).toReversed();
  const [inner, ...outer] = runs as [Run, ...Run[]];
  const items = itemsOf(dtype, inner.size);
  return { items, runs: [{ ...inner, size: inner.size / items.lanes }, ...outer], together: inner.kept };
}

/** For each run its size and what lies between its elements, in a tensor that has the runs that `has` says. */
function strides(runs: readonly Run[], has: (run: Run) => boolean): [number, number][] {
  let stride = 1;
  return runs.map((run) => {
    const own: [number, number] = [run.size, has(run) ? stride : 0];
    if (has(run)) stride *= run.size;
    return own;
  });
}

/** Pairs as vec4u of a uniform struct, filled up. */
function pairWords(pairs: readonly (readonly [number, number])[], length: number): number[] {
  return Array.from({ length }, (_, at) => [...(pairs[at] ?? [1, 0]), 0, 0]).flat();
}

/**
 * A step of shaders that go over the tensor with `beside` at hand (shaders/ops/broadcast.wgsl).
 * @param ranges the other tensor first
 */
export function broadcastStep(pair: Pair, shaders: string[], ranges: Range[]): Step<string> {
  const { items, runs, together } = itemRuns(pair);
  const { one } = elementTypes(pair.dtype);
  const threads = elementCount(pair.shape) / items.lanes;
  return dispatch({
    shaders: [broadcastShader, ...shaders],
    constants: { INNER_RUNS: runs.length - 1 },
    aliases: {
      ...items.aliases,
      ...(together ? { B: items.aliases.V, BL: items.aliases.L } : { B: one, BL: "f32" }),
    },
    ranges,
    uniforms: [
      ...[threads, 0, 0, 0],
      ...pairWords(
        strides(runs, ({ kept }) => kept),
        5,
      ),
    ],
    threads,
  });
}

/**
 * The steps that sum terms of the tensor's elements to the shape of the other one, in levels of 64 to one: an element of the result is good
 * to gamma_(64 levels + 2) of the sum of its terms' sizes.
 * @param term the snippet that defines the terms
 * @param ranges what the snippet binds at 1 and 3
 */
export function reduceSteps(
  pair: Pair,
  term: string,
  ranges: readonly [Range, Range],
  result: Range,
): { steps: Step<string>[]; workspaceBytes: number } {
  const { items, runs, together } = itemRuns(pair);
  const inTensor = strides(runs, () => true);
  const placed = (kept: boolean): [number, number][] => {
    const own = inTensor.filter((_, at) => runs[at]!.kept === kept);
    return own.length > 0 ? own : [[1, 0]];
  };
  const { one } = elementTypes(pair.dtype);
  const parts = { P: together ? items.aliases.L : "f32", done: together ? items.aliases.V : one };
  const lanes = together ? items.lanes : 1;
  const [kept, summed] = [placed(true), placed(false)];
  const results = elementCount(kept.map(([size]) => size));
  const steps: Step<string>[] = [];
  let workspaceBytes = 0;
  let level = {
    kept,
    summed,
    count: elementCount(summed.map(([size]) => size)),
    shaders: [...(items.lanes === 4 && !together ? [totalFourShader] : []), `ops/${term}`],
    functions: (items.lanes === 4 && !together ? {} : { total: "P" }) as Record<string, string>,
    ranges: [
      { ...ranges[0], binding: 1 },
      { ...ranges[1], binding: 3 },
    ] as Range[],
    readWrite: [] as number[],
  };
  for (;;) {
    const count = Math.ceil(level.count / FAN);
    const last = count === 1;
    const bytes = results * count * lanes * F32_BYTES;
    const to = last ? result : { operand: "workspace", offset: workspaceBytes, size: bytes };
    steps.push(
      dispatch({
        shaders: [...level.shaders, reduceShader],
        constants: { INNER_KEPT: level.kept.length - 1, INNER_SUMMED: level.summed.length - 1, KEPT_INNER: together },
        aliases: { ...items.aliases, P: parts.P, O: last ? parts.done : parts.P },
        functions: level.functions,
        ranges: [...level.ranges, { ...to, binding: 2 }],
        readWrite: last ? [] : level.readWrite,
        uniforms: [
          ...[results, count, level.count, 0],
          ...[...pairWords(level.kept, 3), ...pairWords(level.summed, 3)],
        ],
        threads: results * count,
      }),
    );
    if (last) return { steps, workspaceBytes };
    workspaceBytes = roundUp(workspaceBytes + bytes, STORAGE_ALIGNMENT);
    level = {
      kept: [[results, together ? 1 : count]],
      summed: [[count, together ? results : 1]],
      count,
      shaders: [termPartShader],
      functions: { total: "P" },
      ranges: [{ ...to, binding: 1 }],
      readWrite: [1],
    };
  }
}
