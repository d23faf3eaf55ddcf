// Maxout (Goodfellow et al. 2013, section 3), and its gradient.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Maxout, type MaxoutOptions, maxoutOf } from "./geometry.ts";
import { checkLike } from "../shared/feature-map.ts";
import { itemsOf } from "../shared/items.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, type TensorDescription, whole } from "../../gpu/operation.ts";

/**
 * The largest of each `pieces` neighbouring channels: channel k of the result of the channels k * pieces to (k + 1) * pieces - 1. NaN is
 * passed on.
 *
 * @param x [N, C], [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor with C / pieces channels
 * @throws ConvError naming the argument that does not fit
 */
export function maxout(x: Tensor, options: MaxoutOptions): Tensor {
  const { shape, layout, dtype } = checkTensor("x", x);
  const groups = maxoutOf("x", shape, layout, options);
  const y = { shape: groups.shape, layout, dtype };
  return run({
    name: "maxout",
    inputs: { x },
    results: { y },
    parameters: groups.pieces,
    recipe: () => recipeOf("maxout", groups, y, [whole("x", x), whole("y", y)]),
  }).y;
}

/**
 * The gradient of `maxout` with respect to its x: dy at the largest of each group, the first one of equals.
 *
 * @param dy the gradient of its result
 * @param x that of the forward operation
 * @returns a new tensor like x
 * @throws ConvError naming the argument that does not fit
 */
export function maxoutBackward(dy: Tensor, x: Tensor, options: MaxoutOptions): Tensor {
  const { shape, layout, dtype } = checkTensor("x", x);
  const groups = maxoutOf("x", shape, layout, options);
  const y = { shape: groups.shape, layout, dtype };
  checkLike("dy", dy, y, "the result of this maxout");
  const dx = { shape, layout, dtype };
  return run({
    name: "maxoutBackward",
    inputs: { dy, x },
    results: { dx },
    parameters: groups.pieces,
    recipe: () => recipeOf("maxout-backward", groups, y, [whole("dy", dy), whole("x", x), whole("dx", dx)]),
  }).dx;
}

function recipeOf(kernel: string, { pieces, inner }: Maxout, result: TensorDescription, ranges: Range[]) {
  const items = itemsOf(result.dtype, inner);
  const threads = elementCount(result.shape) / items.lanes;
  const step = dispatch({
    shaders: [`ops/${kernel}`],
    aliases: items.aliases,
    ranges,
    uniforms: [threads, pieces, inner / items.lanes],
    threads,
  });
  return { steps: [step] };
}
