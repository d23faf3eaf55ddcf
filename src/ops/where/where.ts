// The choice between two tensors by a condition, and its gradients.
import whereShader from "../../../shaders/ops/where/where.wgsl";
import type { TensorDtype } from "../../base/dtype.ts";
import { checkOptions } from "../../base/validate.ts";
import { run } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { sumsOf } from "../shared/broadcast-sums.ts";
import { type PairGradients, checkOperands, functionOf, runElementwise } from "../shared/broadcast.ts";
import { like } from "../shared/feature-map.ts";
import { type PairShapes, checkPairShapes } from "../shared/geometry/broadcast.ts";

/**
 * a where a condition holds, else b, element by element. All three are broadcast over each other: aligned at the last axis, sizes are equal, 1
 * or missing.
 *
 * @param condition holds where it is not 0 (NaN is not), of any element type
 * @param a of any shape up to 8 axes
 * @param b of a's element type
 * @returns a new tensor of the shape of all three, in the element type of a
 * @throws ConvError naming the invalid argument
 * @example const y = where(mask, scores, engine.tensor([-1e9], []));
 */
export function where(condition: Tensor<TensorDtype>, a: Tensor, b: Tensor): Tensor {
  const values = checkOperands({ a, b }, condition);
  return runElementwise("where", { condition, a, b }, functionOf(whereShader, "chosen"), { values });
}

/**
 * Gradients of `where`: da is dy where the condition holds and else 0, db the reverse; each is summed over the axes along which its tensor was
 * broadcast.
 *
 * @param dy gradient of the result
 * @param options the shapes of a and b if they are not that of dy
 * @returns new tensors `da` and `db` in the shapes of a and b
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = whereBackward(dy, mask, { bShape: [] });
 */
export function whereBackward(dy: Tensor, condition: Tensor<TensorDtype>, options: PairShapes = {}): PairGradients {
  checkOptions("options", options, ["aShape", "bShape"]);
  const { shape } = checkTensor("dy", dy);
  checkOperands({ dy }, condition);
  const [aShape, bShape] = checkPairShapes(options, shape, { "condition.shape": condition.shape });
  const [da, db] = [like(dy, aShape), like(dy, bShape)];
  return run({
    name: "whereBackward",
    inputs: { dy, condition },
    results: { da, db },
    recipe: () => {
      const common = { operands: { condition, dy }, values: dy };
      return sumsOf(
        { da, db },
        {
          da: { ...common, kernel: functionOf(whereShader, "where_true") },
          db: { ...common, kernel: functionOf(whereShader, "where_false") },
        },
      );
    },
  });
}
