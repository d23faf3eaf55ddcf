// Kernels that go along one axis of a tensor: by an invocation for each line, or by neighbouring ones together where lines are long and
// few, or lie so that these read neighbouring elements.
import type { Dtype } from "../../base/dtype.ts";
import type { Lines } from "./geometry/axis.ts";
import { type Items, itemsOf } from "./items.ts";
import linesShader from "../../../shaders/ops/shared/lines.wgsl";
import lanesAlongShader from "../../../shaders/ops/shared/lanes-along.wgsl";
import lanesLinesShader from "../../../shaders/ops/shared/lanes-lines.wgsl";
import lineSharedShader from "../../../shaders/ops/shared/line-shared.wgsl";
import lineAloneShader from "../../../shaders/ops/shared/line-alone.wgsl";

/** Invocations that share a line: a factor of a workgroup's. */
export const SHARING = 16;
/** Shortest line that is readWrite: with eight elements for each, for which it pays to put parts together. */
const SHARED_SIZE = 8 * SHARING;
/** So many items of lines keep a GPU busy with an invocation each. */
const MANY_LINES = 2048;

/** How lines are taken: items of neighbouring lines, each by `threads` invocations. */
export interface LineWork {
  readonly items: Items;
  /** Items of lines. */
  readonly count: number;
  /** Invocations in all. */
  readonly threads: number;
  /** The snippets that define which line an invocation has, and how those of a line put their parts together. */
  readonly shaders: readonly string[];
  readonly constants: { readonly THREADS: number; readonly ALONG: boolean };
  /** The types of an item, and that of what an invocation has of its line or lines. */
  readonly aliases: Items["aliases"] & { readonly W: string };
  /** The words of the struct Lines of shaders/ops/lines.wgsl. */
  readonly words: readonly number[];
}

export function lineWork({ outer, size, inner }: Lines, dtype: Dtype): LineWork {
  const items = itemsOf(dtype, inner);
  return workOf(items, { count: (outer * inner) / items.lanes, size, inner: inner / items.lanes });
}

/** The same for kernels that only sum along lines: where those lie alone, the four of an item may be of one. */
export function laneWork(lines: Lines, dtype: Dtype): LineWork {
  const { outer, size, inner } = lines;
  if (inner > 1 || size % 4 !== 0) return lineWork(lines, dtype);
  return workOf(itemsOf(dtype, size), { count: outer, size: size / 4, inner }, true);
}

/** @param lines how many items begin one, how many items one has, and what lies between two of those */
function workOf(
  items: Items,
  { count, size, inner }: Record<"count" | "size" | "inner", number>,
  along = false,
): LineWork {
  const alone = inner === 1 && (along || items.lanes === 1);
  const shared = size * (along ? items.lanes : 1) >= SHARED_SIZE && (alone || count < MANY_LINES);
  const each = shared ? SHARING : 1;
  return {
    items,
    count,
    threads: count * each,
    shaders: [
      linesShader,
      along ? lanesAlongShader : lanesLinesShader,
      shared ? lineSharedShader : lineAloneShader,
    ],
    constants: { THREADS: each, ALONG: along },
    aliases: { ...items.aliases, W: along ? "f32" : items.aliases.L },
    words: [count, size, inner, 0],
  };
}
