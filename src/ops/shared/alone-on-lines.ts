// How operations along lines are shared out on software adapters.
import type { GpuContext } from "../../gpu/context.ts";

/** Invocations that a software adapter computes at once. */
const AT_ONCE = 4;

/**
 * Whether each of `count` lines is computed by one invocation, however long it is. On SwiftShader sixteen invocations that share lines of 1000 elements
 * take four times as long, because of the barriers.
 */
export function aloneOnLines({ isSoftware }: GpuContext, count: number): boolean {
  return isSoftware && count >= AT_ONCE;
}
