// How operations along lines are shared out on software adapters.
import { CPU_LANES } from "../../algorithms/cost.ts";
import type { GpuContext } from "../../gpu/context.ts";

/**
 * Whether each of `count` lines is computed by one invocation, however long it is. On SwiftShader sixteen invocations that share lines of 1000 elements
 * take four times as long, because of the barriers.
 */
export function aloneOnLines({ isSoftware }: GpuContext, count: number): boolean {
  return isSoftware && count >= CPU_LANES;
}

/** Neighbouring lines that an invocation takes at once, and the fewest invocations that have to be left. */
const NEIGHBOURS = [4, 2];
const FEW_THREADS = 1024;

/**
 * Neighbouring lines that an invocation of a software adapter takes at once: it then passes over memory in longer rows. GPUs load these rows together,
 * from neighbouring invocations.
 * @param row the lines whose elements are neighbours
 * @param lines all lines
 */
export function linesAtOnce({ isSoftware }: GpuContext, row: number, lines: number): number {
  const fits = (count: number): boolean => row % count === 0 && lines >= count * FEW_THREADS;
  return (isSoftware && NEIGHBOURS.find(fits)) || 1;
}
