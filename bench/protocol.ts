// What the benchmark is asked where it computes, in a page or in Node itself, and what it answers: plain data, since it travels between
// processes.
import type { AdapterInfo } from "../scripts/harness/adapter.ts";
import type { Answer } from "../scripts/harness/answer.ts";
import type { ConvDescriptor } from "../src/problem/problem.ts";
import type { BenchPass } from "./layer.ts";
import type { Conditions } from "./operations.ts";
import type { Roofline } from "./roofline.ts";

export interface Opened {
  readonly adapter: AdapterInfo;
  readonly userAgent: string;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
  readonly roofline: Roofline;
}

/** What is to be computed until the next one is prepared. */
export interface Work {
  readonly pass: BenchPass;
  /** Of the convolution, or of the transposed convolution. */
  readonly descriptor: ConvDescriptor;
}

export interface Order {
  /** An algorithm by name, "auto", or "find" for all that the engine finds by measuring. */
  readonly algorithm: string;
  readonly samples: number;
  /** Whether to time calls too, as those of peers are. */
  readonly calls: boolean;
}

/** How far a result is from what it should be. */
export interface Check {
  /** The largest difference of all elements. */
  readonly error: number;
  /** The largest that rounding explains. */
  readonly bound: number;
  /** What it should be: the CPU reference in float64, or where that takes too long the algorithm `direct` on a device of its own. */
  readonly against: "reference" | "direct";
}

/** One way to compute the work, and how it did. Times are milliseconds. */
export interface Result {
  readonly algorithm: string;
  readonly variant: string;
  /** Of the direct method, two for a multiply-add. */
  readonly flops: number;
  /** The fewest that must move. */
  readonly bytes: number;
  /** One run: the median of the samples. Nothing where it failed. */
  readonly milliseconds?: number;
  readonly samples?: readonly number[];
  /** The same where each run is a call of its own (calls.ts), if that was asked for. */
  readonly callMilliseconds?: number;
  readonly callSamples?: readonly number[];
  readonly workspaceBytes?: number;
  /** What is kept with the weights. */
  readonly preparedBytes?: number;
  /** Planning, with the compilation of kernels that no earlier row had. */
  readonly planMilliseconds?: number;
  /** The same and the first run, until it was done. */
  readonly firstMilliseconds?: number;
  /** Nothing where `find` checked it. */
  readonly check?: Check;
  /** What the planner would have guessed, where `find` measured. */
  readonly estimatedMilliseconds?: number;
  /** Why it does not serve the work. */
  readonly refused?: string;
  /** Why it could not run, or what `find` had against it. */
  readonly failed?: string;
}

/** What an operation beside convolution is set against, with the copies of the roofline. */
export interface CallRates {
  /** Numbers that kernels load in a second, as calibration finds it. */
  readonly loadsPerSecond: number;
  /** A call with one dispatch that computes one number. */
  readonly callMilliseconds: number;
}

/** An operation beside convolution that is to be computed. */
export interface OperationOrder extends Conditions {
  /** Its place in the list (operations.ts). */
  readonly entry: number;
  readonly samples: number;
}

/** How it did. */
export interface OperationResult {
  /** Of the tensors that it is given and of its results: the fewest that must move. */
  readonly bytes: number;
  /** Elements of the same. */
  readonly numbers: number;
  /** Two for each multiply-add of the direct method, where those are what the time is set against. */
  readonly flops?: number;
  /** One call: the median of the samples. Nothing where it failed. */
  readonly milliseconds?: number;
  readonly samples?: readonly number[];
  /** Of the result that is the furthest off. */
  readonly check?: Check;
  /** Why it could not run. */
  readonly failed?: string;
}

export interface Closed {
  /** What went wrong without an answer saying so: GPU errors that no call reported, a lost device. */
  readonly trouble: readonly string[];
  /** Compute pipelines that the engine compiled. */
  readonly pipelines: number;
  /** The most bytes of GPU memory that the engine held at once. */
  readonly peakBytes: number;
}

export interface Bench {
  /** Makes the engine and measures what the adapter can do. */
  open(): Promise<Answer<Opened>>;
  /** Uploads inputs for some work, in place of those before. */
  prepare(work: Work): Promise<Answer<null>>;
  /** Computes the work, checks it and times it. Several results for "find" alone. */
  run(order: Order): Promise<Answer<readonly Result[]>>;
  /** Measures what operations beside convolution are set against. */
  rates(): Promise<Answer<CallRates>>;
  /** Computes an operation beside convolution, checks it and times it. */
  operate(order: OperationOrder): Promise<Answer<OperationResult>>;
  close(): Promise<Answer<Closed>>;
}

declare global {
  interface Window {
    bench: Bench;
  }
}
