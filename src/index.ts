// What a user imports; nothing else is public.
export { ConvError, type ConvErrorCode } from "./error.ts";
export { Engine, type EngineInfo, type EngineOptions, createEngine } from "./engine.ts";
export type {
  ActivationGradientOptions,
  ConvBackwardBiasOptions,
  ConvBackwardDataOptions,
  ConvBackwardWeightsOptions,
  ConvOptions,
  ConvTransposeBackwardDataOptions,
  ConvTransposeOptions,
  EpilogueOptions,
} from "./operations.ts";
export type * from "./ops/types.ts";
export { ConvPlan } from "./conv-plan.ts";
export type { ConvBuffers, ConvInputs } from "./operands.ts";
export type { Dtype } from "./dtype.ts";
export { Tensor, type TensorOptions } from "./tensor.ts";
export { type ActivationName, type ActivationOption } from "./activation.ts";
export type { ActivationGradient, ActivationGradientOption } from "./activation-gradient.ts";
export type { ConvDescriptor, ConvProblem, GeometryOptions, Layout, Pass } from "./problem.ts";
export type { Padding, PaddingMode } from "./padding.ts";
export type { Binding, Constant, Kernel, Operand, Step } from "./plan.ts";
export type { Constraints, Measurements } from "./planner/choose.ts";

export type { FindOptions, FindProgress, Found } from "./planner/find.ts";
export type { TuningStore } from "./planner/store.ts";
export type { Rates } from "./algorithms/work.ts";
export type { Calibration, TuningData, TuningEntry, TuningTable } from "./planner/tuning.ts";
export type { DeviceSource } from "./gpu/device.ts";
export type { MemoryReport } from "./gpu/memory.ts";
export { type Separated, separate } from "./separate.ts";
export { type Recorder, Stopwatch, type Timing } from "./gpu/stopwatch.ts";
