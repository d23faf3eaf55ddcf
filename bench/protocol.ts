// What the benchmark is asked where it computes, in a page or in Node itself, and what it answers: plain data, since it travels between
// processes.
import type { AdapterInfo } from "../scripts/harness/adapter.ts";
import type { Answer } from "../scripts/harness/answer.ts";
import type { ConvDescriptor } from "../src/problem/problem.ts";
import type { KernelTime } from "./kernels.ts";
import type { BenchPass } from "./layer.ts";
import type { ModelOrder, ModelResult } from "./models/measure.ts";
import type { Conditions } from "./operations.ts";
import type { Roofline } from "./roofline.ts";
import type { TrainingOrder, TrainingResult } from "./training/measure.ts";

export interface Opened {
  readonly adapter: AdapterInfo;
  readonly userAgent: string;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly roofline: Roofline;
}

/** The work to compute until the next one is prepared. */
export interface Work {
  readonly pass: BenchPass;
  /** The descriptor of the convolution, or of the transposed convolution. */
  readonly descriptor: ConvDescriptor;
}

export interface Order {
  /** Algorithms by name or "auto", to time beside each other; or "find" alone for everything that `engine.find` measures. */
  readonly algorithms: readonly string[];
  readonly samples: number;
  /** Whether to time calls too, as for peers. */
  readonly calls: boolean;
  /** Whether to list the kernels that are compiled. */
  readonly kernels?: boolean;
}

/** The error of a result, and what it was compared with. */
export interface Check {
  /** The largest difference of any element. */
  readonly error: number;
  /** The largest error that rounding explains. */
  readonly bound: number;
  /** The ground truth: the CPU reference in float64, or if that takes too long the algorithm `direct` on a device of its own. */
  readonly against: "reference" | "direct";
}

/** The result of one way to compute the work. Times are in milliseconds. */
export interface Result {
  readonly algorithm: string;
  readonly variant: string;
  /** Of the direct method, two for a multiply-add. */
  readonly flops: number;
  /** The fewest that must move. */
  readonly bytes: number;
  /** One run: the median of the samples. Undefined if it failed. */
  readonly milliseconds?: number;
  readonly samples?: readonly number[];
  /** The time of a run that is a call of its own (calls.ts), if asked for. */
  readonly callMilliseconds?: number;
  readonly callSamples?: readonly number[];
  readonly workspaceBytes?: number;
  /** Bytes of prepacked weights. */
  readonly preparedBytes?: number;
  /** Planning for many runs after the first call, including the compilation of kernels that no earlier row used. */
  readonly planMilliseconds?: number;
  /** The first call, until the GPU finished it: planning, compiling and computing. */
  readonly firstMilliseconds?: number;
  /** The kernels that were compiled, by the first call and by the plan; absent unless asked for. */
  readonly kernels?: { readonly first: readonly KernelTime[]; readonly plan: readonly KernelTime[] };
  /** Undefined if `find` checked it. */
  readonly check?: Check;
  /** Whether it is what the planner would choose by itself, if `find` measured. */
  readonly chosen?: boolean;
  /** The planner's estimate, if `find` measured. */
  readonly estimatedMilliseconds?: number;
  /** Why the algorithm does not support the work. */
  readonly refused?: string;
  /** Why it could not run, or why `find` rejected it. */
  readonly failed?: string;
  /** Why `find` did not measure it. */
  readonly notMeasured?: string;
}

/** What operations beside convolution are compared with, besides the copies of the roofline. */
export interface CallRates {
  /** Values that kernels load in a second, by calibration. */
  readonly loadsPerSecond: number;
  /** The time of a call with one dispatch that computes one number. */
  readonly callMilliseconds: number;
}

/** An operation beside convolution to compute. */
export interface OperationOrder extends Conditions {
  /** Its index in the list (operations.ts). */
  readonly entry: number;
  readonly samples: number;
}

/** The result of an operation beside convolution. */
export interface OperationResult {
  /** Bytes of its inputs and results: the fewest that must move. */
  readonly bytes: number;
  /** Elements of its inputs and results. */
  readonly numbers: number;
  /** Two for each multiply-add of the direct method, if the time is compared with the roofline. */
  readonly flops?: number;
  /** One call: the median of the samples. Undefined if it failed. */
  readonly milliseconds?: number;
  readonly samples?: readonly number[];
  /** The check of the result with the largest relative error. */
  readonly check?: Check;
  /** Why it could not run. */
  readonly failed?: string;
}

export interface Closed {
  /** Errors that belong to no answer: GPU errors that no call reported, a lost device. */
  readonly trouble: readonly string[];
  /** Compute pipelines that the engine compiled. */
  readonly pipelines: number;
  /** The most bytes of GPU memory that the engine held at once. */
  readonly peakBytes: number;
}

export interface Bench {
  /** Creates the engine and measures the adapter. */
  open(): Promise<Answer<Opened>>;
  /** Uploads inputs for some work, in place of the previous ones. */
  prepare(work: Work): Promise<Answer<null>>;
  /** Computes the work by each algorithm, checks it and times it: a result for each, or with "find" for each candidate. */
  run(order: Order): Promise<Answer<readonly Result[]>>;
  /** Measures what operations beside convolution are compared with. */
  rates(): Promise<Answer<CallRates>>;
  /** Computes an operation beside convolution, checks it and times it. */
  operate(order: OperationOrder): Promise<Answer<OperationResult>>;
  /** Loads a model, runs it and times it, on an engine of its own. */
  model(order: ModelOrder): Promise<Answer<ModelResult>>;
  /** Trains a network, and times a step, on an engine of its own. */
  train(order: TrainingOrder): Promise<Answer<TrainingResult>>;
  close(): Promise<Answer<Closed>>;
}

declare global {
  interface Window {
    bench: Bench;
  }
}
