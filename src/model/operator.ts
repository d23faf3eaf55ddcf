// The contract of an operator of graphs: what its result is, and how it is computed. operators.ts lists them.
import type { TensorDtype } from "../base/dtype.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Value } from "./graph.ts";

/** A result of a node without its name. */
export type Result = Pick<Value, "shape" | "layout" | "dtype">;

type Inputs<Of> = Readonly<Record<string, Of>>;
type Options = Readonly<Record<string, unknown>>;

export interface Operator {
  /**
   * The results, in order, from what is known of the inputs.
   * @throws ConvError naming the argument that does not fit
   */
  infer(inputs: Inputs<Value>, options: Options): readonly Result[];
  /** Computes them. */
  run(inputs: Inputs<Tensor<TensorDtype>>, options: Options): readonly Tensor<TensorDtype>[];
}
