// Operations on the cells that max pooling chose: values of windows go to the cells at their indices. An ordinary index is a cell of its own
// window: each cell gathers from the few windows around it (chosen.wgsl); others are noted, in the same pass (note-strays.wgsl) or in one over the indices (own-cells.wgsl). An index may be any cell, however. Then, and where many windows
// surround a cell, the windows that chose a cell are listed with it, by integer atomics: the lists of cells take one pass over the windows
// whatever their size, and only their order varies, in which nothing is added. Kernels for lists return at once where they are not needed.
import chosenShader from "../../../shaders/ops/shared/pool/chosen.wgsl";
import clearHeadsShader from "../../../shaders/ops/shared/pool/clear-heads.wgsl";
import enterLastShader from "../../../shaders/ops/shared/pool/enter-last.wgsl";
import enterNextShader from "../../../shaders/ops/shared/pool/enter-next.wgsl";
import enterShader from "../../../shaders/ops/shared/pool/enter.wgsl";
import namedCellShader from "../../../shaders/ops/shared/pool/named-cell.wgsl";
import noteStraysShader from "../../../shaders/ops/shared/pool/note-strays.wgsl";
import ownCellsShader from "../../../shaders/ops/shared/pool/own-cells.wgsl";
import settleCellsShader from "../../../shaders/ops/shared/pool/settle-cells.wgsl";
import unsettledShader from "../../../shaders/ops/shared/pool/unsettled.wgsl";
import { alongAxes } from "../../algorithms/operands.ts";
import type { TensorDtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { type Recipe, type TensorDescription, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import type { Range } from "../../kernel/dispatch.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { fillZeros } from "./copy.ts";
import { checkLike, describeMap } from "./feature-map.ts";
import { type FeatureMap, elementsOf } from "./geometry/feature-map.ts";
import { checkFloatIndices } from "./geometry/indices.ts";
import { type CellRegions, poolGradient } from "./pool-gradient.ts";
import { laneType, poolStep, rowThreadsOf } from "./pool-kernel.ts";

/** Indices of maxima: "u32", or "f32" where float32 can count the cells. */
export type Indices = Tensor<"u32"> | Tensor;

/** Values of windows, and the cells that they chose. */
export interface Chosen {
  /** The map of the windows and that of the cells. */
  readonly pooled: FeatureMap;
  readonly map: FeatureMap;
  readonly indices: Indices;
  /** Whether the indices count the cells of the whole tensor. */
  readonly tensor: boolean;
  /** The windows or bins of a cell. */
  readonly regions: CellRegions;
  /** The tensor that is read, and the result, with their names among the operands. */
  readonly from: readonly [name: string, tensor: TensorDescription];
  readonly to: readonly [name: string, tensor: TensorDescription];
}

/** The most windows around a cell that it gathers from. */
const MAX_AROUND = 64;

/** Elements that an invocation passes over if there are no lists. */
const IDLE_RUN = 64;

/**
 * Checks indices, which have the shape and layout of the pooled map.
 * @param map the map of the cells
 * @param reason where the shape comes from, as for `checkLike`
 */
export function checkIndices(
  given: unknown,
  pooled: FeatureMap,
  map: FeatureMap,
  tensor: boolean,
  reason: string,
): Indices {
  const isFloat = (given as { dtype?: TensorDtype } | null | undefined)?.dtype === "f32";
  const indices = checkLike("indices", given, describeMap(pooled, isFloat ? "f32" : "u32"), reason);
  if (isFloat) checkFloatIndices("indices.dtype", tensor ? elementsOf(map) : elementCount(map.size));
  return indices as Indices;
}

/** The kernels of lists, which bind the indices, if they read them, first, and the heads of the lists second. */
class Lists {
  readonly #chosen: Chosen;
  readonly #always: boolean;
  readonly heads: Range;
  readonly #workspace: Workspace;

  constructor(chosen: Chosen, always: boolean) {
    this.#chosen = chosen;
    this.#always = always;
    this.#workspace = new Workspace();
    this.heads = this.numbers(1 + elementsOf(chosen.map));
  }

  get workspaceBytes(): number {
    return this.#workspace.bytes;
  }

  numbers(count: number): Range {
    return this.#workspace.numbers(count);
  }

  /** A step over `elements`, one for each invocation, or, if it can be idle, several. */
  step(
    shaders: readonly Shader[],
    elements: number,
    ranges: readonly (Range | undefined)[],
    { first = 0, end = 0, idle = false, all = false, named = true, rowThreads = 1, constants = {} } = {},
  ): Step<string> {
    const { pooled, map, indices, tensor, regions, from } = this.#chosen;
    const windows = elementsOf(pooled);
    return poolStep({
      ...{ input: pooled, output: map, dtype: from[1].dtype, lanes: 1, regions, shaders },
      rule: {
        shaders: [namedCellShader],
        uniforms: { cells: elementsOf(map), windows, planes: pooled.N * pooled.channels, first, end },
      },
      constants: { ALWAYS: this.#always, ALONE: regions.most === 1, WHOLE: tensor, CLEAR_ALL: all, ...constants },
      threadLayout: { rowThreads },
      aliases: { I: indices.dtype },
      ranges: [named ? whole("indices", indices) : undefined, this.heads, ...ranges],
      threads: idle && !this.#always ? Math.ceil(elements / IDLE_RUN) : elements,
    });
  }

  /** Empties the heads from `first` to before `end`. */
  clear(first: number, end: number, all: boolean): Step<string> {
    return this.step([clearHeadsShader], end - first, [], { first, end, idle: !all, all, named: false });
  }
}

/** The kernels of an operation on chosen cells. */
export interface ChosenKernels {
  /** The snippet of the state of a cell after one more window, if cells are computed. */
  readonly taken?: Shader;
  /** The snippet that computes a window if all indices are cells of their own windows, if windows are computed. */
  readonly settle?: Shader;
  /** The kernel that computes all cells, or windows, from lists. */
  readonly listed: Shader;
  /** Whether it needs all windows of a list, not the last alone. */
  readonly inOrder?: boolean;
}

/** The steps that give each cell the values of the windows that chose it, or each window that of the cell that it chose. */
export function chosenSteps(chosen: Chosen, { taken, settle, listed, inOrder = false }: ChosenKernels): Recipe {
  const { pooled, map, indices, tensor, regions, from, to } = chosen;
  const always = regions.most > MAX_AROUND;
  const lists = new Lists(chosen, always);
  const [windows, cells] = [elementsOf(pooled), elementsOf(map)];
  const next = inOrder ? lists.numbers(windows) : undefined;
  const operands = [whole(...from), whole(...to)] as const;
  const [values, result] = operands;
  const { threads, rowThreads } = rowThreadsOf(pooled);
  const enter = inOrder ? enterNextShader : enterLastShader;
  const gathered = taken && {
    ...{ pooled, map, dtype: from[1].dtype, regions, isSoftware: indices.gpu.isSoftware },
    rule: {
      shaders: [chosenShader, taken],
      ...{ uniforms: {}, constants: { WHOLE: tensor }, aliases: { VI: laneType(pooled, indices.dtype) } },
    },
    ranges: [values, whole("indices", indices), result, lists.heads].slice(0, regions.blocks ? 4 : 3),
  };
  const { around, blocks } = regions;
  // Where windows are fewer than cells, they write the cells that they chose.
  const scattered = taken && around && !blocks && 2 * windows <= cells;
  const settled = scattered ? [taken, settleCellsShader] : [settle ?? unsettledShader];
  const owning = lists.step(
    [...settled, ownCellsShader],
    threads,
    settle || scattered ? [undefined, ...operands] : [],
    {
      rowThreads,
      constants: { RUN: Math.ceil(pooled.size[2] / rowThreads), ...(scattered && alongAxes("AROUND_", around)) },
    },
  );
  return {
    steps: [
      lists.clear(0, always ? 1 + cells : 1, true),
      ...(scattered ? [fillZeros(to[1], result)] : []),
      ...(gathered && blocks && !always ? [] : [owning]),
      ...(gathered && !always && !scattered ? [poolGradient(gathered, blocks && noteStraysShader)] : []),
      ...(always ? [] : [lists.clear(1, 1 + cells, false)]),
      lists.step([enter, enterShader], windows, [next], { idle: true }),
      lists.step([listed], taken ? cells : windows, [next, ...operands], { idle: true, named: inOrder || !taken }),
    ],
    workspaceBytes: lists.workspaceBytes,
  };
}
