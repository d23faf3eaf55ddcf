// The lowerings of the gradients.
import { roundUp } from "../base/shape.ts";
import { STORAGE_ALIGNMENT } from "../kernel/step.ts";
import { gradientOperands, inputGradient, phaseCount, repeatsInput, weightGradient } from "../problem/gradients.ts";
import { multiplyAdds } from "../problem/problem.ts";
import { oneStep, tooManyBytes } from "./algorithm.ts";
import { foldStep, foldWork, paddedBytes } from "./fold-padding.ts";
import { gatherStep, gatherWork } from "./gather-gradient.ts";
import { type Lower, lowerForward, lowerWhole } from "./lowering.ts";
import type { DeviceTraits } from "./traits.ts";

/** Most phases of which no device makes so little that gathering all in one dispatch would be worth measuring. */
const FEW_PHASES = 16;

/** Most dispatches besides those of the phases of an input gradient: the fill and the fold. */
const BESIDE_PHASES = 2;

export const lowerWeightGradient: Lower = (problem, device) => lowerWhole(problem, device, weightGradient);

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
  const count = phaseCount(problem);
  const gradient = {
    ...whole,
    reservedBytes,
    ...(repeatsInput(problem) && { fold: { work: foldWork(problem), step: () => foldStep(problem) } }),
    gather: {
      algorithm: "direct",
      candidate: oneStep("gather", gatherWork(problem), () => gatherStep(problem)),
      isListed: count > FEW_PHASES,
    },
  };
  const most = device.maxDispatches - BESIDE_PHASES;
  if (count > most)
    return {
      ...gradient,
      refused: { reason: `the stride cuts the gradient into ${count} phases, and a plan may have ${most} at most` },
    };
  const { phases, fills } = inputGradient(problem);
  const sizes = phases.map(multiplyAdds);
  return {
    ...gradient,
    correlations: phases,
    fill: fills ? whole.correlations[0] : undefined,
    largest: sizes.reduce((best, size, at) => (size > sizes[best]! ? at : best), 0),
    share: shareOf(device, reservedBytes, Math.max(1, phases.length)),
  };
};

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

const LOWERINGS = {
  forward: lowerForward,
  "backward-data": lowerInputGradient,
  "backward-weights": lowerWeightGradient,
};

/** Lowers a problem of any pass. */
export const lower: Lower = (problem, device) => LOWERINGS[problem.pass](problem, device);
