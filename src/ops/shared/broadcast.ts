// Steps on a tensor and another that is broadcast over it: elementwise functions of both, and sums over the axes that the other lacks.
import broadcastShader from "../../../shaders/ops/shared/broadcast.wgsl";
import reduceShader from "../../../shaders/ops/shared/reduce.wgsl";
import termPartShader from "../../../shaders/ops/shared/term-part.wgsl";
import totalFourShader from "../../../shaders/ops/shared/total-four.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { RANKS } from "../../base/validate.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { F32_BYTES, elementTypes } from "../../kernel/element-types.ts";
import { type Level, levelsOf } from "../../kernel/levels.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { type AxisRun, runsOf } from "./geometry/broadcast.ts";
import { type Items, itemsOf } from "./items.ts";

/** The gradients of an operation on two tensors, each shaped like its tensor. */
export interface PairGradients {
  readonly da: Tensor;
  readonly db: Tensor;
}

/** The shapes of two tensors of one rank; the other is broadcast over the first. */
export interface Pair {
  readonly shape: readonly number[];
  readonly other: readonly number[];
  readonly dtype: Dtype;
}

/** The most runs: kept ones and others alternate, one for each axis. */
const MAX_RUNS = Math.max(...RANKS);

/** A size, and the distance between elements. */
type Extent = readonly [size: number, stride: number];

/**
 * The runs in items, innermost first. `vectors`: the other tensor is read in items of the same size; otherwise one element goes with a
 * whole item.
 */
function itemRuns({ shape, other, dtype }: Pair): { items: Items; runs: AxisRun[]; vectors: boolean } {
  const runs = runsOf(shape, other).toReversed();
  const [inner, ...outer] = runs as [AxisRun, ...AxisRun[]];
  const items = itemsOf(dtype, inner.size);
  return { items, runs: [{ ...inner, size: inner.size / items.lanes }, ...outer], vectors: inner.kept };
}

/** The extents of all runs in a tensor. The runs for which `has` is false are missing from the tensor, and get stride 0. */
function extentsOf(runs: readonly AxisRun[], has: (run: AxisRun) => boolean): Extent[] {
  let stride = 1;
  return runs.map((run) => {
    const own: Extent = [run.size, has(run) ? stride : 0];
    if (has(run)) stride *= run.size;
    return own;
  });
}

/** Extents as an array of `length` vec4u, of which x is the size and y the stride: arrays of uniforms have elements of 16 bytes. */
function extentUniforms(extents: readonly Extent[], length: number): number[] {
  return Array.from({ length }, (_, at) => [...(extents[at] ?? [1, 0]), 0, 0]).flat();
}

/**
 * The step of an elementwise kernel over the tensor that loads from the other with `beside` (shaders/ops/shared/broadcast.wgsl).
 * @param ranges the other tensor first
 */
export function broadcastStep(pair: Pair, shaders: readonly Shader[], ranges: readonly Range[]): Step<string> {
  const { items, runs, vectors } = itemRuns(pair);
  const { one } = elementTypes(pair.dtype);
  const extents = extentsOf(runs, ({ kept }) => kept);
  return dispatch({
    shaders: [broadcastShader, ...shaders],
    constants: { INNER_RUNS: runs.length - 1 },
    aliases: {
      ...items.aliases,
      ...(vectors ? { B: items.aliases.V, F: items.aliases.L } : { B: one, F: "f32" }),
    },
    ranges,
    uniforms: { runs: extentUniforms(extents, MAX_RUNS) },
    threads: elementCount(pair.shape) / items.lanes,
  });
}

/** Where the terms of a level lie, and how they are loaded. */
interface Terms {
  readonly kept: readonly Extent[];
  readonly summed: readonly Extent[];
  readonly shaders: readonly Shader[];
  readonly functions: Readonly<Record<string, string>>;
  readonly ranges: readonly Range[];
}

/**
 * The steps that sum terms of the tensor's elements to the shape of the other tensor, in levels of 64 to one (src/kernel/levels.ts). An
 * element of the result is within gamma_(64 levels + 2) of the sum of the absolute values of its terms.
 * @param term the snippet that defines the terms
 * @param ranges the ranges that the snippet binds at 1 and 3
 */
export function reduceSteps(
  pair: Pair,
  term: Shader,
  ranges: readonly [Range, Range],
  result: Range,
): { steps: Step<string>[]; workspaceBytes: number } {
  const { items, runs, vectors } = itemRuns(pair);
  const inTensor = extentsOf(runs, () => true);
  const extents = (kept: boolean): Extent[] => {
    const own = inTensor.filter((_, at) => runs[at]!.kept === kept);
    return own.length > 0 ? own : [[1, 0]];
  };
  const [kept, summed] = [extents(true), extents(false)];
  const sums = elementCount(kept.map(([size]) => size));
  const lanes = vectors ? items.lanes : 1;
  const partType = vectors ? items.aliases.L : "f32";
  const resultType = vectors ? items.aliases.V : elementTypes(pair.dtype).one;
  // Four elements of one sum are added to one number by `total`; otherwise `total` is the conversion to P, which changes nothing.
  const four = items.lanes === 4 && !vectors;
  const workspace = new Workspace();
  const levels = levelsOf(workspace, {
    sums,
    terms: elementCount(summed.map(([size]) => size)),
    partBytes: lanes * F32_BYTES,
    result,
  });
  const termsOf = ({ from, terms }: Level): Terms =>
    from
      ? {
          kept: [[sums, vectors ? 1 : terms]],
          summed: [[terms, vectors ? sums : 1]],
          shaders: [termPartShader],
          functions: {},
          ranges: [{ ...from, binding: 1 }],
        }
      : {
          kept,
          summed,
          shaders: four ? [totalFourShader, term] : [term],
          functions: four ? {} : { total: "P" },
          ranges: [
            { ...ranges[0], binding: 1 },
            { ...ranges[1], binding: 3 },
          ],
        };
  const steps = levels.map((level) => {
    const source = termsOf(level);
    return dispatch({
      shaders: [...source.shaders, reduceShader],
      constants: {
        INNER_KEPT: source.kept.length - 1,
        INNER_SUMMED: source.summed.length - 1,
        KEPT_INNER: vectors,
      },
      aliases: { ...items.aliases, P: partType, O: level.last ? resultType : partType },
      functions: source.functions,
      ranges: [...source.ranges, { ...level.to, binding: 2 }],
      readWrite: level.inPlace ? [1] : [],
      uniforms: {
        results: sums,
        parts: level.parts,
        count: level.terms,
        kept: extentUniforms(source.kept, MAX_RUNS / 2),
        summed: extentUniforms(source.summed, MAX_RUNS / 2),
      },
      threads: sums * level.parts,
    });
  });
  return { steps, workspaceBytes: workspace.bytes };
}
