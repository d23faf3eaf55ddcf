// Passes: lifts algorithms from correlations to problems. A pass is one or more correlations (lowering.ts), which the same algorithm computes one
// after the other in the same workspace.
import type { Triple } from "../base/shape.ts";
import { roundUp } from "../base/shape.ts";
import { type Binding, BINDING, type Plan, STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import type { Correlation } from "../problem/correlation.ts";
import {
  type Algorithm,
  type Candidate,
  type ErrorBound,
  type PartialPlan,
  SEQUENTIAL_SUM,
  type Unsupported,
  tooManyDispatches,
} from "./algorithm.ts";
import { fillStep } from "./fill.ts";
import type { Lowering } from "./lowering.ts";
import type { DeviceTraits } from "./traits.ts";

/** The only variant of a problem without correlations: it has no terms to sum, or no results. */
const ZEROS = "zeros";

/**
 * The ways in which an algorithm can compute a problem, as `Algorithm.candidates` gives them for a correlation. The variants are those of the
 * largest correlation; the others use the variant of the same name, or their default if they have none.
 */
export function candidatesFor(
  algorithm: Algorithm,
  lowering: Lowering,
  variant?: string,
): readonly Candidate<Plan>[] | Unsupported {
  const { correlations, largest, share, refused } = lowering;
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

/** The candidates of a correlation within the limit of dispatches. */
function allowed(
  algorithm: Algorithm,
  c: Correlation,
  device: DeviceTraits,
  variant?: string,
): readonly Candidate[] | Unsupported {
  const list = algorithm.candidates(c, device, variant);
  if ("reason" in list) return list;
  const few = list.filter(({ dispatches }) => dispatches <= device.maxDispatches);
  if (few.length > 0 || variant !== undefined) return few;
  return tooManyDispatches(Math.min(...list.map(({ dispatches }) => dispatches)), device);
}

/** Joins the candidates for the correlations of a problem, run one after the other, to a candidate for the problem. */
function joined(algorithm: string, lowering: Lowering, variant: string, list: readonly Candidate[]): Candidate<Plan> {
  const { fill, fold, reservedBytes } = lowering;
  let preparedBytes = 0;
  for (const one of list)
    if (one.preparedBytes > 0) preparedBytes = roundUp(preparedBytes, STORAGE_ALIGNMENT) + one.preparedBytes;
  return {
    variant,
    workspaceBytes: reservedBytes + largestOf(list, ({ workspaceBytes }) => workspaceBytes),
    preparedBytes,
    dispatches: list.reduce(
      (sum, { dispatches }) => sum + dispatches,
      Number(fill !== undefined) + Number(fold !== undefined),
    ),
    work: [...list.flatMap(({ work }) => work), ...(fold ? [fold.work] : [])],
    error: joinedError(list.map(({ error }) => error)),
    plan: () => ({ algorithm, variant, ...joinedPlan(lowering, list) }),
  };
}

/** The largest of the bounds: each output comes from one correlation. A bound below that of the sequential sum counts as that. */
function joinedError(errors: readonly ErrorBound[]): ErrorBound {
  const along = (axis: 0 | 1 | 2): number => largestOf(errors, ({ spread }) => spread[axis]);
  const spread: Triple = [along(0), along(1), along(2)];
  return {
    growth: Math.max(
      SEQUENTIAL_SUM.growth,
      largestOf(errors, ({ growth }) => growth),
    ),
    spread,
    norm: errors.some(({ norm }) => norm === "energy") ? "energy" : "windows",
    exactOnIntegers: errors.every(({ exactOnIntegers }) => exactOnIntegers),
  };
}

/** Joins plans, run one after the other; their prepacked weights lie side by side. */
function joinedPlan(lowering: Lowering, list: readonly Candidate[]): PartialPlan {
  const { correlations, fill, fold, reservedBytes, adapt } = lowering;
  const steps: Step[] = [];
  const preparation: Step[] = [];
  let bytes = 0;
  let workspaceBytes = 0;
  if (fill) steps.push(placed(fillStep(fill), reservedBytes, 0));
  for (const [at, candidate] of list.entries()) {
    const plan = candidate.plan();
    const prepared = roundUp(bytes, STORAGE_ALIGNMENT);
    const own = (step: Step): Step => placed(adapt ? adapt(step, correlations[at]!) : step, reservedBytes, prepared);
    steps.push(...plan.steps.map(own));
    workspaceBytes = Math.max(workspaceBytes, plan.workspaceBytes);
    if (!plan.preparation) continue;
    preparation.push(...plan.preparation.steps.map(own));
    bytes = prepared + plan.preparation.bytes;
  }
  if (fold) steps.push(placed(fold.step(), reservedBytes, 0));
  return {
    steps,
    workspaceBytes: reservedBytes + workspaceBytes,
    ...(bytes > 0 && { preparation: { steps: preparation, bytes } }),
  };
}

/** Moves the ranges of a step to their place in the joined plan: `padded` to the reserved workspace, and scratch memory behind it. */
function placed(step: Step, reserved: number, prepared: number): Step {
  const place = (range: Binding): Binding => {
    if (range.operand === "padded") return { ...range, operand: "workspace" };
    if (range.operand === "workspace") return { ...range, offset: range.offset + reserved };
    return range.operand === "prepared" ? { ...range, offset: range.offset + prepared } : range;
  };
  return declareReadWrite({ ...step, bindings: step.bindings.map(place) });
}

/** Declares as writable what a step reads from the buffer that it writes: WebGPU allows no read-only binding of it in the same dispatch. */
function declareReadWrite(step: Step): Step {
  const written = step.bindings.find(({ binding }) => binding === BINDING.output)?.operand;
  const read = step.bindings.filter(({ binding, operand }) => binding !== BINDING.output && operand === written);
  if (read.length === 0) return step;
  return { ...step, kernel: { ...step.kernel, readWrite: read.map(({ binding }) => binding) } };
}

function largestOf<T>(list: readonly T[], value: (one: T) => number): number {
  return list.reduce((largest, one) => Math.max(largest, value(one)), 0);
}
