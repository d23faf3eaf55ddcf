// The length of the sums of a pass, which error bounds grow with.
import { elementCount } from "../base/shape.ts";
import { imageCells } from "./padding.ts";
import type { ConvProblem } from "./problem.ts";

/** The largest number of padded-input cells that repeat one input cell, whose gradient is the sum of theirs. */
function maxCopies({ input, padBegin, padEnd, paddingMode }: ConvProblem): number {
  return input.reduce((product, size, axis) => {
    const [begin, end] = [Math.max(0, padBegin[axis]!), Math.max(0, padEnd[axis]!)];
    const image = imageCells(paddingMode, size);
    if (paddingMode === "zeros") return product;
    if (paddingMode === "replicate") return product * (1 + (size === 1 ? begin + end : Math.max(begin, end)));
    return product * (1 + Math.ceil(begin / image) + Math.ceil(end / image));
  }, 1);
}

/** The largest number of terms in one output sum of the pass: the n of the error bound gamma_n. */
export function sumLength(problem: ConvProblem): number {
  const taps = elementCount(problem.kernel);
  if (problem.pass === "forward") return (problem.C / problem.groups) * taps;
  if (problem.pass === "backward-data") return (problem.K / problem.groups) * taps * maxCopies(problem);
  return problem.N * elementCount(problem.output);
}
