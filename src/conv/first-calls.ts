// The first calls of a shape on SwiftShader, where kernels take longer to compile than to run a hundred times. Eager calls cannot wait for a
// compilation, so they start with kernels whose loops stay loops and whose tiles are small: these compile in a fraction of the time and compute
// the same bits, more slowly. The others are compiled beside the calls that follow, if there are any.
import type { Plan, Step } from "../kernel/step.ts";
import type { Choice } from "../planner/choose.ts";

/** The call of a shape after which its kernels are compiled again: a page that computes once never pays for it. */
export const FIRST_CALLS = 2;

/** Longest estimated run that starts brief: a longer one loses more than its kernels take to compile. */
const MOST_SECONDS = 0.1;

/** Whether eager calls start with brief kernels: on SwiftShader, whose subgroups are quads. On other software adapters nobody measured it. */
export function startsBrief({ chosen: { measured, seconds }, device }: Choice): boolean {
  return device.quads && (measured ?? seconds) <= MOST_SECONDS;
}

/** Returns a step as first calls run it. */
export function briefStep({ kernel, uniforms, workgroups, brief: own, ...step }: Step): Step {
  return {
    ...step,
    kernel: { ...kernel, constants: { ...kernel.constants, ...own?.constants }, brief: true },
    uniforms: { ...uniforms, ...own?.uniforms },
    workgroups: own?.workgroups ?? workgroups,
  };
}

/** Returns a plan as first calls run it. */
export function briefPlan({ steps, preparation, ...plan }: Plan): Plan {
  return {
    ...plan,
    steps: steps.map(briefStep),
    ...(preparation && { preparation: { ...preparation, steps: preparation.steps.map(briefStep) } }),
  };
}
