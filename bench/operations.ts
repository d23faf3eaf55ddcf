// The operations beside convolution that are timed, each on the shapes of a network that has it. To add one: an entry below.
import type { Dtype } from "../src/dtype.ts";
import type { Engine, Layout, Tensor } from "../src/index.ts";
import type * as operations from "../src/ops/index.ts";
import { noise } from "../src/planner/noise.ts";
import { joinShape } from "../src/problem.ts";
import type { NdArray } from "../src/reference/index.ts";

/** A method of the engine, and a function of the reference. */
export type OperationName = keyof typeof operations;

/** What computes an operation: the engine, or the reference on arrays in place of tensors. */
export type Computer = Pick<Engine, OperationName>;

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
  /** Its values; uniform in [-1, 1) unless given. */
  readonly values?: (count: number, seed: number) => ArrayLike<number>;
  /** An element type other than the one asked for. */
  readonly dtype?: Dtype;
}

/** What a call depends on beside its tensors. */
export interface Place {
  /** Joins the options of operations on feature maps: the reference is told the layout, which tensors know by themselves. */
  readonly layout: { readonly layout?: Layout };
  /** The shape of a feature map, given as that of an input, in this layout and batch. */
  readonly shape: (ofOneSample: readonly number[]) => number[];
}

export interface BenchOperation<Name extends string = string> {
  readonly operation: OperationName;
  /** Where the shapes are from. */
  readonly name: string;
  /** Samples of a call, as many as make it long beside the cost of calling (the column "call" says): 1 unless given. */
  readonly batch?: number;
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
function entry<Name extends string>(one: BenchOperation<Name>): BenchOperation {
  return one;
}

export const OPERATIONS: readonly BenchOperation[] = [
  entry({
    operation: "averagePool",
    name: "ResNet-50, the whole map",
    batch: 32,
    inputs: { x: { shape: [1, 2048, 7, 7] } },
    call: (on, { x }, { layout }) => ({ y: on.averagePool(x, { kernelSize: 7, ...layout }) }),
  }),
  entry({
    operation: "averagePool",
    name: "DenseNet-121, 2x2 s2",
    batch: 4,
    inputs: { x: { shape: [1, 128, 56, 56] } },
    call: (on, { x }, { layout }) => ({ y: on.averagePool(x, { kernelSize: 2, ...layout }) }),
  }),
  entry({
    operation: "averagePool",
    name: "Inception-v3, 3x3",
    batch: 4,
    inputs: { x: { shape: [1, 192, 35, 35] } },
    call: (on, { x }, { layout }) => ({ y: on.averagePool(x, { kernelSize: 3, stride: 1, padding: 1, ...layout }) }),
  }),
  entry({
    operation: "averagePoolBackward",
    name: "ResNet-50, the whole map",
    batch: 32,
    inputs: { dy: { shape: [1, 2048, 1, 1] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.averagePoolBackward(dy, { kernelSize: 7, inputShape: shape([1, 2048, 7, 7]), ...layout }),
    }),
  }),
  entry({
    operation: "averagePoolBackward",
    name: "DenseNet-121, 2x2 s2",
    batch: 4,
    inputs: { dy: { shape: [1, 128, 28, 28] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.averagePoolBackward(dy, { kernelSize: 2, inputShape: shape([1, 128, 56, 56]), ...layout }),
    }),
  }),
  entry({
    operation: "averagePoolBackward",
    name: "Inception-v3, 3x3",
    batch: 4,
    inputs: { dy: { shape: [1, 192, 35, 35] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.averagePoolBackward(dy, {
        ...{ kernelSize: 3, stride: 1, padding: 1, inputShape: shape([1, 192, 35, 35]) },
        ...layout,
      }),
    }),
  }),
];

/** The circumstances that an entry is computed in. */
export interface Circumstances {
  readonly layout: Layout;
  readonly dtype: Dtype;
  /** Samples of a call. */
  readonly batch: number;
}

/** The shape of an input in a layout and batch. */
export function inputShape(
  { shape, batched = shape.length > 1, map = shape.length > 2 }: Input,
  { layout, batch }: Pick<Circumstances, "layout" | "batch">,
): number[] {
  const [first, ...rest] = shape as [number, ...number[]];
  const samples = batched ? batch * first : first;
  if (!map) return [samples, ...rest];
  const [channels, ...spatial] = rest as [number, ...number[]];
  return joinShape(samples, channels, spatial, layout);
}

/** The numbers of an input. */
export function inputValues({ values = noise }: Input, count: number, seed: number): ArrayLike<number> {
  return values(count, seed);
}

/** Where the engine computes. */
export function enginePlace(circumstances: Circumstances): Place {
  return { layout: {}, shape: (shape) => inputShape({ shape }, circumstances) };
}

/** Where the reference does. */
export function referencePlace(circumstances: Circumstances): Place {
  return { ...enginePlace(circumstances), layout: { layout: circumstances.layout } };
}

/** What the call is given, and what was made on the way. */
export function givenTo(
  one: BenchOperation,
  on: Computer,
  inputs: Tensors,
  place: Place,
): { given: Tensors; rest: Tensors } {
  const all = Object.entries({ ...inputs, ...one.before?.(on, inputs, place) });
  const isGiven = ([name]: [string, unknown]): boolean => one.given?.includes(name) ?? true;
  return {
    given: Object.fromEntries(all.filter(isGiven)),
    rest: Object.fromEntries(all.filter((named) => !isGiven(named))),
  };
}

/** What a call returns, and what it changes. */
export function resultsOf(one: BenchOperation, tensors: Tensors, returned: Tensors | void): Tensors {
  const changed = (one.changes ?? []).map((name) => [name, tensors[name]!]);
  return { ...(Object.fromEntries(changed) as Tensors), ...returned };
}
