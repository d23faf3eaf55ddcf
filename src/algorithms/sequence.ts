// Candidates in sequence: plans of several correlations as one, run one after the other. They share the workspace, behind a part of it that is reserved
// for results that all of them write; their prepacked weights lie side by side.
import type { Triple } from "../base/shape.ts";
import { roundUp } from "../base/shape.ts";
import { type Binding, BINDING, STORAGE_ALIGNMENT, type Step } from "../kernel/step.ts";
import {
  type Candidate,
  type ErrorBound,
  type PartialPlan,
  SEQUENTIAL_SUM,
  preparationsOf,
  sharedTextures,
} from "./algorithm.ts";
import type { DeviceTraits } from "./traits.ts";

/**
 * The device traits with the share of one of `count` candidates. Their prepacked weights lie side by side, so each gets an equal share of the
 * bytes, and also of the dispatches but `beside`; only the scratch memory is reused.
 */
export function shareOf(device: DeviceTraits, reservedBytes: number, count: number, beside: number): DeviceTraits {
  const bytes = (device.maxWorkspaceBytes - reservedBytes) / count;
  const share = count === 1 ? bytes : Math.floor(bytes / STORAGE_ALIGNMENT) * STORAGE_ALIGNMENT;
  return {
    ...device,
    maxWorkspaceBytes: Math.max(0, share),
    maxDispatches: Math.floor((device.maxDispatches - beside) / count),
  };
}

type Adapt = (step: Step, at: number) => Step;

/**
 * Returns the candidate that consists of several in sequence; those write to the operand `padded` what goes to the reserved part of the workspace.
 * @param adapt changes the steps of the candidate at a place
 */
export function inSequence(
  variant: string,
  list: readonly Candidate[],
  reservedBytes: number,
  adapt?: Adapt,
): Candidate {
  let preparedBytes = 0;
  for (const one of list)
    if (one.preparedBytes > 0) preparedBytes = roundUp(preparedBytes, STORAGE_ALIGNMENT) + one.preparedBytes;
  return {
    variant,
    workspaceBytes: reservedBytes + largestOf(list, ({ workspaceBytes }) => workspaceBytes),
    preparedBytes,
    ...sharedTextures(list),
    preparations: list.reduce((sum, one) => sum + preparationsOf(one), 0),
    dispatches: list.reduce((sum, { dispatches }) => sum + dispatches, 0),
    work: list.flatMap(({ work }) => work),
    error: joinedError(list.map(({ error }) => error)),
    plan: () => joinedPlan(list, reservedBytes, adapt),
  };
}

/**
 * The largest of the bounds. A bound below that of the sequential sum counts as that. A growth in half precision covers sequential sums of as many terms
 * in float32.
 */
function joinedError(errors: readonly ErrorBound[]): ErrorBound {
  const along = (axis: 0 | 1 | 2): number => largestOf(errors, ({ spread }) => spread[axis]);
  const spread: Triple = [along(0), along(1), along(2)];
  const halfTerms = largestOf(errors, (error) => error.halfTerms ?? 0);
  return {
    ...(halfTerms > 0 && { halfTerms }),
    growth: Math.max(
      SEQUENTIAL_SUM.growth,
      largestOf(errors, ({ growth }) => growth),
    ),
    spread,
    norm: errors.some(({ norm }) => norm === "energy") ? "energy" : "windows",
    exactOnIntegers: errors.every(({ exactOnIntegers }) => exactOnIntegers),
  };
}

function joinedPlan(list: readonly Candidate[], reservedBytes: number, adapt?: Adapt): PartialPlan {
  const steps: Step[] = [];
  const preparation: Step[] = [];
  let bytes = 0;
  let workspaceBytes = 0;
  for (const [at, candidate] of list.entries()) {
    const plan = candidate.plan();
    const prepared = roundUp(bytes, STORAGE_ALIGNMENT);
    const own = (step: Step): Step => placed(adapt ? adapt(step, at) : step, reservedBytes, prepared);
    steps.push(...plan.steps.map(own));
    workspaceBytes = Math.max(workspaceBytes, plan.workspaceBytes);
    if (!plan.preparation) continue;
    preparation.push(...plan.preparation.steps.map(own));
    bytes = prepared + plan.preparation.bytes;
  }
  return {
    steps,
    workspaceBytes: reservedBytes + workspaceBytes,
    ...(bytes > 0 && { preparation: { steps: preparation, bytes } }),
  };
}

/** Moves the ranges of a step to their place in the joined plan: `padded` to the reserved workspace, and scratch memory behind it. */
export function placed(step: Step, reserved: number, prepared: number): Step {
  const place = (range: Binding): Binding => {
    if (range.operand === "padded") return { ...range, operand: "workspace" };
    if (range.operand === "workspace") return { ...range, offset: range.offset + reserved };
    return range.operand === "prepared" ? { ...range, offset: range.offset + prepared } : range;
  };
  const { brief, ...own } = step;
  return {
    ...declareReadWrite({ ...own, bindings: step.bindings.map(place) }),
    ...(brief && { brief: placed(brief, reserved, prepared) }),
  };
}

/** Declares as writable what a step reads from the buffer that it writes: WebGPU allows no read-only binding of it in the same dispatch. */
function declareReadWrite(step: Step): Step {
  const written = step.bindings.find(({ binding }) => binding === BINDING.output)?.operand;
  const read = step.bindings.filter(
    ({ binding, operand, texture }) => binding !== BINDING.output && operand === written && !texture,
  );
  if (read.length === 0) return step;
  return { ...step, kernel: { ...step.kernel, readWrite: read.map(({ binding }) => binding) } };
}

function largestOf<T>(list: readonly T[], value: (one: T) => number): number {
  return list.reduce((largest, one) => Math.max(largest, value(one)), 0);
}
