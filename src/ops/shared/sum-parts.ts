// Adds up the partial sums of long sums, in levels (src/kernel/levels.ts). Another kernel computes the partial sums, one for every FAN
// terms.
import sumPartsShader from "../../../shaders/ops/shared/sum-parts.wgsl";
import { type Dtype, bytesFor } from "../../base/dtype.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { F32_BYTES, elementTypes } from "../../kernel/element-types.ts";
import { levelsOf, partsOf } from "../../kernel/levels.ts";
import type { Step } from "../../kernel/step.ts";
import type { Workspace } from "../../kernel/workspace.ts";

/** Sums of `count` terms each. */
export interface LongSums {
  readonly sums: number;
  readonly count: number;
}

/** A range for the partial sums, [sums, partsOf(count)]. */
export function partialSums(workspace: Workspace, { sums, count }: LongSums): Range {
  return workspace.take(bytesFor(sums * partsOf(count), "f32"));
}

/** The steps that add the partial sums up to the result. */
export function sumSteps(
  workspace: Workspace,
  { sums, count }: LongSums,
  from: Range,
  result: Range,
  dtype: Dtype,
): Step<string>[] {
  return addUp(workspace, { sums, count: partsOf(count) }, from, result, dtype);
}

/** The steps that add numbers in the workspace, [sums, count], up to the result. */
export function addUp(
  workspace: Workspace,
  { sums, count }: LongSums,
  from: Range,
  result: Range,
  dtype: Dtype = "f32",
): Step<string>[] {
  const levels = levelsOf(workspace, { sums, terms: count, partBytes: F32_BYTES, from, result });
  return levels.map((level) =>
    dispatch({
      shaders: [sumPartsShader],
      aliases: { E: level.last ? elementTypes(dtype).one : "f32" },
      ranges: [level.from, level.to],
      ...(level.inPlace && { readWrite: [1] }),
      uniforms: { parts: level.terms, fewer: level.parts },
      threads: sums * level.parts,
    }),
  );
}
