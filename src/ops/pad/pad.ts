// Padding and cropping of a tensor along any of its axes, and the gradient.
import foldShader from "../../../shaders/ops/pad/fold.wgsl";
import padShader from "../../../shaders/ops/pad/pad.wgsl";
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkOptions, checkShape } from "../../base/validate.ts";
import { type Recipe, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { copiesSnippet } from "../../kernel/copies.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { paddingSnippet } from "../../kernel/padding.ts";
import type { Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { move } from "../shared/copy.ts";
import { checkLike, like } from "../shared/feature-map.ts";
import { wholeView } from "../shared/geometry/strided.ts";
import { itemsOf } from "../shared/items.ts";
import { rowRuns } from "../shared/rows.ts";
import {
  type Fold,
  PAD_KEYS,
  type PadOptions,
  type Padded,
  foldsOf,
  paddedOf,
  reachesRound,
  remainderOf,
} from "./geometry.ts";

/**
 * Pads or crops a tensor at both ends of its axes, as torch.nn.functional.pad and ONNX's Pad do. Reflected and circular padding may reach
 * round as often as it takes.
 *
 * @param x of any shape
 * @param options `padding`: [begin, end] for each axis of x, negative to crop; `paddingMode` and `paddingValue` as `conv` has them
 * @returns a new tensor
 * @throws ConvError naming the invalid argument
 * @example
 * const y = pad(x, { padding: [[0, 0], [0, 0], [1, 1], [2, -1]], paddingMode: "reflect" });
 */
export function pad(x: Tensor, options: PadOptions): Tensor {
  checkOptions("options", options, PAD_KEYS);
  const { shape, dtype } = checkTensor("x", x);
  const padded = paddedOf(shape, options);
  const y = like(x, padded.shape);
  return run({
    name: "pad",
    inputs: { x },
    results: { y },
    parameters: padded,
    recipe: () => ({ steps: [padStep(shape, padded, dtype, [whole("x", x), whole("y", y)])] }),
  }).y;
}

/** The options of `padBackward`. */
export interface PadBackwardOptions extends PadOptions {
  /** The shape of the x that was padded. */
  inputShape: readonly number[];
}

/**
 * The gradient of `pad`: each element sums the gradients of all elements of the result that repeat it, and is 0 if it was cropped.
 *
 * @param dy gradient of the result
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = padBackward(dy, { inputShape: x.shape, padding: [[2, 2]], paddingMode: "circular" });
 */
export function padBackward(dy: Tensor, options: PadBackwardOptions): Tensor {
  checkOptions("options", options, [...PAD_KEYS, "inputShape"]);
  const { dtype } = checkTensor("dy", dy);
  const shape = checkShape("inputShape", options.inputShape, RANKS);
  const padded = paddedOf(shape, options);
  checkLike("dy", dy, like(dy, padded.shape), "as the padded tensor");
  const dx = like(dy, shape);
  const folds = foldsOf(shape, padded);
  if (padded.mode === "zeros" || folds.length === 0) {
    const copy = remainderOf(shape, padded);
    const fills = copy.sizes.join() !== shape.join();
    return move({ name: "padBackward", input: { dy }, copy, result: dx, fills });
  }
  return run({
    name: "padBackward",
    inputs: { dy },
    results: { dx },
    parameters: padded,
    recipe: () =>
      foldRecipe(folds, padded, reachesRound(shape, padded.padding), dtype, whole("dy", dy), whole("dx", dx)),
  }).dx;
}

/** Copies x with its padding. Neighbouring axes without padding are merged. */
function padStep(
  shape: readonly number[],
  { mode, value, padding }: Padded,
  dtype: Tensor["dtype"],
  ranges: readonly Range[],
): Step<string> {
  const { strides } = wholeView(shape);
  const axes: { size: number; begin: number; end: number; stride: number }[] = [];
  shape.forEach((size, axis) => {
    const [begin, end] = padding[axis]!;
    const last = axes.at(-1);
    if (last && begin === 0 && end === 0 && last.begin === 0 && last.end === 0) {
      last.size *= size;
      last.stride = strides[axis]!;
    } else axes.push({ size, begin, end, stride: strides[axis]! });
  });
  const own = axes.at(-1);
  const isWhole = own?.begin === 0 && own.end === 0;
  const elements = isWhole ? axes.pop()!.size : 1;
  const { lanes, aliases } = itemsOf(dtype, elements);
  const inner = elements / lanes;
  const along = axes.pop() ?? { size: 1, begin: 0, end: 0 };
  const rows = axes
    .toReversed()
    .map(({ size, begin, end, stride }) => [size + begin + end, begin, size, stride / lanes]);
  const row = (along.size + along.begin + along.end) * inner;
  const { run: RUN, rowThreads, threads } = rowRuns(elementCount(rows.map(([size]) => size!)), row);
  const snippet = paddingSnippet(mode, reachesRound(shape, padding));
  return dispatch({
    shaders: [snippet.shader, padShader],
    constants: { ...snippet.constants, OUTER_AXES: rows.length, RUN, INNER: inner > 1 },
    aliases: { V: aliases.V, F: elementTypes(dtype).one },
    ranges,
    uniforms: {
      ...{ value, rowThreads, row, inner, begin: along.begin, size: along.size },
      axes: Array.from({ length: 7 }, (_, axis) => rows[axis] ?? [1, 0, 1, 0]).flat(),
    },
    threads,
  });
}

/** Folds axes; what is folded along some only is kept in float32. */
function foldRecipe(
  folds: readonly Fold[],
  { mode }: Padded,
  again: boolean,
  dtype: Tensor["dtype"],
  dy: Range,
  dx: Range,
): Recipe {
  const copies = copiesSnippet(mode, again);
  const workspace = new Workspace();
  let from: Range = dy;
  const steps = folds.map(({ outer, first, between, second, inner: elements }, at) => {
    const last = at === folds.length - 1;
    const rows = outer * first.size * between;
    const to: Range = last ? dx : workspace.numbers(rows * second.size * elements);
    const [read, written] = [itemsOf(at === 0 ? dtype : "f32", elements), itemsOf(last ? dtype : "f32", elements)];
    const inner = elements / read.lanes;
    const { run: RUN, rowThreads, threads } = rowRuns(rows, second.size * inner);
    const step = dispatch({
      shaders: [copies.shader, foldShader],
      constants: { ...copies.constants, RUN, INNER: inner > 1 },
      aliases: { S: read.aliases.V, O: written.aliases.V, V: read.aliases.L },
      ranges: [from, to],
      readWrite: from.operand === to.operand ? [1] : [],
      uniforms: { rowThreads, between, inner, first: { ...first }, second: { ...second } },
      threads,
    });
    from = to;
    return step;
  });
  return { steps, workspaceBytes: workspace.bytes };
}
