// The entry `convoke`: everything public except operations, the reference and adapters, which have entries of their own.
export { ConvError, type ConvErrorCode } from "./base/error.ts";
export { conv } from "./conv/conv.ts";
export { convBackwardData, convBackwardWeights } from "./conv/gradients.ts";
export { convTranspose, convTransposeBackwardData, convTransposeBackwardWeights } from "./conv/transposed.ts";
export { convBackwardBias } from "./conv/bias-gradient.ts";
export { Engine, type EngineInfo, type EngineOptions, createEngine } from "./engine.ts";
export type {
  ActivationGradientOptions,
  ConvBackwardBiasOptions,
  ConvBackwardDataOptions,
  ConvBackwardWeightsOptions,
  ConvOptions,
  ConvTransposeBackwardDataOptions,
  ConvTransposeBackwardWeightsOptions,
  ConvTransposeOptions,
  EpilogueOptions,
} from "./conv/options.ts";
export type { ConvPlan } from "./conv/conv-plan.ts";
export type { Abortable, PlanOptions } from "./conv/plan-cache.ts";
export type { ConvBuffers } from "./conv/buffers.ts";
export type { ConvInputs } from "./conv/operands.ts";
export type { Dtype, TensorDtype } from "./base/dtype.ts";
export { Tensor, type TensorOptions } from "./gpu/tensor.ts";
export { type ActivationName, type ActivationOption } from "./problem/activation.ts";
export type { ActivationGradient, ActivationGradientOption } from "./problem/activation-gradient.ts";
export type { ConvDescriptor, ConvProblem, GeometryOptions, Layout, Pass } from "./problem/problem.ts";
export type { Padding, PaddingMode } from "./problem/padding.ts";
export type { Binding, Constant, Kernel, Step } from "./kernel/step.ts";
export type { Operand } from "./problem/operand.ts";
export type { Shader } from "./kernel/shader.ts";
export type { Uniforms } from "./kernel/uniforms.ts";
export type { Constraints, Measurements } from "./planner/choose.ts";
export type { FindOptions, FindProgress, Found } from "./conv/find-options.ts";
export type { TuningStore } from "./planner/store.ts";
export type { Rates } from "./algorithms/cost.ts";
export type { Calibration, Environment, TuningData, TuningEntry } from "./planner/tuning-data.ts";
export type { TuningTable } from "./planner/tuning.ts";
export type { DeviceSource } from "./gpu/device.ts";
export type { MemoryReport } from "./gpu/memory.ts";
