// The first calls of a shape on software adapters, where kernels take longer to compile than to run a hundred times. Eager calls cannot wait for a
// compilation, so they start with kernels whose loops stay loops and whose tiles are small: these compile in a fraction of the time and compute
// the same bits, more slowly. The others are compiled after the calls that follow, if there are any.
import type { Plan, Step } from "../kernel/step.ts";
import type { Choice } from "../planner/choose.ts";

/** The call of a shape after which its kernels may be compiled again: a page that computes once never pays for it. */
export const FIRST_CALLS = 2;

/** Longest estimated run that starts brief: a longer one loses more than its kernels take to compile. */
const MOST_SECONDS = 0.1;

/**
 * Seconds of runs after which the kernels are compiled again where a call waits for them: lavapipe compiles when a kernel first runs, which takes it 0.3
 * to 3 s. A page that ran a shape for so long will mostly go on. SwiftShader compiles beside the calls.
 */
const WORTH_COMPILING = 0.5;

/** Seconds that a call takes at least, however short its run. */
const SHORTEST_CALL = 2e-4;

/** How the first eager calls of a shape run. */
export interface FirstCalls {
  /** How many there are. */
  readonly calls: number;
  /**
   * Whether their kernels are assembled brief. Lavapipe compiles loops that index arrays more slowly than unrolled ones: a transform of F(4, 3) in 0.8 s
   * instead of 0.3.
   */
  readonly loops: boolean;
}

/** The first calls of a shape, if they differ from later ones. */
export function firstCalls({ chosen: { measured, seconds: estimated }, device }: Choice): FirstCalls | undefined {
  const seconds = measured ?? estimated;
  const { software, quads } = device;
  if (!software || seconds > MOST_SECONDS) return undefined;
  if (quads) return { calls: FIRST_CALLS, loops: true };
  return { calls: Math.max(FIRST_CALLS, Math.ceil(WORTH_COMPILING / Math.max(seconds, SHORTEST_CALL))), loops: false };
}

/** Returns a step as first calls run it. */
export function briefStep({ brief, ...step }: Step, loops = true): Step {
  const { kernel, ...rest } = brief ?? step;
  return { ...rest, kernel: loops ? { ...kernel, brief: true } : kernel };
}

/** Returns a plan as first calls run it. */
export function briefPlan({ steps, preparation, ...plan }: Plan, { loops }: Pick<FirstCalls, "loops">): Plan {
  const brief = (step: Step): Step => briefStep(step, loops);
  return {
    ...plan,
    steps: steps.map(brief),
    ...(preparation && { preparation: { ...preparation, steps: preparation.steps.map(brief) } }),
  };
}
