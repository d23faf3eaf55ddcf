// A call of an operation beside convolution as plain data.
import type { Dtype } from "../../src/base/dtype.ts";
import type { Layout } from "../../src/problem/problem.ts";
import type { OperationCall } from "../ops/call.ts";
import type { Spoiled } from "./call.ts";

export interface OperationCase {
  readonly operation: "operation";
  readonly call: OperationCall;
  readonly layout: Layout;
  readonly dtype: Dtype;
  /** At the place of a tensor, at "options" or a field of them. */
  readonly spoiled?: Spoiled;
  /** The seed of the values in its tensors. */
  readonly seed: number;
}
