// The step of a strided copy: every operation that only moves elements consists of such steps. Elements of four bytes are moved as integers, so
// that their bits stay as they are.
import copyShader from "../../../shaders/ops/shared/copy.wgsl";
import fillZerosShader from "../../../shaders/ops/shared/fill-zeros.wgsl";
import repeatShader from "../../../shaders/ops/shared/repeat.wgsl";
import transposeFoursShader from "../../../shaders/ops/shared/transpose-fours.wgsl";
import transposeShader from "../../../shaders/ops/shared/transpose.wgsl";
import type { TensorDtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import type { Step } from "../../kernel/step.ts";
import { type StridedCopy, simplified } from "./geometry/strided.ts";
import { FEW_THREADS } from "./pool-kernel.ts";

/** The most axes of a copy. */
const MAX_AXES = 8;

/** Neighbours that one invocation copies: the first number that divides the axis is taken. */
const STEPS = [4, 3, 2, 7, 5];

/** Steps that one invocation copies: the first that divides an axis, makes no more than so many numbers, and keeps a GPU busy. */
const RUNS = [8, 7, 6, 5, 4, 3, 2];
const MAX_NUMBERS = 16;

/** Neighbouring invocations that should copy neighbours. */
const NEIGHBOURS = 32;

/** The WGSL types that move one element and four. */
export function movedTypes(dtype: TensorDtype): { one: string; four: string } {
  return dtype === "f16" ? { one: "f16", four: "vec4h" } : { one: "u32", four: "vec4u" };
}

/** A tensor that consists of elements of another. */
interface Move<D extends TensorDtype> {
  /** The public name of the operation. */
  readonly name: string;
  /** The tensor whose elements are copied, under the name of the caller's argument. */
  readonly input: Readonly<Record<string, Tensor<D>>>;
  readonly copy: StridedCopy;
  readonly result: TensorDescription<D>;
  /** Whether the copy leaves elements of the result, which are then zeros. */
  readonly fills?: boolean;
}

/** Runs an operation that is one strided copy. */
export function move<D extends TensorDtype>({ name, input, copy, result, fills = false }: Move<D>): Tensor<D> {
  const [[operand, tensor]] = Object.entries(input) as [[string, Tensor<D>]];
  const y = whole("y", result);
  return run({
    name,
    inputs: input,
    results: { y: result },
    parameters: [copy, fills],
    recipe: () => ({
      steps: [...(fills ? [fillZeros(result, y)] : []), copyStep(result.dtype, copy, whole(operand, tensor), y)],
    }),
  }).y;
}

/** Copies elements of the range `from` to places of the range `to`, as the copy says. */
export function copyStep(dtype: TensorDtype, copy: StridedCopy, from: Range, to: Range): Step<string> {
  const simple = simplified(copy);
  return (
    repeatStep(dtype, simple, from, to) ??
    transposeStep(dtype, simple, from, to) ??
    stridedStep(dtype, simple, from, to)
  );
}

/** The fewest times that repeat.wgsl repeats an element: four results then repeat one element or two. */
const MIN_TIMES = 3;

/** Items of repeat.wgsl in a row that neighbouring invocations store, and the items of an invocation if they repeat two elements at most. */
const NEAR = 16;
const REPEAT_RUN = 4;

/** Repeats each element of a tensor in a row; undefined for other copies. */
function repeatStep(
  dtype: TensorDtype,
  { sizes, from, to }: StridedCopy,
  source: Range,
  target: Range,
): Step<string> | undefined {
  const [times = 0, elements = 0] = sizes.toReversed();
  const count = times * elements;
  const repeats =
    [from.strides.join(), to.strides.join()].join(" ") === `1,0 ${times},1` && from.start === 0 && to.start === 0;
  if (!repeats || times < MIN_TIMES || count % 4 !== 0) return undefined;
  const { one, four } = movedTypes(dtype);
  const items = count / 4;
  const RUN = times >= 4 * (NEAR * (REPEAT_RUN - 1) + 1) && items >= REPEAT_RUN * FEW_THREADS ? REPEAT_RUN : 1;
  return dispatch({
    shaders: [repeatShader],
    constants: { NEAR, RUN },
    aliases: { V: one, F: four },
    ranges: [source, target],
    uniforms: { times, elements, items },
    threads: RUN === 1 ? items : Math.ceil(items / NEAR / RUN) * NEAR,
  });
}

/** The steps of an invocation of copy.wgsl: how many, and the outer axis along which they lie. */
function runsOf(steps: number, outer: readonly number[], numbers: number): { RUN: number; along: number } {
  const all = steps * elementCount(outer);
  for (const RUN of RUNS.filter((count) => count * numbers <= MAX_NUMBERS && all >= count * FEW_THREADS)) {
    const along = outer.findIndex((size, axis) => {
      const below = steps * elementCount(outer.slice(0, axis));
      return size % RUN === 0 && Math.max(below, size / RUN) >= NEIGHBOURS;
    });
    if (along >= 0) return { RUN, along };
  }
  return { RUN: 1, along: 0 };
}

function stridedStep(dtype: TensorDtype, { sizes, from, to }: StridedCopy, source: Range, target: Range): Step<string> {
  const { one, four } = movedTypes(dtype);
  const [inner = 1, ...outer] = sizes.toReversed();
  const [fromInner = 1, ...fromOuter] = from.strides.toReversed();
  const [toInner = 1, ...toOuter] = to.strides.toReversed();
  // Items of four where rows of both tensors start and end at a multiple of four.
  const aligned = [inner, from.start, to.start, ...fromOuter, ...toOuter].every((count) => count % 4 === 0);
  const lanes = aligned && fromInner === 1 && toInner === 1 ? 4 : 1;
  const length = inner / lanes;
  const step = STEPS.find((count) => length % count === 0) ?? 1;
  const { RUN, along } = runsOf(length / step, outer, lanes * step);
  const axes = [
    [length / step, fromInner * step, toInner * step, 0],
    ...outer.map((size, axis) => [
      axis === along ? size / RUN : size,
      fromOuter[axis]! / lanes,
      toOuter[axis]! / lanes,
      0,
    ]),
  ];
  const [runs = 1, fromRun = 0, toRun = 0] = axes[along + 1] ?? [];
  const threads = elementCount(sizes) / lanes / step / RUN;
  return dispatch({
    shaders: [copyShader],
    constants: { OUTER_AXES: outer.length, RUN, STEP: step },
    aliases: { V: lanes === 4 ? four : one },
    ranges: [source, target],
    uniforms: {
      fromStart: from.start / lanes,
      toStart: to.start / lanes,
      fromItem: fromInner,
      toItem: toInner,
      fromRun: fromRun * runs,
      toRun: toRun * runs,
      axes: Array.from({ length: MAX_AXES }, (_, axis) => axes[axis] ?? [1, 0, 0, 0]).flat(),
    },
    threads,
  });
}

/** Sides of a thread tile in transpose.wgsl, best first: the first that divides the side of the matrix is taken, else 4. */
const TILES = [4, 7, 6, 5, 3];

/** Thread tiles along each side of a workgroup tile. */
const SIDE = 8;

/** Transposes whole matrices by tiles; undefined for other copies. */
function transposeStep(
  dtype: TensorDtype,
  { sizes, from, to }: StridedCopy,
  source: Range,
  target: Range,
): Step<string> | undefined {
  const [columns = 0, rows = 0, matrices = 1] = sizes.toReversed();
  const size = rows * columns;
  const strides = (view: StridedCopy["from"], ...wanted: number[]): boolean =>
    view.start === 0 && wanted.slice(-sizes.length).every((stride, axis) => stride === view.strides[axis]);
  // The source has `columns` rows.
  if (sizes.length < 2 || sizes.length > 3 || !strides(from, size, 1, rows) || !strides(to, size, columns, 1))
    return undefined;
  const tile = (side: number): number => TILES.find((one) => side % one === 0) ?? TILES[0]!;
  const [TALL, WIDE] = [tile(columns), tile(rows)];
  const [down, across] = [Math.ceil(columns / TALL / SIDE), Math.ceil(rows / WIDE / SIDE)];
  const { one, four } = movedTypes(dtype);
  const common = {
    ranges: [source, target],
    uniforms: { rows: columns, columns: rows, down, across },
    threads: matrices * down * across * SIDE ** 2,
  };
  if (columns % 4 === 0 && rows % 4 === 0)
    return dispatch({ ...common, shaders: [transposeFoursShader], constants: { SIDE }, aliases: { V: four } });
  return dispatch({
    ...common,
    shaders: [transposeShader],
    constants: { SIDE, TALL, WIDE, EVEN: columns % TALL === 0 && rows % WIDE === 0 },
    aliases: { E: one },
  });
}

/** Fills a tensor with zeros, before a copy that does not reach all of it. */
export function fillZeros({ shape, dtype }: TensorDescription<TensorDtype>, to: Range): Step<string> {
  const { one, four } = movedTypes(dtype);
  const count = elementCount(shape);
  const lanes = count % 4 === 0 ? 4 : 1;
  const items = count / lanes;
  const RUN = RUNS.find((times) => items % times === 0 && items >= times * FEW_THREADS) ?? 1;
  return dispatch({
    shaders: [fillZerosShader],
    constants: { RUN },
    aliases: { V: lanes === 4 ? four : one },
    ranges: [to],
    threads: items / RUN,
  });
}
