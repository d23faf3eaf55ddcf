// convoke/reference: every operation of the engine on plain arrays, on the CPU, in float64. Slow beside a GPU, and right: it is what
// the engine's results are checked against. The second half takes canonical problems and flat arrays, for such checks.
export { conv, convBackwardBias, convBackwardData, convBackwardWeights, convTranspose } from "./reference/conv.ts";
export type { ReferenceConvOptions, ReferenceOptions, ReferenceTransposeOptions } from "./reference/conv.ts";
export * from "./ops/reference.ts";
export type { Float64NdArray, NdArray } from "./reference/ndarray.ts";

export { convProblem } from "./problem/problem.ts";
export type { ConvDescriptor, ConvProblem } from "./problem/problem.ts";
export { transposedProblem } from "./problem/transposed.ts";
export type { TransposedDescriptor } from "./problem/transposed.ts";
export { forward, transposed } from "./reference/epilogue.ts";
export type { EpilogueOperands } from "./reference/epilogue.ts";
export { backwardBias, backwardData, backwardWeights, forwardSum } from "./reference/passes.ts";
export { activationValue, activationDerivative } from "./reference/activation.ts";
export { ConvError } from "./base/error.ts";
