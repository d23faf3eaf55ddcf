// Concatenation of tensors along an axis, and splitting, each the gradient of the other.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Dtype } from "../../base/dtype.ts";
import { refuse } from "../../base/error.ts";
import { type Step } from "../../kernel/step.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { linesAlong } from "../shared/geometry/axis.ts";
import {
  type ConcatenateOptions,
  type Slices,
  type SplitOptions,
  MAX_PARTS,
  checkTensors,
  joined,
  splitOf,
} from "./geometry.ts";
import { checkLike } from "../shared/feature-map.ts";
import { itemsOf } from "../shared/items.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, type TensorDescription, whole } from "../../gpu/operation.ts";
import copySliceShader from "../../../shaders/ops/slices/copy-slice.wgsl";

/**
 * Tensors one after the other along an axis.
 *
 * @param tensors of one layout, type and shape but for the axis
 * @returns a new tensor, as long along the axis as all of them; its gradient is split by `split` with their sizes
 * @throws ConvError naming the argument that does not fit
 */
export function concatenate(
  tensors: readonly Tensor[],
  options: ConcatenateOptions = {},
): Tensor {
  checkOptions("options", options, ["axis"]);
  const given = checkTensors(tensors).map((tensor, at) => checkTensor(`tensors[${at}]`, tensor));
  const { layout, dtype } = given[0]!;
  const slices = joined(
    given.map(({ shape }) => shape),
    options,
    layout,
  );
  given.forEach((tensor, at) =>
    checkLike(`tensors[${at}]`, tensor, { shape: tensor.shape, layout, dtype }, "as tensors[0]"),
  );
  const y = { shape: slices.shape, layout, dtype };
  const names = given.map((_, at) => `x${at}`);
  return run({
    name: "concatenate",
    inputs: Object.fromEntries(given.map((tensor, at) => [names[at]!, tensor])),
    results: { y },
    parameters: slices.axis,
    recipe: () => ({
      steps: given.map((tensor, at) => copyStep(slices, at, dtype, whole(names[at]!, tensor), whole("y", y), "into")),
    }),
  }).y;
}

/**
 * The parts of a tensor along an axis: those that were joined by `concatenate`, or of its gradient.
 *
 * @param x of any shape
 * @param options `sizes` or `sections`
 * @returns new tensors, one for each part
 * @throws ConvError naming the argument that does not fit
 */
export function split(x: Tensor, options: SplitOptions): Tensor[] {
  checkOptions("options", options, ["sizes", "sections", "axis"]);
  const { shape, layout, dtype } = checkTensor("x", x);
  const slices = splitOf(shape, options, layout);
  if (slices.parts.length > MAX_PARTS)
    refuse("too-large", options.sizes ? "sizes" : "sections", slices.parts.length, `at most ${MAX_PARTS} parts`);
  const results = Object.fromEntries(
    slices.parts.map((part, at): [string, TensorDescription] => [`y${at}`, { shape: part.shape, layout, dtype }]),
  );
  const made = run({
    name: "split",
    inputs: { x },
    results,
    parameters: slices.axis,
    recipe: () => ({
      steps: Object.entries(results).map(([name, part], at) =>
        copyStep(slices, at, dtype, whole("x", x), whole(name, part), "out of"),
      ),
    }),
  });
  return slices.parts.map((_, at) => made[`y${at}`]!);
}

/** The copy of a part out of all, or into it. */
function copyStep(
  { axis, parts, shape }: Slices,
  at: number,
  dtype: Dtype,
  from: Range,
  to: Range,
  direction: "into" | "out of",
): Step<string> {
  const part = parts[at]!;
  const { inner } = linesAlong(shape, axis);
  const own = { row: part.shape[axis]! * inner, start: 0 };
  const all = { row: shape[axis]! * inner, start: part.start * inner };
  // Items of four where every row begins and ends at one.
  const items = itemsOf(dtype, [own.row, all.row, all.start].every((count) => count % 4 === 0) ? 4 : 1);
  const [source, target] = direction === "into" ? [own, all] : [all, own];
  const threads = elementCount(part.shape) / items.lanes;
  return dispatch({
    shaders: [copySliceShader],
    aliases: items.aliases,
    ranges: [from, to],
    uniforms: [
      threads,
      ...[own.row, source.start, source.row, target.start, target.row].map((count) => count / items.lanes),
    ],
    threads,
  });
}
