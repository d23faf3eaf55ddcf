// The interface of a peer that computes operations beside convolution: functions named like those of convoke/ops, on its own arrays, so that an
// entry of the list (../operations.ts) calls a peer as it calls Convoke.
import type { Layout } from "../../src/index.ts";
import * as reference from "../../src/reference.ts";
import type { Calls } from "../calls.ts";
import { type Conditions, OPERATIONS, givenTo, inputShape, inputValues, referencePlace } from "../operations.ts";
import type { Arrays, BenchOperation, Computer, OperationName, Place, Tensors } from "../operations/entry.ts";

/** The functions that a peer has. Each takes what the function of convoke/ops takes, with arrays of the peer, and returns the like. */
export type PeerFunctions = Readonly<Partial<Record<OperationName, (...given: never[]) => unknown>>>;

/** An operation for a peer to compute: an entry of the list, with values for its inputs. */
export interface OperationTask {
  readonly one: BenchOperation;
  readonly place: Place;
  /** The tensors that the call takes. */
  readonly given: Arrays;
  /** These and all others of the entry: some engines' gradients read other results of the forward pass. */
  readonly all: Arrays;
  readonly expected: Arrays;
}

/** A prepared operation: inputs on the GPU. */
export interface OperationRunner extends Calls {
  /** The results of the last call, by their names in the entry. */
  read(): Promise<Readonly<Record<string, ArrayLike<number>>>>;
  /** Frees everything made for the task. */
  dispose(): void;
}

export interface OperationPeer {
  /** The layout of its models. */
  readonly layout: Layout;
  /** Whether it has the operation. */
  has(operation: OperationName): boolean;
  prepare(task: OperationTask): Promise<OperationRunner>;
}

/** Returns an entry with its inputs and the results of the reference on them. */
export function operationTask(entry: number, conditions: Conditions): OperationTask {
  const one = OPERATIONS[entry]!;
  const inputs = Object.entries(one.inputs).map(([name, input], at) => {
    const shape = inputShape(input, conditions);
    const count = shape.reduce((product, size) => product * size, 1);
    return [name, { data: Float32Array.from(inputValues(input, count, at + 1)), shape }] as const;
  });
  const place = referencePlace(conditions);
  const computer = reference as unknown as Computer;
  const { given, rest } = givenTo(one, computer, Object.fromEntries(inputs) as unknown as Tensors, place);
  const taken = rounded(given as unknown as Arrays);
  const expected = one.call(computer, taken as unknown as Tensors, place) as unknown as Arrays;
  return { ...{ one, place, expected, given: taken }, all: { ...rounded(rest as unknown as Arrays), ...taken } };
}

/** Rounds the results of the reference to float32: peers take no other numbers. */
function rounded(arrays: Arrays): Arrays {
  const each = Object.entries(arrays).map(([name, { data, shape }]) => [
    name,
    { data: Float32Array.from(data), shape },
  ]);
  return Object.fromEntries(each) as Arrays;
}

/** The options of pooling, as entries give them. */
export interface Window {
  kernelSize: number;
  stride?: number;
  padding?: number;
}

/** The options of resizing. */
export interface Resizing {
  scale?: number;
  outputSize?: number;
  mode?: string;
  coordinates?: string;
  antialias?: boolean;
}

/** The parameters of normalisations, in a peer's arrays. */
export interface NormParameters<Value> {
  scale: Value;
  bias: Value;
  mean: Value;
  variance: Value;
}

/** Calls an entry on a peer's arrays. */
export function callEntry<Value>(
  { one, place, given }: OperationTask,
  functions: PeerFunctions,
  all: Readonly<Record<string, Value>>,
): Record<string, Value> {
  const tensors = Object.fromEntries(Object.keys(given).map((name) => [name, all[name]!]));
  const returned = one.call(functions as unknown as Computer, tensors as unknown as Tensors, place) ?? {};
  return { ...(returned as unknown as Record<string, Value>) };
}
