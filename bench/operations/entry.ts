// The form of an entry in the list of operations to time (operations.ts).
import type { Dtype } from "../../src/base/dtype.ts";
import type { Tensor, TensorDtype } from "../../src/index.ts";
import type * as operations from "../../src/ops/index.ts";
import { noise } from "../../src/planner/noise.ts";
import type { NdArray } from "../../src/reference.ts";

type Operations = typeof operations;

/** A function of convoke/ops that computes on tensors; convoke/reference has one of the same name. `separate` factors kernels on the CPU. */
export type OperationName = Exclude<keyof Operations, "separate">;

/** Operations without options: the reference takes the layout as one more argument. */
type WithoutOptions =
  | "flatten"
  | "globalAveragePool"
  | "globalMaxPool"
  | "locallyConnectedBackwardBias"
  | "prelu"
  | "preluBackward";

type WithLayout = {
  readonly [Name in WithoutOptions]: (
    ...given: [...Parameters<Operations[Name]>, layout: object]
  ) => ReturnType<Operations[Name]>;
};

/** The functions that compute operations: those of convoke/ops, or those of convoke/reference, on arrays instead of tensors. */
export type Computer = Pick<Operations, Exclude<OperationName, WithoutOptions>> & WithLayout;

export type Tensors<Name extends string = string> = Readonly<Record<Name, Tensor>>;
/** What a call returns: tensors of numbers or of indices. */
export type Results = Readonly<Record<string, Tensor<TensorDtype>>>;
export type Arrays = Readonly<Record<string, NdArray>>;

/** An input tensor of an operation. */
export interface Input {
  /** The shape for one sample, channels first. */
  readonly shape: readonly number[];
  /** Whether its first axis is the batch; by default if it has two axes or more. */
  readonly batched?: boolean;
  /** Whether the layout moves its second axis; by default if it has three axes or more. */
  readonly map?: boolean;
  /** Whether these are weights [K, C, ...kernel], or channels last [...kernel, C, K]; false by default. */
  readonly weights?: boolean;
  /** Its values; uniform in [-1, 1) by default. */
  readonly values?: (count: number, seed: number) => ArrayLike<number>;
  /** An element type other than that of the benchmark. */
  readonly dtype?: Dtype;
}

/** The conditions of a call, besides its tensors. */
export interface Place {
  /** Merged into the options of operations on feature maps: the reference takes the layout as an option, tensors know their own. */
  readonly layout: object;
  /** Converts the shape of a feature map, in the form of Input.shape, to this layout and batch. */
  readonly shape: (ofOneSample: readonly number[]) => number[];
  /** Converts the shape of weights, in the form of Input.shape, to this layout. */
  readonly weights: (channelsFirst: readonly number[]) => number[];
}

export interface BenchOperation<Name extends string = string> {
  readonly operation: OperationName;
  /** The network that the shapes come from. */
  readonly name: string;
  /** Samples in a call, enough to outweigh the cost of calling (column "call"); 1 by default. */
  readonly batch?: number;
  /**
   * Multiply-adds of one sample by the direct method, for operations that consist of convolutions or resemble them. These are compared with
   * the roofline, the others with copying and loading.
   */
  readonly multiplyAdds?: number;
  readonly inputs: Readonly<Record<Name, Input>>;
  /** Computes more tensors from the inputs, untimed: results of a forward pass that its gradient reads, for instance. */
  before?(on: Computer, inputs: Tensors<Name>, place: Place): Results;
  /** The inputs and results of `before` that the call reads; all by default. */
  readonly given?: readonly string[];
  /** The timed call. The bytes it must move are those of its tensors and results. */
  call(on: Computer, tensors: Tensors<Name> & Tensors, place: Place): Results | void;
  /** The tensors that the call updates in place; the reference returns their new values instead. */
  readonly changes?: readonly string[];
}

/** Checks the names of an entry's inputs. */
export function entry<Name extends string>(one: BenchOperation<Name>): BenchOperation {
  return one;
}

/** Returns values in [1/2, 3/2), for variances. */
export function positive(count: number, seed: number): Float32Array {
  return noise(count, seed).map((value) => 1 + value / 2);
}

/** Returns a maker of class indices. */
export function classes(howMany: number): (count: number, seed: number) => Float32Array {
  return (count, seed) => noise(count, seed).map((value) => Math.floor(((value + 1) / 2) * howMany) % howMany);
}
