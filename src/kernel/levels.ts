// Tree reduction of long sums: each invocation of a level adds FAN terms to one part (a partial sum), and the next level adds the parts, until
// each sum is one number. Even few sums keep many invocations busy, and the error grows with FAN times the number of levels, not with the
// number of terms (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2). The kernels differ (pairs, moments, strided terms);
// this file decides how many levels there are, and where each reads and writes.
import type { Range } from "./dispatch.ts";
import type { Workspace } from "./workspace.ts";

/** Terms that an invocation adds, unless a kernel has its own number. */
export const FAN = 64;

/** One level: reduces the `terms` of each sum to `parts`. */
export interface Level<Name extends string = string> {
  readonly terms: number;
  readonly parts: number;
  /** The workspace range that the previous level wrote; undefined for a first level that reads operands. */
  readonly from: Range<Name> | undefined;
  readonly to: Range<Name>;
  /** Whether this is the last level, which leaves one part. */
  readonly last: boolean;
  /** Whether the level writes the buffer that it reads: WebGPU then requires both ranges to be bound as writable. */
  readonly inPlace: boolean;
}

/** The sums to reduce. */
export interface LeveledSums<Name extends string> {
  /** The number of sums, and the terms of each. */
  readonly sums: number;
  readonly terms: number;
  /** Bytes of one part in the workspace. */
  readonly partBytes: number;
  readonly fan?: number;
  /** The range that the first level reads, if it is in the workspace. */
  readonly from?: Range<Name>;
  /** The range that the last level writes; by default one in the workspace. */
  readonly result?: Range<Name>;
}

/** Number of parts that the first level leaves of each sum of `terms` terms: one, 0, of a sum of none. */
export function partsOf(terms: number, fan = FAN): number {
  return Math.max(1, Math.ceil(terms / fan));
}

/** Returns the levels of sums, at least one. Their results follow each other in the workspace; the parts of a sum are contiguous. */
export function levelsOf<Name extends string = string>(
  workspace: Workspace,
  { sums, terms, partBytes, fan = FAN, from, result }: LeveledSums<Name>,
): Level<Name | "workspace">[] {
  const levels: Level<Name | "workspace">[] = [];
  let left = terms;
  let source: Range<Name | "workspace"> | undefined = from;
  do {
    const parts = partsOf(left, fan);
    const last = parts === 1;
    const to = last && result ? result : workspace.take(sums * parts * partBytes);
    levels.push({ terms: left, parts, from: source, to, last, inPlace: source?.operand === to.operand });
    [left, source] = [parts, to];
  } while (left > 1);
  return levels;
}
