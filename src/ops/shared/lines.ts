// Kernels along one axis of a tensor. A line is taken by one invocation, or by THREADS_OF_LINE neighbouring ones together where lines are
// long and few, or lie so that neighbouring invocations then read neighbouring elements.
import lanesAlongShader from "../../../shaders/ops/shared/lanes-along.wgsl";
import lanesLinesShader from "../../../shaders/ops/shared/lanes-lines.wgsl";
import lineAloneShader from "../../../shaders/ops/shared/line-alone.wgsl";
import lineSharedShader from "../../../shaders/ops/shared/line-shared.wgsl";
import linesShader from "../../../shaders/ops/shared/lines.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import type { Shader } from "../../kernel/shader.ts";
import { WORKGROUP_SIZE } from "../../kernel/step.ts";
import type { Lines } from "./geometry/axis.ts";
import { type Items, itemsOf } from "./items.ts";

/** Invocations that take a line together; a divisor of the workgroup size. */
export const THREADS_OF_LINE = 16;
/** Shortest line that several invocations take: from eight elements each on, combining their parts pays. */
const LONG_LINE = 8 * THREADS_OF_LINE;
/** Items of lines that keep a GPU busy with one invocation each. */
const MANY_LINES = 2048;

/** How a kernel takes lines: items of neighbouring lines, each by THREADS invocations. */
export interface LineWork {
  readonly items: Items;
  /** Number of items. */
  readonly count: number;
  readonly workgroups: number;
  /** The snippets that number the lines of invocations and combine the parts of a line. */
  readonly shaders: readonly Shader[];
  readonly constants: { readonly THREADS: number; readonly ALONG: boolean };
  /** The types of an item, and W, that of what an invocation has of its line or lines. */
  readonly aliases: Items["aliases"] & { readonly W: string };
  /** The struct Lines of shaders/ops/shared/lines.wgsl. */
  readonly uniforms: { readonly count: number; readonly size: number; readonly inner: number };
}

/** Work on lines in items of neighbouring lines. */
export function lineWork({ outer, size, inner }: Lines, dtype: Dtype): LineWork {
  const items = itemsOf(dtype, inner);
  return workOf(items, { count: (outer * inner) / items.lanes, size, inner: inner / items.lanes });
}

/** Work of kernels that only sum along lines: the four elements of an item may then belong to one contiguous line. */
export function laneWork(lines: Lines, dtype: Dtype): LineWork {
  const { outer, size, inner } = lines;
  if (inner > 1 || size % 4 !== 0) return lineWork(lines, dtype);
  return workOf(itemsOf(dtype, size), { count: outer, size: size / 4, inner }, { along: true });
}

/** Work with one invocation for each of `count` float32 lines. */
export function singleLines(count: number, size: number): LineWork {
  return workOf(itemsOf("f32", 1), { count, size, inner: 1 }, { together: false });
}

interface Sharing {
  /** Whether the elements of an item follow each other along a line. */
  readonly along?: boolean;
  /** Whether several invocations may take a line together. */
  readonly together?: boolean;
}

/** @param lines how many items of lines there are, items in each line, and the distance between two of those */
function workOf(items: Items, lines: LineWork["uniforms"], { along = false, together = true }: Sharing = {}): LineWork {
  const { count, size, inner } = lines;
  const contiguous = inner === 1 && (along || items.lanes === 1);
  const long = size * (along ? items.lanes : 1) >= LONG_LINE;
  const threads = together && long && (contiguous || count < MANY_LINES) ? THREADS_OF_LINE : 1;
  return {
    items,
    count,
    workgroups: Math.ceil((count * threads) / WORKGROUP_SIZE),
    shaders: [
      linesShader,
      along ? lanesAlongShader : lanesLinesShader,
      threads > 1 ? lineSharedShader : lineAloneShader,
    ],
    constants: { THREADS: threads, ALONG: along },
    aliases: { ...items.aliases, W: along ? "f32" : items.aliases.L },
    uniforms: lines,
  };
}
