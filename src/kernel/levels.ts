// Long sums in levels: each invocation of a level adds FAN terms, and the next level adds what that leaves, until one number is left of
// each sum. There are many invocations however few sums there are, and the error grows with FAN times the number of levels, not with the
// number of terms (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2). The kernels differ (pairs, moments, strided
// terms); how many levels there are, and where each reads and writes, is decided here.
import type { Range } from "./dispatch.ts";
import type { Workspace } from "./workspace.ts";

/** Terms that an invocation adds, unless a kernel says otherwise. */
export const FAN = 64;

/** One level: of each sum, `terms` are added to `parts`. */
export interface Level<Name extends string = string> {
  readonly terms: number;
  readonly parts: number;
  /** The workspace range that the level before wrote: none for the first level, which reads operands. */
  readonly from: Range<Name> | undefined;
  readonly to: Range<Name>;
  /** Whether this is the last level: one part is left. */
  readonly last: boolean;
  /** Whether the level writes the workspace that it reads, which WebGPU requires it to bind as writable. */
  readonly inPlace: boolean;
}

export interface LeveledSums<Name extends string> {
  /** How many sums there are, and of how many terms each. */
  readonly sums: number;
  readonly terms: number;
  /** Bytes of one part in the workspace. */
  readonly partBytes: number;
  readonly fan?: number;
  /** Where the first level reads, if that is the workspace. */
  readonly from?: Range<Name>;
  /** Where the last level writes; a range of the workspace unless given. */
  readonly result?: Range<Name>;
}

/** Parts that the first level leaves of each sum of so many terms. */
export function partsOf(terms: number, fan = FAN): number {
  return Math.ceil(terms / fan);
}

/** The levels of sums, at least one. Results of levels lie in the workspace one after the other, those of a sum together. */
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
