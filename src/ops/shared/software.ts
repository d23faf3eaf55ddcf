// What operations know of the adapter that they run on.
import { PlanCache } from "../../conv/plan-cache.ts";
import type { GpuContext } from "../../gpu/context.ts";

/** Invocations that a software adapter computes at once. */
const AT_ONCE = 4;

/** Whether the adapter computes on the CPU. */
export function isSoftware(gpu: GpuContext): boolean {
  return gpu.attached(PlanCache).platform.traits.gpu === "software";
}

/**
 * Whether each of `count` lines is computed by one invocation, however long it is. On SwiftShader sixteen invocations that share lines of 1000 elements
 * take four times as long, because of the barriers.
 */
export function aloneOnLines(gpu: GpuContext, count: number): boolean {
  return count >= AT_ONCE && isSoftware(gpu);
}
