// From correlations to problems: a pass is one correlation or several, each computed by the same algorithm, one after the other in the same
// workspace. Which they are is worked out once a problem (`lower`) and handed to every algorithm.
import type { Triple } from "../base/shape.ts";
import { elementCount, roundUp } from "../base/shape.ts";
import { F32_BYTES } from "../kernel/element-types.ts";
import { type Binding, BINDING, type Plan, STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import { type Correlation, forwardCorrelation } from "../problem/correlation.ts";
import { inputGradient, phaseCount, repeatsInput, weightGradient } from "../problem/gradients.ts";
import { type ConvProblem, multiplyAdds } from "../problem/problem.ts";
import {
  type Algorithm,
  type Candidate,
  type ErrorBound,
  type PartialPlan,
  SEQUENTIAL_SUM,
  type Unsupported,
  tooManyDispatches,
} from "./algorithm.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "./cost.ts";
import { fillStep, foldStep, paddedBytes } from "./fold-padding.ts";
import type { DeviceTraits } from "./traits.ts";

/** A problem as correlations, and what a plan of them has beside theirs. */
export interface Lowering {
  readonly problem: ConvProblem;
  readonly device: DeviceTraits;
  readonly correlations: readonly Correlation[];
  /** The one with the most multiply-adds. */
  readonly largest: number;
  /** What an algorithm may use for each of the correlations. */
  readonly share: DeviceTraits;
  /** Workspace that holds the gradient of the padded input, before the scratch memory of the correlations. */
  readonly reservedBytes: number;
  /** Cells that no correlation writes are filled before them. */
  readonly fills: boolean;
  /** The border of an input that its padding repeats is folded after them. */
  readonly folds: boolean;
  /** Phases of the gradient of the input, where a plan has no dispatches for so many: there are no correlations then. */
  readonly tooManyPhases?: number;
  /** Why no algorithm can compute it. */
  readonly refused?: Unsupported;
}

/** The variant of a problem in which no output depends on any cell. */
const ZEROS = "zeros";

/** The variant that computes the gradient of the input as one correlation. */
const GATHER = "gather";

/** Dispatches beside those of the phases of a gradient of the input, at most: the fill and the fold. */
const BESIDE_PHASES = 2;

/** The correlations of a problem on a device. */
export function lower(problem: ConvProblem, device: DeviceTraits): Lowering {
  const common = { problem, device, largest: 0, reservedBytes: 0, fills: false, folds: false };
  if (problem.pass !== "backward-data") {
    const correlation = problem.pass === "forward" ? forwardCorrelation(problem) : weightGradient(problem);
    return { ...common, correlations: [correlation], share: device };
  }
  const folds = repeatsInput(problem);
  const reservedBytes = roundUp(paddedBytes(problem), STORAGE_ALIGNMENT);
  const gradient = { ...common, folds, reservedBytes, correlations: [], share: device };
  const mostBytes = Math.min(device.maxWorkspaceBytes, device.maxBindingBytes);
  if (reservedBytes > mostBytes) {
    const reason = `the gradient of the padded input takes ${reservedBytes} bytes of workspace, more than the ${mostBytes} allowed`;
    return { ...gradient, refused: { reason } };
  }
  const phases = phaseCount(problem);
  if (phases > device.maxDispatches - BESIDE_PHASES) return { ...gradient, tooManyPhases: phases };
  const { phases: correlations, fills } = inputGradient(problem);
  const sizes = correlations.map(multiplyAdds);
  return {
    ...gradient,
    correlations,
    fills,
    largest: sizes.reduce((best, size, at) => (size > sizes[best]! ? at : best), 0),
    share: shareOf(device, reservedBytes, Math.max(1, correlations.length)),
  };
}

/**
 * What an algorithm may use for one of so many phases. What their plans prepack lies side by side, so each gets an equal share of the bytes,
 * and of the dispatches; only their scratch memory is the same.
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
 * How an algorithm can compute a problem: what `Algorithm.candidates` is for a correlation. The variants are those of the largest
 * correlation; the others take the variant of the same name, or where they have none their default.
 */
export function candidatesFor(
  algorithm: Algorithm,
  lowering: Lowering,
  variant?: string,
): readonly Candidate<Plan>[] | Unsupported {
  const { problem, device, correlations, largest, share, refused, tooManyPhases } = lowering;
  if (refused) return refused;
  if (problem.pass === "backward-data" && algorithm.gather && (tooManyPhases !== undefined || variant === GATHER)) {
    if (variant !== undefined && variant !== GATHER) return [];
    return [joined(algorithm.name, { ...lowering, fills: false }, GATHER, [algorithm.gather(problem, device)])];
  }
  if (tooManyPhases !== undefined) {
    const most = device.maxDispatches - BESIDE_PHASES;
    return {
      reason: `the stride cuts the gradient into ${tooManyPhases} phases, and a plan has dispatches for ${most} at most`,
    };
  }
  if (correlations.length === 0)
    return variant === undefined || variant === ZEROS ? [joined(algorithm.name, lowering, ZEROS, [])] : [];

  const lists: (readonly Candidate[])[] = [];
  for (const c of correlations) {
    const list = allowed(algorithm, c, share);
    if ("reason" in list) return list;
    lists.push(list);
  }
  /** The candidate of a name for one of the correlations, listed or not. */
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

/** The candidates of a correlation that have no more dispatches than are allowed. */
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

/** Candidates for the correlations of a problem, one after the other, as a candidate for the problem. */
function joined(algorithm: string, lowering: Lowering, variant: string, parts: readonly Candidate[]): Candidate<Plan> {
  const { fills, folds, reservedBytes } = lowering;
  let preparedBytes = 0;
  for (const part of parts)
    if (part.preparedBytes > 0) preparedBytes = roundUp(preparedBytes, STORAGE_ALIGNMENT) + part.preparedBytes;
  return {
    variant,
    workspaceBytes: reservedBytes + largestOf(parts, ({ workspaceBytes }) => workspaceBytes),
    preparedBytes,
    dispatches: parts.reduce((sum, { dispatches }) => sum + dispatches, Number(fills) + Number(folds)),
    work: [...parts.flatMap(({ work }) => work), ...foldWork(lowering)],
    error: joinedError(parts.map(({ error }) => error)),
    plan: () => ({ algorithm, variant, ...joinedPlan(lowering, parts) }),
  };
}

/** Each output comes from one of the correlations: the largest bound holds for all. A bound below that of the sequential sum is not used. */
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

/** The work of the fold: a gradient of the padded input is read, and the sums of its copies written. */
function foldWork({ problem, folds }: Lowering): Work[] {
  if (!folds) return [];
  const padded = paddedBytes(problem);
  const threads = problem.N * problem.C * elementCount(problem.input);
  const loads = padded / F32_BYTES + OUTPUT_LOADS * threads;
  return [{ threads, multiplyAdds: 0, loads, bytes: padded + numberBytes(threads) }];
}

/** The plans one after the other; what they prepack lies side by side. */
function joinedPlan({ problem, fills, folds, reservedBytes }: Lowering, parts: readonly Candidate[]): PartialPlan {
  const steps: Step[] = [];
  const preparation: Step[] = [];
  let bytes = 0;
  let workspaceBytes = 0;
  if (fills) steps.push(placed(fillStep(problem), reservedBytes, 0));
  for (const part of parts) {
    const plan = part.plan();
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

/** A step in its place in the plan: its scratch memory after what is reserved, which is where `padded` lies. */
function placed(step: Step, reserved: number, prepared: number): Step {
  const place = (range: Binding): Binding => {
    if (range.operand === "padded") return { ...range, operand: "workspace" };
    if (range.operand === "workspace") return { ...range, offset: range.offset + reserved };
    return range.operand === "prepared" ? { ...range, offset: range.offset + prepared } : range;
  };
  return declareReadWrite({ ...step, bindings: step.bindings.map(place) });
}

/** A buffer that a kernel writes may only be bound for writing in that dispatch: what is read of it is declared so too. */
function declareReadWrite(step: Step): Step {
  const written = step.bindings.find(({ binding }) => binding === BINDING.output)?.operand;
  const read = step.bindings.filter(({ binding, operand }) => binding !== BINDING.output && operand === written);
  if (read.length === 0) return step;
  return { ...step, kernel: { ...step.kernel, readWrite: read.map(({ binding }) => binding) } };
}

function largestOf<T>(list: readonly T[], value: (one: T) => number): number {
  return list.reduce((largest, one) => Math.max(largest, value(one)), 0);
}
