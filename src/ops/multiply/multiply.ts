// The product of two tensors, the second broadcast over the first, and its gradients.
import multiplyShader from "../../../shaders/ops/multiply/multiply.wgsl";
import termProductShader from "../../../shaders/ops/multiply/term-product.wgsl";
import combineShader from "../../../shaders/ops/shared/combine.wgsl";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Pair, type PairGradients, broadcastStep, reduceSteps } from "../shared/broadcast.ts";
import { checkLike } from "../shared/feature-map.ts";
import { checkBroadcasts } from "../shared/geometry/broadcast.ts";

/**
 * Multiplies two tensors, element by element. b has a's shape, or 1 in place of some sizes and is broadcast along those axes: a gate for
 * each channel, [N, C, 1, 1] or [N, 1, 1, C], or for each position, [N, 1, H, W] or [N, H, W, 1].
 *
 * @param a of any shape
 * @param b of a's rank, layout and element type
 * @returns a new tensor like a
 * @throws ConvError naming the invalid argument
 * @example const y = multiply(x, gate); // [N, C, H, W] and [N, C, 1, 1]
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
 * Gradients of `multiply`: dy * b, and dy * a summed over the axes along which b was broadcast.
 *
 * @param dy gradient of the result
 * @returns new tensors `da` like a and `db` like b
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = multiplyBackward(dy, x, gate);
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
      const sums = reduceSteps(pair, termProductShader, [whole("dy", dy), whole("a", a)], whole("db", db));
      return { ...sums, steps: [product, ...sums.steps] };
    },
  });
}

function checkPair(a: Tensor, b: Tensor): Pick<Tensor, "shape" | "layout" | "dtype"> & { pair: Pair } {
  const { shape, layout, dtype } = checkTensor("a", a);
  const other = checkTensor("b", b).shape;
  checkBroadcasts("b", other, shape);
  checkLike("b", b, { shape: other, layout, dtype }, "as a");
  return { shape, layout, dtype, pair: { shape, other, dtype } };
}
