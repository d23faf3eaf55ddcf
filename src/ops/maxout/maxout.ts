// Maxout, and its gradient.
import maxoutBackwardShader from "../../../shaders/ops/maxout/maxout-backward.wgsl";
import maxoutShader from "../../../shaders/ops/maxout/maxout.wgsl";
import { elementCount } from "../../base/shape.ts";
import { type Recipe, type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import type { Shader } from "../../kernel/shader.ts";
import { checkLike, like } from "../shared/feature-map.ts";
import { itemsOf } from "../shared/items.ts";
import { type Maxout, type MaxoutOptions, maxoutOf } from "./geometry.ts";

/**
 * Maxout (Goodfellow et al., "Maxout Networks", 2013, section 3): the largest of each `pieces` neighbouring channels. Channel k of the
 * result is the maximum of the channels k * pieces to (k + 1) * pieces - 1. NaN is passed on.
 *
 * @param x [N, C], [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor with C / pieces channels
 * @throws ConvError naming the invalid argument
 * @example const y = maxout(x, { pieces: 2 });
 */
export function maxout(x: Tensor, options: MaxoutOptions): Tensor {
  const { shape, layout } = checkTensor("x", x);
  const groups = maxoutOf("x", shape, layout, options);
  const y = like(x, groups.shape);
  return run({
    name: "maxout",
    inputs: { x },
    results: { y },
    parameters: groups.pieces,
    recipe: () => recipeOf(maxoutShader, groups, y, [whole("x", x), whole("y", y)]),
  }).y;
}

/**
 * Gradient of `maxout` with respect to x: dy at the largest of each group, the first of equals, and 0 elsewhere.
 *
 * @param dy gradient of the result
 * @param x the x of the forward operation
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = maxoutBackward(dy, x, { pieces: 2 });
 */
export function maxoutBackward(dy: Tensor, x: Tensor, options: MaxoutOptions): Tensor {
  const { shape, layout } = checkTensor("x", x);
  const groups = maxoutOf("x", shape, layout, options);
  const y = like(x, groups.shape);
  checkLike("dy", dy, y, "the result of this maxout");
  return run({
    name: "maxoutBackward",
    inputs: { dy, x },
    results: { dx: x },
    parameters: groups.pieces,
    recipe: () => recipeOf(maxoutBackwardShader, groups, y, [whole("dy", dy), whole("x", x), whole("dx", x)]),
  }).dx;
}

function recipeOf(
  shader: Shader,
  { pieces, inner }: Maxout,
  result: TensorDescription,
  ranges: readonly Range[],
): Recipe {
  const items = itemsOf(result.dtype, inner);
  const step = dispatch({
    shaders: [shader],
    aliases: items.aliases,
    ranges,
    uniforms: { pieces, inner: inner / items.lanes },
    threads: elementCount(result.shape) / items.lanes,
  });
  return { steps: [step] };
}
