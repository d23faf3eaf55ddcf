// convoke/reference: every operation of the engine on plain arrays, on the CPU, in float64. Slow beside a GPU, and right: it is what
// the engine's results are checked against. The second half takes canonical problems and flat arrays, for such checks.
export { conv, convBackwardBias, convBackwardData, convBackwardWeights, convTranspose } from "./operations.ts";
export type { ReferenceConvOptions, ReferenceOptions, ReferenceTransposeOptions } from "./operations.ts";
export * from "./ops/index.ts";
export type { Float64NdArray, NdArray } from "./ndarray.ts";

export { convProblem } from "../problem.ts";
export type { ConvDescriptor, ConvProblem } from "../problem.ts";
export { transposedProblem } from "../transposed.ts";
export type { TransposedDescriptor } from "../transposed.ts";
export { forward, transposed } from "./epilogue.ts";
export type { EpilogueOperands } from "./epilogue.ts";
export { backwardBias, backwardData, backwardWeights, forwardSum } from "./passes.ts";
export { activationValue, activationDerivative } from "./activation.ts";
export { ConvError } from "../error.ts";
