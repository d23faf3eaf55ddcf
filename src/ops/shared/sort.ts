// A stable counting sort (Knuth, The Art of Computer Programming, volume 3, section 5.2, algorithm D), digit by digit, the least significant
// first (section 5.2.5). One invocation counts a chunk of samples, so that no atomics are needed and the order is the same in every run.
import sortCountShader from "../../../shaders/ops/shared/sort-count.wgsl";
import sortScanShader from "../../../shaders/ops/shared/sort-scan.wgsl";
import sortScatterShader from "../../../shaders/ops/shared/sort-scatter.wgsl";
import sortStartsShader from "../../../shaders/ops/shared/sort-starts.wgsl";
import sortShader from "../../../shaders/ops/shared/sort.wgsl";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import type { Step } from "../../kernel/step.ts";
import type { Workspace } from "../../kernel/workspace.ts";

/** Keys of which one invocation finds the samples. */
const RUN = 8;

/** Fewest samples that one invocation counts. Larger chunks leave fewer counts to add up, but fewer invocations. */
const CHUNK = 128;

/** Most values of a digit: each chunk has a count for each. */
const MAX_BUCKETS = 256;

/**
 * Most counts of a segment, which one workgroup adds up in two loops. lavapipe ends the loops of an invocation after 65 535 iterations in all,
 * of which these take half.
 */
const MAX_COUNTS = 2 ** 20;

/** Samples, sorted within each segment. */
interface Sorting {
  readonly segments: number;
  /** Samples of a segment. */
  readonly samples: number;
  /** Keys are below this. */
  readonly keyCount: number;
  /** The key of each sample, by its index. */
  readonly keys: Range;
  /** The samples of each segment in any order. */
  readonly order: Range;
}

/** The number of digits of keys, and of the values of each. */
function digitsOf(keyCount: number): { digits: number; buckets: number } {
  let digits = 1;
  while (MAX_BUCKETS ** digits < keyCount) digits++;
  let buckets = Math.floor(keyCount ** (1 / digits));
  while (buckets ** digits < keyCount) buckets++;
  return { digits, buckets };
}

/** Bytes for each sample, about: its key, its place before and after, and its share of the counts. */
export function sortBytes(keyCount: number): number {
  return 4 * (3 + Math.ceil(digitsOf(keyCount).buckets / CHUNK));
}

/** The steps of a sort, and the samples in the order of their keys. */
export function sortSteps(
  workspace: Workspace,
  { segments, samples, keyCount, keys, order }: Sorting,
): { readonly steps: readonly Step<string>[]; readonly sorted: Range } {
  const { digits, buckets } = digitsOf(keyCount);
  const chunk = Math.max(CHUNK, Math.ceil((samples * buckets) / MAX_COUNTS));
  const chunks = Math.ceil(samples / chunk);
  const counts = workspace.numbers(segments * chunks * buckets);
  let [before, after]: [Range, Range] = [order, workspace.numbers(segments * samples)];
  const steps: Step<string>[] = [];
  for (let digit = 0; digit < digits; digit++) {
    const chunked = {
      uniforms: { samples, chunk, chunks, buckets, divisor: buckets ** digit },
      threads: segments * chunks,
    };
    steps.push(
      dispatch({ shaders: [sortShader, sortCountShader], ranges: [keys, before, counts], ...chunked }),
      dispatch({
        shaders: [sortScanShader],
        ranges: [counts],
        uniforms: { segments, counts: chunks * buckets },
        workgroups: segments,
      }),
      dispatch({ shaders: [sortShader, sortScatterShader], ranges: [keys, before, counts, after], ...chunked }),
    );
    [before, after] = [after, before];
  }
  return { steps, sorted: before };
}

/** The step that finds where the samples of each key begin, and where those of the last end: a number for each key of a segment, and one more. */
export function startsStep({ segments, samples, keyCount, keys }: Sorting, sorted: Range, starts: Range): Step<string> {
  return dispatch({
    shaders: [sortStartsShader],
    constants: { RUN },
    ranges: [keys, sorted, starts],
    uniforms: { samples, keys: keyCount },
    threads: segments * Math.ceil((keyCount + 1) / RUN),
  });
}
