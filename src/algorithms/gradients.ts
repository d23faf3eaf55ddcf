// The lowerings of the gradients.
import { roundUp } from "../base/shape.ts";
import { STORAGE_ALIGNMENT } from "../kernel/step.ts";
import {
  type InputGradient,
  gradientOperands,
  inputGradient,
  repeatsInput,
  weightGradient,
} from "../problem/gradients.ts";
import { type ConvProblem, multiplyAdds } from "../problem/problem.ts";
import { tooManyBytes } from "./algorithm.ts";
import { foldStep, foldWork, paddedBytes } from "./fold-padding.ts";
import { withInnerProducts } from "./gemm/inner-product.ts";
import { type Lower, lowerForward, lowerWhole } from "./lowering.ts";
import { inPhases } from "./phases.ts";
import { shareOf } from "./sequence.ts";
import type { DeviceTraits } from "./traits.ts";

/** Most of the multiply-adds of a gradient by which outputs beyond the edges may add to them, and steps of most algorithms for a correlation. */
const MOST_BEYOND = 0.15;
const STEPS = 2;

/** Most dispatches besides those of the phases of an input gradient: the fill and the fold. */
const BESIDE_PHASES = 2;

export const lowerWeightGradient: Lower = (problem, device) => ({
  ...lowerWhole(problem, device, weightGradient),
  extend: withInnerProducts,
});

/** Lowers the gradient of the input, or the transposed convolution. */
export const lowerInputGradient: Lower = (problem, device) => {
  const whole = lowerWhole(problem, device, gradientOperands);
  if (whole.correlations.length === 0) return whole;
  const reservedBytes = roundUp(paddedBytes(problem), STORAGE_ALIGNMENT);
  if (reservedBytes > Math.min(device.maxWorkspaceBytes, device.maxBindingBytes))
    return {
      ...whole,
      refused: tooManyBytes("the gradient of the padded input takes", reservedBytes, device),
    };
  const { correlations, fills } = phasesOf(problem, device);
  const sizes = correlations.map(multiplyAdds);
  return {
    ...whole,
    reservedBytes,
    ...(repeatsInput(problem) && { fold: { work: foldWork(problem), step: () => foldStep(problem) } }),
    adapt: inPhases,
    correlations,
    fill: fills ? whole.correlations[0] : undefined,
    largest: sizes.reduce((best, size, at) => (size > sizes[best]! ? at : best), 0),
    share: shareOf(device, reservedBytes, Math.max(1, correlations.length), BESIDE_PHASES),
  };
};

/** The correlations of a gradient: as few as there can be, unless what they compute beyond the edges takes longer than the dispatches they save. */
function phasesOf(problem: ConvProblem, { rates }: DeviceTraits): InputGradient {
  const [few, even] = [inputGradient(problem), inputGradient(problem, true)];
  const sum = ({ correlations }: InputGradient): number => correlations.reduce((all, c) => all + multiplyAdds(c), 0);
  const beyond = sum(few) - sum(even);
  const saved = STEPS * (even.correlations.length - few.correlations.length) * rates.dispatch;
  return beyond <= MOST_BEYOND * sum(even) || beyond / rates.multiplyAdds <= saved ? few : even;
}

const LOWERINGS = {
  forward: lowerForward,
  "backward-data": lowerInputGradient,
  "backward-weights": lowerWeightGradient,
};

/** Lowers a problem of any pass. */
export const lower: Lower = (problem, device) => LOWERINGS[problem.pass](problem, device);
