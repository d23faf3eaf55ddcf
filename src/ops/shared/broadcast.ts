// Element-wise operations on tensors that are broadcast over each other, and sums of their values over the axes along which one was broadcast.
// A kernel's shaders define `value`, computed from up to three operands (shaders/ops/shared/operands.wgsl).
import combineSumShader from "../../../shaders/ops/shared/combine-sum.wgsl";
import elementwiseShader from "../../../shaders/ops/shared/elementwise.wgsl";
import operandsShader from "../../../shaders/ops/shared/operands.wgsl";
import reduceShader from "../../../shaders/ops/shared/reduce.wgsl";
import termPartShader from "../../../shaders/ops/shared/term-part.wgsl";
import termValueShader from "../../../shaders/ops/shared/term-value.wgsl";
import totalFourShader from "../../../shaders/ops/shared/total-four.wgsl";
import type { TensorDtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { type Recipe, type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkAnyTensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { F32_BYTES, elementTypes } from "../../kernel/element-types.ts";
import { type Level, levelsOf } from "../../kernel/levels.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Kernel, Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
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
function itemsAndRuns({ operands, values }: Elementwise, result: readonly number[]) {
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
const extent = (size: number, ...strides: readonly number[]): number[] =>
  [size, ...strides, 0, 0, 0].slice(0, OPERANDS + 1);

/** The factors of the shaders as uniforms. A factor of 1 is left out: a product may flush subnormal numbers. */
const factorsOf = ({ scale = 1, factor = 1 }: Elementwise) => ({ scale, factor });
const scaledOf = ({ factor = 1 }: Elementwise) => ({ SCALED: factor !== 1 });

const rangesOf = (operands: Operands): (Range | undefined)[] =>
  Array.from({ length: OPERANDS }, (_, at) => {
    const entry = Object.entries(operands)[at];
    return entry && whole(...entry);
  });

/** How the shaders access the operands: those that are the same for all items of an invocation are `kept`. */
const accesses = (kept: readonly boolean[]): Readonly<Record<string, string>> =>
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

/** How the terms of a reduction are combined, in arithmetic types. Parts of the terms are combined first, in levels. */
export interface Combination {
  /** Defines `combined`, on the type P, whose bits have the type Q. */
  readonly shader: Shader;
  readonly functions?: Readonly<Record<string, string>>;
  /** The result of combining nothing. */
  readonly initial: number;
  /** The function that is applied to the result, of those of WGSL. */
  readonly finish?: string;
}

/** Terms that an invocation loads at once. */
const TERMS_AT_ONCE = 4;

/**
 * Neighbouring results for which an invocation combines terms on a software adapter, where it then passes over memory in longer rows, if as many
 * invocations are left. GPUs load these rows together, from neighbouring invocations.
 */
const RESULTS_AT_ONCE = [4, 2];
const FEW_SOFTWARE_THREADS = 1024;

/** Values that are combined. */
export interface Combined extends Elementwise {
  readonly values: Tensor;
}

const SUM: Combination = { shader: combineSumShader, initial: 0 };

/**
 * The steps that combine the values to the shape of the result, in levels of 64 to one (src/kernel/levels.ts). An element of a sum is within
 * gamma_(64 levels + 2) of the sum of the absolute values of its terms.
 */
export function reduceSteps(
  given: Combined,
  name: string,
  result: TensorDescription,
  { shader, functions: combine = {}, initial, finish = "P" }: Combination = SUM,
): Recipe {
  const { items, runs, widths, aliases, extents } = itemsAndRuns(given, result.shape);
  const inResult = ({ kept }: AxisRun): boolean => kept.at(-1)!;
  const vectors = inResult(runs[0]!);
  const { shaders, constants, functions } = given.kernel(items);
  const or = (list: number[][]): number[][] => (list.length > 0 ? list : [extent(1)]);
  const [kept, summed] = [or(extents(inResult)), or(extents((axis) => !inResult(axis)))];
  const countOf = (list: readonly number[][]): number => list.reduce((count, [size]) => count * size!, 1);
  const sums = countOf(kept);
  const partType = vectors ? items.aliases.L : "f32";
  const vector = vectors && items.lanes === 4;
  const bitsType = vector ? "vec4u" : "u32";
  const resultType = elementTypes(result.dtype)[vector ? "four" : "one"];
  // Four values of one result are combined to one number by `total`; otherwise `total` is the conversion to P, which changes nothing.
  const four = items.lanes === 4 && !vectors;
  const workspace = new Workspace();
  const levels = levelsOf(workspace, {
    sums,
    terms: countOf(summed),
    partBytes: (vectors ? items.lanes : 1) * F32_BYTES,
    result: whole(name, result),
  });
  const keptOf = widths.map((_, at) => summed.every((laid) => laid[at + 1] === 0));
  const termsOf = ({ from, terms }: Level) =>
    from
      ? {
          kept: [extent(sums, vectors ? 1 : terms)],
          summed: [extent(terms, vectors ? sums : 1)],
          shaders: [termPartShader],
          functions: {},
          ranges: [from, undefined, undefined],
        }
      : {
          kept,
          summed,
          shaders: [operandsShader, ...shaders, ...(four ? [totalFourShader] : []), termValueShader],
          functions: { ...functions, ...(four ? {} : { total: "P" }), ...accesses(keptOf) },
          ranges: rangesOf(given.operands),
        };
  const steps = levels.map((level) => {
    const source = termsOf(level);
    const fits = (count: number): boolean =>
      source.kept[0]![0]! % count === 0 && sums * level.parts >= count * FEW_SOFTWARE_THREADS;
    // Operands that are loaded once are those of one result.
    const may = vectors && !keptOf.includes(true) && given.values.gpu.isSoftware;
    const each = (may && RESULTS_AT_ONCE.find(fits)) || 1;
    const step = Math.max(1, Math.min(TERMS_AT_ONCE / each, Math.ceil(level.terms / level.parts)));
    return dispatch({
      shaders: [...source.shaders, shader, reduceShader],
      constants: {
        ...constants,
        ...scaledOf(given),
        KEPT: source.kept.length,
        SUMMED: source.summed.length,
        KEPT_INNER: vectors,
        ITEMS: each,
        STEP: step,
        EVEN: level.terms % (step * level.parts) === 0,
      },
      aliases: { ...aliases, P: partType, Q: bitsType, O: level.last ? resultType : partType },
      functions: { ...source.functions, ...combine, finished: level.last ? finish : "P" },
      ranges: [...source.ranges, level.to],
      readWrite: level.inPlace ? [1] : [],
      uniforms: {
        results: sums,
        parts: level.parts,
        count: level.terms,
        ...factorsOf(given),
        initial,
        kept: source.kept.flat(),
        summed: source.summed.flat(),
      },
      threads: (sums / each) * level.parts,
    });
  });
  return { steps, workspaceBytes: workspace.bytes };
}

/** The recipe of values, each summed to the shape of its result: of gradients, where an operand was broadcast. */
export function sumsOf(
  results: Readonly<Record<string, TensorDescription>>,
  values: Readonly<Record<string, Combined>>,
): Recipe {
  const recipes = Object.entries(values).map(([name, given]): Recipe => {
    const result = results[name]!;
    const isWhole = elementCount(result.shape) === elementCount(given.values.shape);
    return isWhole ? { steps: [elementwiseStep(given, [whole(name, result)])] } : reduceSteps(given, name, result);
  });
  return {
    steps: recipes.flatMap(({ steps }) => steps),
    workspaceBytes: Math.max(...recipes.map(({ workspaceBytes = 0 }) => workspaceBytes)),
  };
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
