// The sum of many pairs of numbers in the workspace, in levels of 256 to one.
import { STORAGE_ALIGNMENT, type Step } from "../../kernel/step.ts";
import { roundUp } from "../../base/shape.ts";
import { SHARING } from "./lines.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import linesShader from "../../../shaders/ops/shared/lines.wgsl";
import lanesLinesShader from "../../../shaders/ops/shared/lanes-lines.wgsl";
import lineSharedShader from "../../../shaders/ops/shared/line-shared.wgsl";
import sumPairsShader from "../../../shaders/ops/shared/sum-pairs.wgsl";

/** Pairs that the sharing invocations of shaders/ops/sum-pairs.wgsl add. */
const PAIRS = 16 * SHARING;

/** Bytes of two float32 numbers. */
const PAIR_BYTES = 8;

export interface PairSums {
  /** Where the pairs have to be. */
  readonly from: Range;
  readonly steps: readonly Step<string>[];
  /** Where their sum is then. */
  readonly sums: Range;
  readonly bytes: number;
}

/** The sum of so many pairs: each goes through 32 additions at most for every factor of 256 of their number. */
export function pairSums(count: number): PairSums {
  const range = (offset: number, pairs: number): Range => ({
    operand: "workspace",
    offset,
    size: pairs * PAIR_BYTES,
  });
  const from = range(0, count);
  const steps: Step<string>[] = [];
  let sums = from;
  let bytes = from.size;
  for (let pairs = count; pairs > 1; pairs = Math.ceil(pairs / PAIRS)) {
    const parts = Math.ceil(pairs / PAIRS);
    const to = range(roundUp(bytes, STORAGE_ALIGNMENT), parts);
    steps.push(
      dispatch({
        shaders: [linesShader, lanesLinesShader, lineSharedShader, sumPairsShader],
        constants: { THREADS: SHARING },
        aliases: { L: "vec2f", W: "vec2f" },
        ranges: [sums, to],
        readWrite: [1],
        uniforms: [pairs, parts],
        threads: parts * SHARING,
      }),
    );
    sums = to;
    bytes = to.offset + to.size;
  }
  return { from, steps, sums, bytes };
}
