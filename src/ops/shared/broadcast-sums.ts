// Reductions of the values of an element-wise operation: sums over the axes along which an operand was broadcast, and other combinations.
import combineSumShader from "../../../shaders/ops/shared/combine-sum.wgsl";
import operandsShader from "../../../shaders/ops/shared/operands.wgsl";
import reduceShader from "../../../shaders/ops/shared/reduce.wgsl";
import termPartShader from "../../../shaders/ops/shared/term-part.wgsl";
import termValueShader from "../../../shaders/ops/shared/term-value.wgsl";
import totalFourShader from "../../../shaders/ops/shared/total-four.wgsl";
import { elementCount } from "../../base/shape.ts";
import { type Recipe, type TensorDescription, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { F32_BYTES, elementTypes } from "../../kernel/element-types.ts";
import { type Level, levelsOf } from "../../kernel/levels.ts";
import type { Shader } from "../../kernel/shader.ts";
import { Workspace } from "../../kernel/workspace.ts";
import {
  type Elementwise,
  accesses,
  elementwiseStep,
  extent,
  factorsOf,
  itemsAndRuns,
  rangesOf,
  scaledOf,
} from "./broadcast.ts";
import type { AxisRun } from "./geometry/broadcast.ts";
import { linesAtOnce } from "./software-lines.ts";

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
    // Operands that are loaded once are those of one result.
    const several = vectors && !keptOf.includes(true);
    const each = several ? linesAtOnce(given.values.gpu, source.kept[0]![0]!, sums * level.parts) : 1;
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
