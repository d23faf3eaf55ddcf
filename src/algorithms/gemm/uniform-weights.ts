// Prepacked weights bound as uniforms. On lavapipe a load from storage is a loop over the lanes of a vector, one from uniforms is not: 3.9 ns a number
// and lane in large kernels against 0.3 on two cores. A uniform binding holds 64 KiB on most devices, so that steps bind ranges of the weights.
import { F32_BYTES } from "../../kernel/element-types.ts";
import { type Step, WORKGROUP_SIZE, gridFor } from "../../kernel/step.ts";
import { UNIFORM_WORKGROUP } from "../cost.ts";

/** Bytes of a vector. */
export const VECTOR_BYTES = 4 * F32_BYTES;

/** The grid for a number of threads in small workgroups. */
export function uniformGrid(threads: number): Step["workgroups"] {
  return gridFor(Math.ceil(threads / UNIFORM_WORKGROUP) * WORKGROUP_SIZE);
}

/** Divides a number of things into the fewest parts of at most `most`, of nearly the same size. */
export function evenParts(all: number, most: number): [first: number, count: number][] {
  const each = Math.ceil(all / Math.ceil(all / most));
  return Array.from({ length: Math.ceil(all / each) }, (_, at) => [at * each, Math.min(each, all - at * each)]);
}
