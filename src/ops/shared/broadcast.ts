// Element-wise operations on tensors that are broadcast over each other. A kernel's shaders define `value`, computed from up to three operands
// (shaders/ops/shared/operands.wgsl).
import elementwiseShader from "../../../shaders/ops/shared/elementwise.wgsl";
import operandsShader from "../../../shaders/ops/shared/operands.wgsl";
import type { TensorDtype } from "../../base/dtype.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkAnyTensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Kernel, Step } from "../../kernel/step.ts";
import { checkLike } from "./feature-map.ts";
import { type AxisRun, broadcastShape, runsOf } from "./geometry/broadcast.ts";
import { type Items, itemsOf } from "./items.ts";

/** The gradients of an operation on two tensors, each shaped like its tensor. */
export interface PairGradients {
  readonly da: Tensor;
  readonly db: Tensor;
}

/** Operands by the names of the caller's arguments. */
export type Operands = Readonly<Record<string, TensorDescription<TensorDtype>>>;

/** Snippets that define a function of a kernel, with their constants and the functions that they are to call. */
export interface Snippets extends Pick<Kernel, "shaders" | "functions"> {
  readonly constants?: Kernel["constants"];
}

/** Values computed from operands, element by element. */
export interface Elementwise {
  readonly operands: Operands;
  /** The values: the shape over which the operands are broadcast. */
  readonly values: TensorDescription;
  /** Defines `value` on items. */
  readonly kernel: (items: Items) => Snippets;
  /** The uniform `scale` of the shaders, and the factor of the values; each 1 by default. */
  readonly scale?: number;
  readonly factor?: number;
}

/** Most operands of a kernel. */
const OPERANDS = 3;

/** Most items of a result that an invocation computes, and invocations that keep a GPU busy. */
const ITEMS = 4;
const FEW_THREADS = 16_384;

/** Neighbouring items that neighbouring invocations load at least: 256 bytes if they are vectors. */
const NEIGHBOURS = 16;

/** Numbers that SwiftShader loads while it starts an invocation. */
const START = 4;

/**
 * Checks tensors that are broadcast over each other: they have one element type and, from three axes on, one layout.
 * @param condition is broadcast with them, and may have another element type
 * @returns the tensor over which they are broadcast
 * @throws ConvError naming the argument that does not fit
 */
export function checkOperands(
  given: Readonly<Record<string, Tensor>>,
  condition?: Tensor<TensorDtype>,
): TensorDescription {
  const typed = Object.entries(given).map(([name, tensor]) => [name, checkTensor(name, tensor)] as const);
  const all: Record<string, Tensor<TensorDtype>> = {
    ...(condition !== undefined && { condition: checkAnyTensor("condition", condition) }),
    ...Object.fromEntries(typed),
  };
  const entries = Object.entries(all);
  const shape = broadcastShape(Object.fromEntries(entries.map(([name, tensor]) => [`${name}.shape`, tensor.shape])));
  const [map, { layout }] = entries.find(([, tensor]) => tensor.shape.length > 2) ?? typed[0]!;
  for (const [name, { shape: own, dtype }] of entries)
    checkLike(name, all[name], { shape: own, layout, dtype }, `as ${map} has`);
  const [first, { dtype }] = typed[0]!;
  for (const [name, tensor] of typed)
    checkLike(name, tensor, { shape: tensor.shape, layout: tensor.layout, dtype }, `as ${first} has`);
  return { shape, layout, dtype };
}

/** The items of the values, the runs of axes with the operands' strides along them, and the types of the operands. */
export function itemsAndRuns({ operands, values }: Elementwise, result: readonly number[]) {
  const all = Object.values(operands);
  const runs = runsOf(values.shape, [...all.map(({ shape }) => shape), result]);
  const items = itemsOf(values.dtype, runs[0]!.size);
  const sizes = runs.map(({ size }, at) => (at === 0 ? size / items.lanes : size));
  const strides = all.map((_, operand) => {
    let stride = 1;
    return runs.map(({ kept }, at) => {
      if (!kept[operand]) return 0;
      const own = stride;
      stride *= sizes[at]!;
      return own;
    });
  });
  const four = items.lanes === 4;
  const aliases: Record<string, string> = { ...items.aliases, U: four ? "vec4u" : "u32", I: four ? "vec4i" : "i32" };
  for (let operand = 0; operand < OPERANDS; operand++) {
    const name = "ABC"[operand]!;
    const vectors = four && (runs[0]!.kept[operand] ?? true);
    aliases[name] = elementTypes(all[operand]?.dtype ?? "f32")[vectors ? "four" : "one"];
    aliases[`F${name}`] = vectors ? "vec4f" : "f32";
  }
  const widths = all.map((_, operand) => (four && runs[0]!.kept[operand] ? 4 : 1));
  const laid = runs.map((_, at) => extent(sizes[at]!, ...strides.map((own) => own[at]!)));
  const extents = (has: (axis: AxisRun) => boolean): number[][] => laid.filter((_, at) => has(runs[at]!));
  return { items, runs, widths, aliases, extents };
}

