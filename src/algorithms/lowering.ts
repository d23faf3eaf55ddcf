// Lowering: a pass as correlations, determined once for each problem, for all algorithms. Every public function brings the lowering of its pass,
// so that the gradients are only in the bundles of those who compute them.
import type { Step } from "../kernel/step.ts";
import { type Correlation, forwardCorrelation } from "../problem/correlation.ts";
import type { ConvProblem } from "../problem/problem.ts";
import type { Algorithm, Unsupported } from "./algorithm.ts";
import type { Work } from "./cost.ts";
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
  /** The step after the correlations that folds the gradient of the padded input into that of the input. */
  readonly fold?: { readonly work: Work; step(): Step } | undefined;
  /** Changes the steps of a correlation, if algorithms plan them without knowing something of it. */
  readonly adapt?: (step: Step, c: Correlation) => Step;
  /** Extends an algorithm by ways to compute the correlations of this pass alone. */
  readonly extend?: (algorithm: Algorithm) => Algorithm;
  /** Why no algorithm can compute the correlations, if so. */
  readonly refused?: Unsupported;
}

/** Lowers a problem of some pass to correlations, for a device. */
export type Lower = (problem: ConvProblem, device: DeviceTraits) => Lowering;

/** The lowering of a problem that is one correlation. */
export function lowerWhole(
  problem: ConvProblem,
  device: DeviceTraits,
  correlationOf: (problem: ConvProblem) => Correlation,
): Lowering {
  const { N, C, K } = problem;
  const common = { problem, device, largest: 0, reservedBytes: 0, share: device };
  if (N * C * K > 0) return { ...common, correlations: [correlationOf(problem)] };
  // Sums of no terms, and nothing to fold.
  const fill = correlationOf({ ...problem, paddingMode: "zeros" });
  return { ...common, correlations: [], ...(fill.sizes.y > 0 && { fill }) };
}

export const lowerForward: Lower = (problem, device) => lowerWhole(problem, device, forwardCorrelation);
