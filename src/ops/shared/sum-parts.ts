// Long sums on the GPU, in levels: each invocation adds up to FAN numbers, until one is left of each sum. The error grows with FAN and the
// number of levels instead of the length of the sum (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2).
import sumPartsShader from "../../../shaders/ops/shared/sum-parts.wgsl";
import { type Dtype, bytesFor } from "../../base/dtype.ts";
import { roundUp } from "../../base/shape.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { STORAGE_ALIGNMENT, type Step } from "../../kernel/step.ts";

/** Numbers that an invocation adds. */
export const FAN = 64;

/** The number of partial sums of a sum of `count` numbers. */
export function partsOf(count: number): number {
  return Math.ceil(count / FAN);
}

/** Bytes of workspace for the partial sums of `sums` sums of `count` numbers: levels alternate between its two halves. */
export function partsBytes(sums: number, count: number): number {
  return 2 * roundUp(bytesFor(sums * partsOf(count), "f32"), STORAGE_ALIGNMENT);
}

/** The range of the workspace where the first partial sums are written, [sums, parts]. */
export function firstParts(offset: number, sums: number, count: number): Range {
  return { operand: "workspace", offset, size: bytesFor(sums * partsOf(count), "f32") };
}

/** The steps that add up the first partial sums, [sums, parts], to the sums. */
export function sumSteps(offset: number, sums: number, count: number, result: Range, dtype: Dtype): Step<string>[] {
  const half = partsBytes(sums, count) / 2;
  const rangeOf = (level: number, parts: number): Range => ({
    operand: "workspace",
    offset: offset + (level % 2) * half,
    size: bytesFor(sums * parts, "f32"),
  });
  const steps: Step<string>[] = [];
  let parts = partsOf(count);
  for (let level = 0; ; level++) {
    const fewer = Math.ceil(parts / FAN);
    const done = fewer === 1;
    steps.push(
      dispatch({
        shaders: [sumPartsShader],
        aliases: { E: done ? elementTypes(dtype).one : "f32" },
        ranges: [rangeOf(level, parts), done ? result : rangeOf(level + 1, fewer)],
        ...((!done || result.operand === "workspace") && { readWrite: [1] }),
        uniforms: { parts, fewer },
        threads: sums * fewer,
      }),
    );
    if (done) return steps;
    parts = fewer;
  }
}
