// Kernels that go along one axis of a tensor: by an invocation for each line, or by neighbouring ones together where lines are long and
// few, or lie so that these read neighbouring elements.
import type { Dtype } from "../dtype.ts";
import type { Lines } from "./geometry/axis.ts";
import { type Items, itemsOf } from "./items.ts";

/** Invocations that share a line: a factor of a workgroup's. */
export const SHARING = 16;
/** Shortest line that is shared: with eight elements for each, for which it pays to put parts together. */
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
  readonly constants: { readonly THREADS: number };
  /** The words of the struct Lines of shaders/ops/lines.wgsl. */
  readonly words: readonly number[];
}

export function lineWork({ outer, size, inner }: Lines, dtype: Dtype): LineWork {
  const items = itemsOf(dtype, inner);
  const count = (outer * inner) / items.lanes;
  const shared = size >= SHARED_SIZE && (inner === 1 || count < MANY_LINES);
  const each = shared ? SHARING : 1;
  return {
    items,
    count,
    threads: count * each,
    shaders: ["ops/lines", shared ? "ops/line-shared" : "ops/line-alone"],
    constants: { THREADS: each },
    words: [count, size, inner / items.lanes, 0],
  };
}