/** A run in a uniform: its size, and its strides in the operands. */
export const extent = (size: number, ...strides: readonly number[]): number[] =>
  [size, ...strides, 0, 0, 0].slice(0, OPERANDS + 1);

/** The factors of the shaders as uniforms. A factor of 1 is left out: a product may flush subnormal numbers. */
export const factorsOf = ({ scale = 1, factor = 1 }: Elementwise) => ({ scale, factor });
export const scaledOf = ({ factor = 1 }: Elementwise) => ({ SCALED: factor !== 1 });

export const rangesOf = (operands: Operands): (Range | undefined)[] =>
  Array.from({ length: OPERANDS }, (_, at) => {
    const entry = Object.entries(operands)[at];
    return entry && whole(...entry);
  });

/** The functions by which shaders read the operands. An invocation loads an operand once if it is `kept`, and otherwise for each of its items. */
export const accesses = (kept: readonly boolean[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ["first", "second", "third"].flatMap((name, at) => [
      [name, kept[at] ? `kept_${name}` : `load_${name}`],
      [`hold_${name}`, kept[at] ? `keep_${name}` : "keep_nothing"],
    ]),
  );

/** The run along which an invocation computes several items, and how many: the choice with the fewest loads an item. */
function shares(runs: readonly number[][], widths: readonly number[]): { each: number; along: number } {
  const count = runs.reduce((all, [size]) => all * size!, 1);
  let best = { each: 1, along: runs.length - 1, cost: Infinity };
  let inner = 1;
  for (const [along, [size = 1, ...strides]] of runs.entries()) {
    for (let each = 1; each <= ITEMS; each++) {
      const isBusy = each === 1 || (count >= each * FEW_THREADS && (inner * size) / each >= NEIGHBOURS);
      if (size % each !== 0 || !isBusy) continue;
      const cost = widths.reduce((sum, width, at) => sum + width / (strides[at] === 0 ? each : 1), START / each);
      if (cost <= best.cost) best = { each, along, cost };
    }
    inner *= size;
  }
  return best;
}

/** The step that stores the values; `entry` is the shader that stores them. */
export function elementwiseStep(
  given: Elementwise,
  results: readonly Range[],
  entry: Shader = elementwiseShader,
): Step<string> {
  const { items, runs, widths, aliases, extents } = itemsAndRuns(given, given.values.shape);
  const { shaders, constants, functions } = given.kernel(items);
  const laid = extents(() => true);
  const isSimple = entry !== elementwiseShader;
  const { each, along } = isSimple ? { each: 1, along: 0 } : shares(laid, widths);
  const own = laid.map(([size, ...strides], at) => [at === along ? size! / each : size!, ...strides]);
  return dispatch({
    shaders: [operandsShader, entry, ...shaders],
    constants: {
      ...constants,
      ...scaledOf(given),
      ITEMS: each,
      ALONG: along,
      RUNS: runs.length,
      WHOLE: runs.every(({ kept }) => kept.every(Boolean)),
    },
    aliases,
    functions: { ...functions, ...accesses(widths.map((_, at) => each > 1 && laid[along]![at + 1] === 0)) },
    ranges: [...rangesOf(given.operands), ...results],
    uniforms: {
      ...factorsOf(given),
      ...(!isSimple && { step: own.slice(0, along + 1).reduce((step, [size]) => step * size!, 1) }),
      runs: own.flat(),
    },
    threads: own.reduce((threads, [size]) => threads * size!, 1),
  });
}

/**
 * Runs an operation whose result is the values of operands.
 * @param more.result the name of the result, other than those of the operands; y by default
 */
export function runElementwise(
  name: string,
  inputs: Readonly<Record<string, Tensor<TensorDtype>>>,
  kernel: Elementwise["kernel"],
  more: Pick<Elementwise, "values" | "scale" | "factor"> & { readonly parameters?: unknown; readonly result?: string },
): Tensor {
  const { values, scale = 1, factor = 1, parameters, result = "y" } = more;
  const given = { operands: inputs, values, kernel, scale, factor };
  return run({
    name,
    inputs,
    results: { [result]: values },
    parameters: [scale, factor, parameters],
    recipe: () => ({ steps: [elementwiseStep(given, [whole(result, values)])] }),
  })[result]!;
}

/** The kernel of a shader that calls functions of snippets. */
export function withShader(shader: Shader, snippets: Elementwise["kernel"]): Elementwise["kernel"] {
  return (items) => {
    const given = snippets(items);
    return { ...given, shaders: [...given.shaders, shader] };
  };
}

/** The kernel of a function of a shader, computed from the places of the operands. */
export function functionOf(shader: Shader, name: string): Elementwise["kernel"] {
  return () => ({ shaders: [shader], functions: { value: name } });
}
