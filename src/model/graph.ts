// Graph: a network for inputs of known shapes, as plain data. A reader of a file format builds it, passes rewrite it, and the runner runs it.
// Nothing here needs a GPU.
import type { TensorDtype } from "../base/dtype.ts";
import type { Layout } from "../problem/problem.ts";

/** A tensor of a graph: an input, a constant, or a result of a node. */
export interface Value {
  /** Unique in the graph; the file's name where it has one. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The order of the axes of a feature map. Of other tensors it says nothing. */
  readonly layout: Layout;
  readonly dtype: TensorDtype;
  /** The elements of a constant, in row-major order; of "f16" as numbers. May be a view into the file. */
  readonly data?: Float32Array | Uint32Array;
}

/** An operation on tensors: a call of `conv`, or of a function of convoke/ops. */
export interface Node {
  /** Unique in the graph; the file's name where it has one, for messages and `explain`. */
  readonly name: string;
  /** The name of the function. */
  readonly operator: string;
  /** The tensors it reads, by the names of the function's arguments and options; those of a list are "0", "1" and so on. */
  readonly inputs: Readonly<Record<string, Value>>;
  /** The function's other arguments and options, by name. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The tensors it makes, in the order in which the operator lists them. */
  readonly outputs: readonly Value[];
  /** The names of other nodes of the file whose work it does as well. */
  readonly merged?: readonly string[];
}

/** A network for inputs of known shapes. */
export interface Graph {
  readonly inputs: readonly Value[];
  /** What a run returns: results of nodes, inputs or constants, under the file's names. */
  readonly outputs: ReadonlyMap<string, Value>;
  /** In an order in which each node comes after those whose results it reads. */
  readonly nodes: readonly Node[];
}

/** A size that a file leaves open has a name. */
export type Size = number | string;

/** An input or an output of a model, as the file declares it. */
export interface ModelTensor {
  readonly name: string;
  readonly shape: readonly Size[];
  readonly dtype: TensorDtype;
  readonly layout: Layout;
}

/** A network as a file describes it, with sizes that may be open. A reader makes it; each set of input shapes gives a graph. */
export interface ModelSource {
  readonly inputs: readonly ModelTensor[];
  readonly outputs: readonly ModelTensor[];
  /**
   * Returns the graph for inputs of the given shapes, by name.
   * @throws ConvError `shape-mismatch` or `unsupported-model` with the node's name
   */
  graph(shapes: Readonly<Record<string, readonly number[]>>): Graph;
}
