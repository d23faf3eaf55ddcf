// The sum of many pairs of numbers in the workspace, in levels of 256 to one.
import lanesLinesShader from "../../../shaders/ops/shared/lanes-lines.wgsl";
import lineSharedShader from "../../../shaders/ops/shared/line-shared.wgsl";
import linesShader from "../../../shaders/ops/shared/lines.wgsl";
import sumPairsShader from "../../../shaders/ops/shared/sum-pairs.wgsl";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { levelsOf } from "../../kernel/levels.ts";
import { type Step, WORKGROUP_SIZE } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { THREADS_OF_LINE } from "./lines.ts";

/** Pairs that THREADS_OF_LINE invocations add to one: 16 each, PAIRS of shaders/ops/shared/sum-pairs.wgsl. */
const FAN = 16 * THREADS_OF_LINE;

/** Bytes of two float32 numbers. */
const PAIR_BYTES = 8;

/** The steps that sum pairs, and their ranges in the workspace. */
export interface PairSums {
  /** Where the pairs must be written. */
  readonly from: Range;
  readonly steps: readonly Step<string>[];
  /** Where their sum is after the steps: a single pair. */
  readonly sums: Range;
  readonly workspaceBytes: number;
}

/** The sum of `count` pairs: each passes through at most 32 additions for every factor of 256 of their number. */
export function pairSums(count: number): PairSums {
  const workspace = new Workspace();
  const from = workspace.take(count * PAIR_BYTES);
  // A single pair is its own sum.
  const levels = count > 1 ? levelsOf(workspace, { sums: 1, terms: count, partBytes: PAIR_BYTES, fan: FAN, from }) : [];
  const steps = levels.map(({ terms, parts, from: pairs, to }) =>
    dispatch({
      shaders: [linesShader, lanesLinesShader, lineSharedShader, sumPairsShader],
      constants: { THREADS: THREADS_OF_LINE },
      aliases: { L: "vec2f", U: "vec2u", W: "vec2f", K: "vec2u" },
      ranges: [pairs, to],
      readWrite: [1],
      uniforms: { count: terms, parts },
      workgroups: Math.ceil((parts * THREADS_OF_LINE) / WORKGROUP_SIZE),
    }),
  );
  return { from, steps, sums: levels.at(-1)?.to ?? from, workspaceBytes: workspace.bytes };
}
