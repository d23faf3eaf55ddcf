// Passes: lifts algorithms from correlations to problems. A pass is one or more correlations (lowering.ts), which the same algorithm computes one
// after the other in the same workspace.
import type { Plan } from "../kernel/step.ts";
import type { Correlation } from "../problem/correlation.ts";
import { type Algorithm, type Candidate, type Unsupported, tooManyDispatches } from "./algorithm.ts";
import { fillStep } from "./fill.ts";
import { inTime } from "./in-time.ts";
import { boundedCandidates } from "./long-sums.ts";
import type { Lowering } from "./lowering.ts";
import { inSequence, placed } from "./sequence.ts";
import type { DeviceTraits } from "./traits.ts";

/** The only variant of a problem without correlations: it has no terms to sum, or no results. */
const ZEROS = "zeros";

/**
 * The ways in which an algorithm can compute a problem, as `Algorithm.candidates` gives them for a correlation. The variants are those of the
 * largest correlation; the others use the variant of the same name, or their default if they have none.
 */
export function candidatesFor(
  given: Algorithm,
  lowering: Lowering,
  variant?: string,
): readonly Candidate<Plan>[] | Unsupported {
  const { correlations, largest, share, refused, extend } = lowering;
  const algorithm = extend?.(given) ?? given;
  if (correlations.length === 0 && !refused)
    return variant === undefined || variant === ZEROS ? [joined(algorithm.name, lowering, ZEROS, [])] : [];
  if (refused) return refused;

  const lists: (readonly Candidate[])[] = [];
  for (const c of correlations) {
    const list = allowed(algorithm, c, share);
    if ("reason" in list) return list;
    lists.push(list);
  }
  /** Finds the candidate of a name for one of the correlations, listed or not. */
  const named = (at: number, name: string): Candidate | undefined => {
    const listed = lists[at]!.find((one) => one.variant === name);
    if (listed) return listed;
    const found = allowed(algorithm, correlations[at]!, share, name);
    return "reason" in found ? undefined : found[0];
  };
  const leading =
    variant === undefined ? lists[largest]! : [named(largest, variant)].filter((one) => one !== undefined);
  return leading.map((first) => {
    const each = lists.map((list, at) => (at === largest ? first : (named(at, first.variant) ?? list[0]!)));
    return joined(algorithm.name, lowering, first.variant, each);
  });
}

/** The candidates of a correlation within the limit of dispatches, and of the time of each. */
function allowed(
  algorithm: Algorithm,
  c: Correlation,
  device: DeviceTraits,
  variant?: string,
): readonly Candidate[] | Unsupported {
  const list = boundedCandidates(algorithm, c, device, variant);
  if ("reason" in list) return list;
  const few = list
    .filter(({ dispatches }) => dispatches <= device.maxDispatches)
    .map((one) => inTime(algorithm, c, device, one));
  if (few.length > 0 || variant !== undefined) return few;
  return tooManyDispatches(Math.min(...list.map(({ dispatches }) => dispatches)), device);
}

/** Joins the candidates for the correlations of a problem, run one after the other, to a candidate for the problem. */
function joined(algorithm: string, lowering: Lowering, variant: string, list: readonly Candidate[]): Candidate<Plan> {
  const { correlations, fill, fold, reservedBytes, adapt } = lowering;
  const all = inSequence(variant, list, reservedBytes, adapt && ((step, at) => adapt(step, correlations[at]!)));
  return {
    ...all,
    dispatches: all.dispatches + Number(fill !== undefined) + Number(fold !== undefined),
    work: [...all.work, ...(fold ? [fold.work] : [])],
    plan: () => {
      const plan = all.plan();
      const steps = [
        ...(fill ? [placed(fillStep(fill), reservedBytes, 0)] : []),
        ...plan.steps,
        ...(fold ? [placed(fold.step(), reservedBytes, 0)] : []),
      ];
      return { algorithm, variant, ...plan, steps };
    },
  };
}
