// Runs the CPU reference in a worker: it takes seconds, and the page stays responsive.
import { type ConvProblem, backwardData, backwardWeights, forwardSum } from "convoke/reference";

export interface ReferenceQuestion {
  readonly problem: ConvProblem;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export type ReferenceAnswer = { readonly sums: Float64Array } | { readonly failed: string };

const COMPUTE = { forward: forwardSum, "backward-data": backwardData, "backward-weights": backwardWeights };

addEventListener("message", ({ data }: MessageEvent<ReferenceQuestion>) => {
  let answer: ReferenceAnswer;
  try {
    answer = { sums: COMPUTE[data.problem.pass](data.problem, data.first, data.second) };
  } catch (error) {
    answer = { failed: error instanceof Error ? error.message : String(error) };
  }
  postMessage(answer);
});
