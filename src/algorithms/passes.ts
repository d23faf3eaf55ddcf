// Passes: lifts algorithms from correlations to problems. A pass is one or more correlations, which the same algorithm computes one after the
// other in the same workspace. `lower` determines them once for each problem, for all algorithms.
import type { Triple } from "../base/shape.ts";
import { elementCount, roundUp } from "../base/shape.ts";
import { F32_BYTES } from "../kernel/element-types.ts";
import { type Binding, BINDING, type Plan, STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import { type Correlation, forwardCorrelation } from "../problem/correlation.ts";
import { gradientOperands, inputGradient, phaseCount, repeatsInput, weightGradient } from "../problem/gradients.ts";
import { type ConvProblem, multiplyAdds } from "../problem/problem.ts";
import {
  type Algorithm,
  type Candidate,
  type ErrorBound,
  type PartialPlan,
  SEQUENTIAL_SUM,
  type Unsupported,
  tooManyBytes,
  tooManyDispatches,
} from "./algorithm.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "./cost.ts";
import { fillStep, foldStep, paddedBytes } from "./fold-padding.ts";
import type { DeviceTraits } from "./traits.ts";

/** A problem as correlations, and the steps and memory that its plan needs besides theirs. */
export interface Lowering {
  readonly problem: ConvProblem;
  readonly device: DeviceTraits;
  readonly correlations: readonly Correlation[];
  /** The index of the correlation with the most multiply-adds. */
  readonly largest: number;
  /** The device traits with the share of memory and dispatches that each correlation may use. */
  readonly share: DeviceTraits;
  /** Bytes of workspace for the gradient of the padded input, in front of the scratch memory of the correlations. */
  readonly reservedBytes: number;
  /** The correlation that none of the others computes in part: a step before them fills its outputs. */
  readonly fill?: Correlation | undefined;
  /** Whether a step after the correlations folds the gradient of the padded input into that of the input. */
  readonly folds: boolean;
  /** The number of phases of the gradient of the input, if it exceeds the dispatches of a plan: `correlations` is then empty. */
  readonly tooManyPhases?: number;
  /** Why no algorithm can compute the problem, if so. */
  readonly refused?: Unsupported;
}

/** The only variant of a problem without correlations: it has no terms to sum, or no results. */
const ZEROS = "zeros";

/** The variant that computes the gradient of the input as one correlation. */
const GATHER = "gather";

/** Most phases of which no device makes so little that gathering all in one dispatch would be worth measuring. */
const FEW_PHASES = 16;

/** Most dispatches besides those of the phases of an input gradient: the fill and the fold. */
const BESIDE_PHASES = 2;

/** Each pass as one correlation, whose geometry is only that of the whole in the gradient of the input. */
const WHOLE = { forward: forwardCorrelation, "backward-data": gradientOperands, "backward-weights": weightGradient };

/** Lowers a problem to correlations, for a device. */
export function lower(problem: ConvProblem, device: DeviceTraits): Lowering {
  const { pass, N, C, K, input } = problem;
  const common = { problem, device, largest: 0, reservedBytes: 0, folds: false, correlations: [], share: device };
  if (N * C * K === 0 || (pass === "backward-data" && input.includes(0))) {
    // Sums of no terms, and nothing to fold.
    const fill = WHOLE[pass]({ ...problem, paddingMode: "zeros" });
    return { ...common, ...(fill.sizes.y > 0 && { fill }) };
  }
  const whole = WHOLE[pass](problem);
  if (pass !== "backward-data") return { ...common, correlations: [whole] };
  const folds = repeatsInput(problem);
  const reservedBytes = roundUp(paddedBytes(problem), STORAGE_ALIGNMENT);
  const gradient = { ...common, folds, reservedBytes };
  const mostBytes = Math.min(device.maxWorkspaceBytes, device.maxBindingBytes);
  if (reservedBytes > mostBytes)
    return { ...gradient, refused: tooManyBytes("the gradient of the padded input takes", reservedBytes, device) };
  const phases = phaseCount(problem);
  if (phases > device.maxDispatches - BESIDE_PHASES) return { ...gradient, tooManyPhases: phases };
  const { phases: correlations, fills } = inputGradient(problem);
  const sizes = correlations.map(multiplyAdds);
  return {
    ...gradient,
    correlations,
    fill: fills ? whole : undefined,
    largest: sizes.reduce((best, size, at) => (size > sizes[best]! ? at : best), 0),
    share: shareOf(device, reservedBytes, Math.max(1, correlations.length)),
  };
}

/**
 * The device traits with the share of one of `count` phases. Their prepacked weights lie side by side, so each gets an equal share of the
 * bytes, and also of the dispatches; only the scratch memory is reused.
 */
function shareOf(device: DeviceTraits, reservedBytes: number, count: number): DeviceTraits {
  const bytes = (device.maxWorkspaceBytes - reservedBytes) / count;
  const share = count === 1 ? bytes : Math.floor(bytes / STORAGE_ALIGNMENT) * STORAGE_ALIGNMENT;
  return {
    ...device,
    maxWorkspaceBytes: Math.max(0, share),
    maxDispatches: Math.floor((device.maxDispatches - BESIDE_PHASES) / count),
  };
}

/**
 * The ways in which an algorithm can compute a problem, as `Algorithm.candidates` gives them for a correlation. The variants are those of the
 * largest correlation; the others use the variant of the same name, or their default if they have none.
 */
export function candidatesFor(
  algorithm: Algorithm,
  lowering: Lowering,
  variant?: string,
): readonly Candidate<Plan>[] | Unsupported {
  const { problem, device, correlations, largest, share, refused, tooManyPhases } = lowering;
  if (refused) return refused;
  if (correlations.length === 0 && tooManyPhases === undefined)
    return variant === undefined || variant === ZEROS ? [joined(algorithm.name, lowering, ZEROS, [])] : [];
  const gathered = (): Candidate<Plan> =>
    joined(algorithm.name, { ...lowering, fill: undefined }, GATHER, [algorithm.gather!(problem, device)]);
  if (problem.pass === "backward-data" && algorithm.gather && (tooManyPhases !== undefined || variant === GATHER))
    return variant === undefined || variant === GATHER ? [gathered()] : [];
  if (tooManyPhases !== undefined) {
    const most = device.maxDispatches - BESIDE_PHASES;
    return {
      reason: `the stride cuts the gradient into ${tooManyPhases} phases, and a plan may have ${most} at most`,
    };
  }

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
  const candidates = leading.map((first) => {
    const each = lists.map((list, at) => (at === largest ? first : (named(at, first.variant) ?? list[0]!)));
    return joined(algorithm.name, lowering, first.variant, each);
  });
  const gathers = algorithm.gather && variant === undefined && correlations.length > FEW_PHASES;
  return gathers ? [...candidates, gathered()] : candidates;
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
  const { fill, folds, reservedBytes } = lowering;
  let preparedBytes = 0;
  for (const one of list)
    if (one.preparedBytes > 0) preparedBytes = roundUp(preparedBytes, STORAGE_ALIGNMENT) + one.preparedBytes;
  return {
    variant,
    workspaceBytes: reservedBytes + largestOf(list, ({ workspaceBytes }) => workspaceBytes),
    preparedBytes,
    dispatches: list.reduce((sum, { dispatches }) => sum + dispatches, Number(fill !== undefined) + Number(folds)),
    work: [...list.flatMap(({ work }) => work), ...foldWork(lowering)],
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

/** The work of the fold step, which reads the gradient of the padded input and writes that of the input. */
function foldWork({ problem, folds }: Lowering): Work[] {
  if (!folds) return [];
  const padded = paddedBytes(problem);
  const threads = problem.N * problem.C * elementCount(problem.input);
  const loads = padded / F32_BYTES + OUTPUT_LOADS * threads;
  return [{ threads, multiplyAdds: 0, loads, bytes: padded + numberBytes(threads) }];
}

/** Joins plans, run one after the other; their prepacked weights lie side by side. */
function joinedPlan({ problem, fill, folds, reservedBytes }: Lowering, list: readonly Candidate[]): PartialPlan {
  const steps: Step[] = [];
  const preparation: Step[] = [];
  let bytes = 0;
  let workspaceBytes = 0;
  if (fill) steps.push(placed(fillStep(fill), reservedBytes, 0));
  for (const candidate of list) {
    const plan = candidate.plan();
    const prepared = roundUp(bytes, STORAGE_ALIGNMENT);
    steps.push(...plan.steps.map((step) => placed(step, reservedBytes, prepared)));
    workspaceBytes = Math.max(workspaceBytes, plan.workspaceBytes);
    if (!plan.preparation) continue;
    preparation.push(...plan.preparation.steps.map((step) => placed(step, reservedBytes, prepared)));
    bytes = prepared + plan.preparation.bytes;
  }
  if (folds) steps.push(placed(foldStep(problem), reservedBytes, 0));
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
