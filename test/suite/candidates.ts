// What an algorithm offers for a problem, for tests of all algorithms.
import type { Algorithm, Candidate } from "../../src/algorithms/algorithm.ts";
import { candidatesFor, lower } from "../../src/algorithms/passes.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import type { Plan } from "../../src/kernel/step.ts";
import type { ConvProblem } from "../../src/problem/problem.ts";

/** The candidates of an algorithm, none where it refuses the problem; with a variant the one of that name. */
export function candidatesOf(
  algorithm: Algorithm,
  problem: ConvProblem,
  device: DeviceTraits,
  variant?: string,
): readonly Candidate<Plan>[] {
  const list = candidatesFor(algorithm, lower(problem, device), variant);
  return "reason" in list ? [] : list;
}

/** Why an algorithm refuses a problem; undefined where it does not. */
export function reasonOf(algorithm: Algorithm, problem: ConvProblem, device: DeviceTraits): string | undefined {
  const list = candidatesFor(algorithm, lower(problem, device));
  return "reason" in list ? list.reason : undefined;
}

/** Every step of a plan, those of its preparation first. */
export function stepsOf({ preparation, steps }: Plan): Plan["steps"] {
  return [...(preparation?.steps ?? []), ...steps];
}
