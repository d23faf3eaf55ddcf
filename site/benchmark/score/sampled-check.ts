// Checks a forward convolution by some of its outputs, computed in float64: all of them would take longer than the test may.
import type { ConvProblem } from "convoke";
import { errorBound } from "../bound.ts";
import type { Prepared } from "../prepare.ts";
import type { RowCheck } from "../rows.ts";
import { inSlices } from "../slices.ts";

/** Multiply-adds that a check may take. */
const MULTIPLY_ADDS = 2e6;
const MOST = 2048;

/** Consecutive outputs are a prime apart, so that they spread over channels, rows and columns. */
const STRIDE = 7919;

/** Whether outputs of a problem can be computed here: plain 2-D, channels first. */
function check2d({ rank, layout, pass }: ConvProblem): void {
  if (rank !== 2 || layout !== "channels-first" || pass !== "forward") throw new Error("a problem that is not sampled");
}

/** Returns an output and the sum over the magnitudes of its terms. */
function outputAt(problem: ConvProblem, x: Float32Array, w: Float32Array, at: number): [sum: number, largest: number] {
  const { C, K, groups, input, kernel, output, stride, padBegin, dilation } = problem;
  const [, height, width] = input;
  const [, R, S] = kernel;
  const [, P, Q] = output;
  const [q, p, k] = [at % Q, Math.floor(at / Q) % P, Math.floor(at / (P * Q)) % K];
  const own = C / groups;
  const first = Math.floor(k / (K / groups)) * own;
  let [sum, magnitude] = [0, 0];
  for (let c = 0; c < own; c++)
    for (let r = 0; r < R; r++) {
      const row = p * stride[1] + r * dilation[1] - padBegin[1];
      if (row < 0 || row >= height) continue;
      for (let s = 0; s < S; s++) {
        const column = q * stride[2] + s * dilation[2] - padBegin[2];
        if (column < 0 || column >= width) continue;
        const term = x[((first + c) * height + row) * width + column]! * w[((k * own + c) * R + r) * S + s]!;
        sum += term;
        magnitude += Math.abs(term);
      }
    }
  return [sum, magnitude];
}

/** Compares some outputs with sums in float64. */
export async function sampledCheck(
  { problem, operands: [x, w] }: Prepared,
  values: Float32Array,
  errorGrowth: number,
  signal: AbortSignal,
): Promise<RowCheck> {
  check2d(problem);
  const terms = (problem.C / problem.groups) * problem.kernel[1] * problem.kernel[2];
  const count = Math.min(values.length, MOST, Math.ceil(MULTIPLY_ADDS / terms));
  let [error, largest] = [0, 0];
  await inSlices(count, signal, (start, end) => {
    for (let sample = start; sample < end; sample++) {
      const at = (sample * STRIDE) % values.length;
      const [sum, magnitude] = outputAt(problem, x.values, w.values, at);
      const off = Math.abs(values[at]! - sum);
      error = off <= error ? error : Number.isNaN(off) ? Infinity : off;
      largest = Math.max(largest, magnitude);
    }
  });
  return { error, bound: errorBound(problem, errorGrowth, largest), against: "reference" };
}
