// What an entry of the list of operations that are timed (operations.ts) says.
import type { Dtype } from "../../src/base/dtype.ts";
import type { Tensor } from "../../src/index.ts";
import type * as operations from "../../src/ops/index.ts";
import { noise } from "../../src/planner/noise.ts";
import type { NdArray } from "../../src/reference.ts";

type Operations = typeof operations;

/** A function of convoke/ops; convoke/reference has one of the same name. */
export type OperationName = keyof Operations;

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

/** What computes an operation: the functions of convoke/ops, or those of convoke/reference on arrays in place of tensors. */
export type Computer = Pick<Operations, Exclude<OperationName, WithoutOptions>> & WithLayout;

export type Tensors<Name extends string = string> = Readonly<Record<Name, Tensor>>;
export type Arrays = Readonly<Record<string, NdArray>>;

/** A tensor that an operation is given. */
export interface Input {
  /** Of one sample, with its channels first. */
  readonly shape: readonly number[];
  /** Whether its first axis is the batch; from two axes on unless given. */
  readonly batched?: boolean;
  /** Whether the layout says where its second axis lies; from three axes on unless given. */
  readonly map?: boolean;
  /** Whether these are the weights [K, C, ...kernel] of a convolution, channels last [...kernel, C, K]; false unless given. */
  readonly weights?: boolean;
  /** Its values; uniform in [-1, 1) unless given. */
  readonly values?: (count: number, seed: number) => ArrayLike<number>;
  /** An element type other than the one asked for. */
  readonly dtype?: Dtype;
}

/** What a call depends on beside its tensors. */
export interface Place {
  /** Joins the options of operations on feature maps: the reference is told the layout, which tensors know by themselves. */
  readonly layout: object;
  /** The shape of a feature map, given as that of an input, in this layout and batch. */
  readonly shape: (ofOneSample: readonly number[]) => number[];
  /** The shape of weights, given as that of an input, in this layout. */
  readonly weights: (channelsFirst: readonly number[]) => number[];
}

export interface BenchOperation<Name extends string = string> {
  readonly operation: OperationName;
  /** Where the shapes are from. */
  readonly name: string;
  /** Samples of a call, as many as make it long beside the cost of calling (the column "call" says): 1 unless given. */
  readonly batch?: number;
  /**
   * The multiply-adds of a sample by the direct method, of operations that are made of convolutions or like them: these are set beside
   * the roofline, as convolutions are, the others beside copying and loading.
   */
  readonly multiplyAdds?: number;
  readonly inputs: Readonly<Record<Name, Input>>;
  /** Makes more tensors of the inputs, such as results of a forward pass that its gradient reads. It is not timed. */
  before?(on: Computer, inputs: Tensors<Name>, place: Place): Tensors;
  /** Those of the inputs and of what `before` made that the call reads; all of them unless given. */
  readonly given?: readonly string[];
  /** The call that is timed: the bytes that it has to move are those of its tensors and of its results. */
  call(on: Computer, tensors: Tensors<Name> & Tensors, place: Place): Tensors | void;
  /** The tensors that the call changes in place: the engine leaves its results there, the reference returns them. */
  readonly changes?: readonly string[];
}

/** An entry by its own inputs' names. */
export function entry<Name extends string>(one: BenchOperation<Name>): BenchOperation {
  return one;
}

/** Values in [1/2, 3/2), such as variances. */
export function positive(count: number, seed: number): Float32Array {
  return noise(count, seed).map((value) => 1 + value / 2);
}

/** Numbers of classes. */
export function classes(howMany: number): (count: number, seed: number) => Float32Array {
  return (count, seed) => noise(count, seed).map((value) => Math.floor(((value + 1) / 2) * howMany) % howMany);
}
