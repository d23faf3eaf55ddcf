// Long sums on the GPU: many invocations add up some numbers each, then fewer those parts, until one is left of each sum. The error grows
// with the numbers of one invocation and the levels, not with all of them (Higham, Accuracy and Stability of Numerical Algorithms, 4.2).
import { elementTypes } from "../../kernel/element-types.ts";
import type { Dtype } from "../../base/dtype.ts";
import { type Step, STORAGE_ALIGNMENT } from "../../kernel/step.ts";
import { roundUp } from "../../base/shape.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import sumPartsShader from "../../../shaders/ops/shared/sum-parts.wgsl";

/** Numbers that an invocation adds up. */
export const FAN = 64;

/** Parts of a sum of so many numbers. */
export function partsOf(count: number): number {
  return Math.ceil(count / FAN);
}

/** Bytes of the workspace for the parts of so many sums, and of those of their next level. */
export function partsBytes(sums: number, count: number): number {
  return 2 * roundUp(sums * partsOf(count) * 4, STORAGE_ALIGNMENT);
}

/** Where in the workspace the first parts lie. */
export function firstParts(offset: number, sums: number, count: number): Range {
  return { operand: "workspace", offset, size: sums * partsOf(count) * 4 };
}

/** The steps from the first parts, [sums, parts], to the sums. */
export function sumSteps(offset: number, sums: number, count: number, result: Range, dtype: Dtype): Step<string>[] {
  const half = partsBytes(sums, count) / 2;
  const steps: Step<string>[] = [];
  let parts = partsOf(count);
  for (let level = 0; ; level++) {
    const fewer = Math.ceil(parts / FAN);
    const done = fewer === 1;
    const range = (at: number, size: number): Range => ({
      operand: "workspace",
      offset: offset + (at % 2) * half,
      size,
    });
    steps.push(
      dispatch({
        shaders: [sumPartsShader],
        aliases: { E: done ? elementTypes(dtype).one : "f32" },
        ranges: [range(level, sums * parts * 4), done ? result : range(level + 1, sums * fewer * 4)],
        ...((!done || result.operand === "workspace") && { readWrite: [1] }),
        uniforms: [sums * fewer, parts, fewer],
        threads: sums * fewer,
      }),
    );
    if (done) return steps;
    parts = fewer;
  }
}
