// The contract of an operator of graphs: what its result is, and how it is computed. operators.ts lists them.
import type { TensorDtype } from "../base/dtype.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Node, Value } from "./graph.ts";

/** A result of a node without its name. */
export type Result = Pick<Value, "shape" | "layout" | "dtype">;

type Inputs<Of> = Readonly<Record<string, Of>>;
type Options = Readonly<Record<string, unknown>>;

/** How outputs of a node depend on places of its input: for exact tiles of a picture. One entry for each spatial axis. */
export interface Reach {
  /** Output cell i needs input cells from floor(i * scale + begin) to ceil(i * scale + end), both included. */
  readonly scale: number;
  readonly begin: number;
  readonly end: number;
}

export interface Operator {
  /**
   * The results, in order, from what is known of the inputs.
   * @throws ConvError naming the argument that does not fit
   */
  infer(inputs: Inputs<Value>, options: Options): readonly Result[];
  /** Computes them. */
  run(inputs: Inputs<Tensor<TensorDtype>>, options: Options): readonly Tensor<TensorDtype>[];
  /** Multiply-adds, where they matter to the time. */
  multiplyAdds?(node: Node): number;
  /**
   * How the feature map that it makes depends on places of each feature map that it reads, by argument; "all" if each cell depends on the whole
   * map. Not given: "all".
   */
  reach?(node: Node): Readonly<Record<string, readonly Reach[] | "all">>;
}
