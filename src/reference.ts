// The entry `convoke/reference`: every function of convoke and convoke/ops on NdArrays, on the CPU, in float64. Slow: it exists to check the
// engine's results. The last group takes canonical problems and flat arrays, for such checks.
export { conv, convTranspose } from "./reference/conv.ts";
export type { ReferenceConvOptions, ReferenceOptions, ReferenceTransposeOptions } from "./reference/conv.ts";
export {
  type ReferenceGradientOptions,
  type ReferenceTransposeDataGradientOptions,
  type ReferenceTransposeWeightGradientOptions,
  type ReferenceWeightGradientOptions,
  convBackwardBias,
  convBackwardData,
  convBackwardWeights,
  convTransposeBackwardData,
  convTransposeBackwardWeights,
} from "./reference/gradients.ts";
export type { ReferenceActivationGradientOptions } from "./reference/activation-gradient.ts";
export * from "./ops/reference.ts";
export type { Float64NdArray, NdArray } from "./reference/ndarray.ts";

export { convProblem } from "./problem/problem.ts";
export type { ConvDescriptor, ConvProblem } from "./problem/problem.ts";
export { transposedProblem } from "./problem/transposed.ts";
export type { TransposedDescriptor } from "./problem/transposed.ts";
export { forward, transposed } from "./reference/epilogue.ts";
export type { EpilogueOperands } from "./reference/epilogue.ts";
export { backwardBias, backwardData, backwardWeights, forwardSum } from "./reference/passes.ts";
export { activationDerivative, activationValue } from "./reference/activation.ts";
export { ConvError } from "./base/error.ts";
