// The kernels that only adapters that compute on the CPU are offered, which src/planner/platform.ts loads on them alone.
import type { Algorithm } from "./algorithm.ts";
import { depthwise, depthwiseTiles } from "./depthwise/depthwise.ts";
import { depthwiseQuads } from "./depthwise/quads.ts";

/** Returns the algorithms of index.ts with these kernels. */
export function withQuads(portable: readonly Algorithm[]): readonly Algorithm[] {
  const inQuads = depthwise(depthwiseQuads, depthwiseTiles);
  return portable.map((one) => (one.name === inQuads.name ? inQuads : one));
}
