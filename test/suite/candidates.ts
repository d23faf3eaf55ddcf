// The candidates and steps of an algorithm for a problem, for tests of all algorithms.
import type { Algorithm, Candidate } from "../../src/algorithms/algorithm.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { candidatesFor } from "../../src/algorithms/passes.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import type { Plan } from "../../src/kernel/step.ts";
import type { ConvProblem } from "../../src/problem/problem.ts";

/** The candidates of an algorithm, or only the one of a variant; none if it refuses the problem. */
export function candidatesOf(
  algorithm: Algorithm,
  problem: ConvProblem,
  device: DeviceTraits,
  variant?: string,
): readonly Candidate<Plan>[] {
  const list = candidatesFor(algorithm, lower(problem, device), variant);
  return "reason" in list ? [] : list;
}

/** The reason for which an algorithm refuses a problem; undefined if it does not. */
export function reasonOf(algorithm: Algorithm, problem: ConvProblem, device: DeviceTraits): string | undefined {
  const list = candidatesFor(algorithm, lower(problem, device));
  return "reason" in list ? list.reason : undefined;
}

/** All steps of a plan, beginning with the prepacking of weights. */
export function stepsOf({ preparation, steps }: Plan): Plan["steps"] {
  return [...(preparation?.steps ?? []), ...steps];
}
