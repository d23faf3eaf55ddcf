// The product of two tensors, one of them spread over the other, and its gradients.
import type { Tensor } from "../tensor.ts";
import { checkSpreads } from "./geometry/broadcast.ts";
import { type Pair, type PairGradients, broadcastStep, reduceSteps } from "./shared/broadcast.ts";
import type { OperationContext } from "./shared/context.ts";
import { checkLike } from "./shared/feature-map.ts";
import { whole } from "./shared/operation.ts";

/**
 * a * b, element by element. b is of a's shape, or has 1 in place of sizes of it and is spread along those axes: a gate for each channel,
 * [N, C, 1, 1] or [N, 1, 1, C], or for each position, [N, 1, H, W] or [N, H, W, 1].
 *
 * @param a of any shape
 * @param b of a's rank, layout and type
 * @returns a new tensor like a
 * @throws ConvError naming the argument that does not fit
 */
export function multiply(context: OperationContext, a: Tensor, b: Tensor): Tensor {
  const { shape, layout, dtype, pair } = checkPair(context, a, b);
  const y = { shape, layout, dtype };
  return context.run({
    name: "multiply",
    inputs: { a, b },
    results: { y },
    recipe: () => ({
      steps: [broadcastStep(pair, ["ops/multiply", "ops/combine"], [whole("b", b), whole("a", a), whole("y", y)])],
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
export function multiplyBackward(context: OperationContext, dy: Tensor, a: Tensor, b: Tensor): PairGradients {
  const { shape, layout, dtype, pair } = checkPair(context, a, b);
  checkLike(context, "dy", dy, a, "as a");
  const da = { shape, layout, dtype };
  const db = { shape: b.shape, layout, dtype };
  return context.run({
    name: "multiplyBackward",
    inputs: { dy, a, b },
    results: { da, db },
    recipe: () => {
      const ranges = [whole("b", b), whole("dy", dy), whole("da", da)];
      const product = broadcastStep(pair, ["ops/multiply", "ops/combine"], ranges);
      const { steps, ...sums } = reduceSteps(pair, "term-product", [whole("dy", dy), whole("a", a)], whole("db", db));
      return { steps: [product, ...steps], ...sums };
    },
  });
}

function checkPair(
  context: OperationContext,
  a: Tensor,
  b: Tensor,
): Pick<Tensor, "shape" | "layout" | "dtype"> & { pair: Pair } {
  const { shape, layout, dtype } = context.check("a", a);
  const other = context.check("b", b).shape;
  checkSpreads("b", other, shape);
  checkLike(context, "b", b, { shape: other, layout, dtype }, "as a");
  return { shape, layout, dtype, pair: { shape, other, dtype } };
}
