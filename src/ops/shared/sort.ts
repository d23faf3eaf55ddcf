// A stable counting sort (Knuth, The Art of Computer Programming, volume 3, section 5.2, algorithm D), digit by digit, the least significant
// first (section 5.2.5). One invocation counts a chunk of samples, so that no atomics are needed and the order is the same in every run.
import sortCountShader from "../../../shaders/ops/shared/sort-count.wgsl";
import sortScanShader from "../../../shaders/ops/shared/sort-scan.wgsl";
import sortScatterShader from "../../../shaders/ops/shared/sort-scatter.wgsl";
import sortShader from "../../../shaders/ops/shared/sort.wgsl";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import type { Step } from "../../kernel/step.ts";
import type { Workspace } from "../../kernel/workspace.ts";

/** Samples that one invocation counts. Larger chunks leave fewer counts to add up, but fewer invocations. */
const CHUNK = 128;

/** Samples, sorted within each segment. */
interface Sorting {
  readonly segments: number;
  /** Samples of a segment. */
  readonly samples: number;
  /** The values of each digit of a key, the least significant digit first. */
  readonly digits: readonly number[];
  /** The key of each sample, by its index. */
  readonly keys: Range;
  /** The samples of each segment in any order. */
  readonly order: Range;
}

/** Bytes for each sample, about, of digits of up to `buckets` values: its key, its place before and after, and its share of the counts. */
export function sortBytes(buckets: number): number {
  return 4 * (3 + Math.ceil(buckets / CHUNK));
}

/** The steps of a sort, and the samples in the order of their keys. */
export function sortSteps(
  workspace: Workspace,
  { segments, samples, digits, keys, order }: Sorting,
): { readonly steps: readonly Step<string>[]; readonly sorted: Range } {
  const chunks = Math.ceil(samples / CHUNK);
  const counts = workspace.numbers(segments * chunks * Math.max(...digits));
  let [before, after]: [Range, Range] = [order, workspace.numbers(segments * samples)];
  let divisor = 1;
  const steps = digits.flatMap((buckets) => {
    const chunked = {
      constants: { CHUNK },
      uniforms: { samples, chunks, buckets, divisor },
      threads: segments * chunks,
    };
    const pass = [
      dispatch({ shaders: [sortShader, sortCountShader], ranges: [keys, before, counts], ...chunked }),
      dispatch({
        shaders: [sortScanShader],
        ranges: [counts],
        uniforms: { segments, counts: chunks * buckets },
        workgroups: segments,
      }),
      dispatch({ shaders: [sortShader, sortScatterShader], ranges: [keys, before, counts, after], ...chunked }),
    ];
    divisor *= buckets;
    [before, after] = [after, before];
    return pass;
  });
  return { steps, sorted: before };
}
