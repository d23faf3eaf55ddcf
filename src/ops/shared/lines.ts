// Kernels along one axis of a tensor. One invocation computes a line, or THREADS_OF_LINE neighbouring ones share it: where lines are long
// and few or, on GPUs, where neighbouring invocations then read neighbouring elements.
import lanesAlongShader from "../../../shaders/ops/shared/lanes-along.wgsl";
import lanesLinesShader from "../../../shaders/ops/shared/lanes-lines.wgsl";
import lineAloneShader from "../../../shaders/ops/shared/line-alone.wgsl";
import lineSharedShader from "../../../shaders/ops/shared/line-shared.wgsl";
import linesShader from "../../../shaders/ops/shared/lines.wgsl";
import type { Tensor } from "../../gpu/tensor.ts";
import type { Shader } from "../../kernel/shader.ts";
import { WORKGROUP_SIZE } from "../../kernel/step.ts";
import type { Lines } from "./geometry/axis.ts";
import { type Items, itemsOf } from "./items.ts";
import { aloneOnLines } from "./software-lines.ts";

/** Invocations that share a line; a divisor of the workgroup size. */
export const THREADS_OF_LINE = 16;
/** Shortest line that several invocations share: from eight elements each on, combining their partial results pays. */
const LONG_LINE = 8 * THREADS_OF_LINE;
/** Number of items that keeps a GPU busy with one invocation each. */
const MANY_LINES = 2048;

/** Most items that an invocation loads at once. SwiftShader is slower where loops are longer than its caches of code. */
const MOST_AT_ONCE = { 1: 8, 4: 4 };

/** How invocations are mapped to lines: THREADS invocations for each item of neighbouring lines. */
export interface LineMapping {
  readonly items: Items;
  /** Number of items. */
  readonly count: number;
  readonly workgroups: number;
  /** The snippets that find the line of an invocation and combine the partial results of a line. */
  readonly shaders: readonly Shader[];
  readonly constants: Readonly<Record<"THREADS" | "BLOCK", number> & Record<"ALONG" | "EVEN", boolean>>;
  /** The types of an item and of its bits (U and I), and those of an invocation's partial result (W and K). */
  readonly aliases: Items["aliases"] & Readonly<Record<"U" | "I" | "W" | "K", string>>;
  /** The struct Lines of shaders/ops/shared/lines.wgsl. */
  readonly uniforms: Readonly<Record<"count" | "size" | "inner" | "nan", number>>;
}

/** Maps invocations to items of neighbouring lines of a tensor. */
export function lineMapping({ outer, size, inner }: Lines, { dtype, gpu }: Tensor): LineMapping {
  const items = itemsOf(dtype, inner);
  const lines = { count: (outer * inner) / items.lanes, size, inner: inner / items.lanes };
  return mappingOf(items, lines, { alone: aloneOnLines(gpu, lines.count) });
}

/** For kernels that only sum along lines: the four elements of an item may then belong to one contiguous line. */
export function laneMapping(lines: Lines, x: Tensor): LineMapping {
  const { outer, size, inner } = lines;
  if (inner > 1 || size % 4 !== 0) return lineMapping(lines, x);
  const alone = aloneOnLines(x.gpu, outer);
  return mappingOf(itemsOf(x.dtype, size), { count: outer, size: size / 4, inner }, { along: true, alone });
}

/** One invocation for each of `count` float32 lines. */
export function singleLines(count: number, size: number): LineMapping {
  return mappingOf(itemsOf("f32", 1), { count, size, inner: 1 }, { alone: true });
}

interface Sharing {
  /** Whether the elements of an item follow each other along a line. */
  readonly along?: boolean;
  /** Whether no invocations share a line. */
  readonly alone: boolean;
}

/** @param lines the number of items of lines, the number of items along a line, and the distance between these */
function mappingOf(
  items: Items,
  lines: Readonly<Record<"count" | "size" | "inner", number>>,
  { along = false, alone }: Sharing,
): LineMapping {
  const { count, size, inner } = lines;
  const { lanes } = items;
  const bits = lanes === 4 ? "vec4u" : "u32";
  const contiguous = inner === 1 && (along || lanes === 1);
  const long = size * (along ? lanes : 1) >= LONG_LINE;
  const threads = !alone && long && (contiguous || count < MANY_LINES) ? THREADS_OF_LINE : 1;
  const own = Math.max(1, Math.ceil(size / threads));
  const block = Math.ceil(own / Math.ceil(own / MOST_AT_ONCE[lanes]));
  return {
    items,
    count,
    workgroups: Math.ceil((count * threads) / WORKGROUP_SIZE),
    shaders: [
      linesShader,
      along ? lanesAlongShader : lanesLinesShader,
      threads > 1 ? lineSharedShader : lineAloneShader,
    ],
    constants: { THREADS: threads, ALONG: along, BLOCK: block, EVEN: size % (block * threads) === 0 },
    aliases: {
      ...items.aliases,
      U: bits,
      I: lanes === 4 ? "vec4i" : "i32",
      W: along ? "f32" : items.aliases.L,
      K: along ? "u32" : bits,
    },
    uniforms: { ...lines, nan: Number.NaN },
  };
}
