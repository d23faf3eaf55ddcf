// The product of two tensors, one of them spread over the other, and its gradients.
import { checkTensor } from "../../gpu/tensor.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkSpreads } from "../shared/geometry/broadcast.ts";
import { type Pair, type PairGradients, broadcastStep, reduceSteps } from "../shared/broadcast.ts";
import { checkLike } from "../shared/feature-map.ts";
import { run, whole } from "../../gpu/operation.ts";
import multiplyShader from "../../../shaders/ops/multiply/multiply.wgsl";
import combineShader from "../../../shaders/ops/shared/combine.wgsl";

/**
 * a * b, element by element. b is of a's shape, or has 1 in place of sizes of it and is spread along those axes: a gate for each channel,
 * [N, C, 1, 1] or [N, 1, 1, C], or for each position, [N, 1, H, W] or [N, H, W, 1].
 *
 * @param a of any shape
 * @param b of a's rank, layout and type
 * @returns a new tensor like a
 * @throws ConvError naming the argument that does not fit
 */
export function multiply(a: Tensor, b: Tensor): Tensor {
  const { shape, layout, dtype, pair } = checkPair(a, b);
  const y = { shape, layout, dtype };
  return run({
    name: "multiply",
    inputs: { a, b },
    results: { y },
    recipe: () => ({
      steps: [broadcastStep(pair, [multiplyShader, combineShader], [whole("b", b), whole("a", a), whole("y", y)])],
    }),
  }).y;
}

/**
 * The gradients of `multiply`: dy * b, and dy * a summed over the axes along which b was spread.
 *
 * @param dy the gradient of its result
 * @returns new tensors `da` like a and `db` like b
 * @throws ConvError naming the argument that does not fit
 */
export function multiplyBackward(dy: Tensor, a: Tensor, b: Tensor): PairGradients {
  const { shape, layout, dtype, pair } = checkPair(a, b);
  checkLike("dy", dy, a, "as a");
  const da = { shape, layout, dtype };
  const db = { shape: b.shape, layout, dtype };
  return run({
    name: "multiplyBackward",
    inputs: { dy, a, b },
    results: { da, db },
    recipe: () => {
      const ranges = [whole("b", b), whole("dy", dy), whole("da", da)];
      const product = broadcastStep(pair, [multiplyShader, combineShader], ranges);
      const { steps, ...sums } = reduceSteps(pair, "term-product", [whole("dy", dy), whole("a", a)], whole("db", db));
      return { steps: [product, ...steps], ...sums };
    },
  });
}

function checkPair(
  a: Tensor,
  b: Tensor,
): Pick<Tensor, "shape" | "layout" | "dtype"> & { pair: Pair } {
  const { shape, layout, dtype } = checkTensor("a", a);
  const other = checkTensor("b", b).shape;
  checkSpreads("b", other, shape);
  checkLike("b", b, { shape: other, layout, dtype }, "as a");
  return { shape, layout, dtype, pair: { shape, other, dtype } };
}
