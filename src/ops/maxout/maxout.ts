// Maxout, and its gradient.
import maxoutBackwardShader from "../../../shaders/ops/maxout/maxout-backward.wgsl";
import { elementCount } from "../../base/shape.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { LARGEST, reduced } from "../reduce/reduce.ts";
import { compose } from "../shared/composition.ts";
import { checkLike, like } from "../shared/feature-map.ts";
import { itemsOf } from "../shared/items.ts";
import { type MaxoutOptions, maxoutOf } from "./geometry.ts";

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
  const { outer, pieces, inner } = groups;
  return compose((composition) => {
    const view = composition.temporary(x.view([outer, pieces, inner], layout));
    const y = reduced(composition, "maxout", { x: view }, [outer, 1, inner], { combine: LARGEST });
    return y.view(groups.shape, layout);
  });
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
  checkLike("dy", dy, like(x, groups.shape), "the result of this maxout");
  return run({
    name: "maxoutBackward",
    inputs: { dy, x },
    results: { dx: x },
    parameters: groups.pieces,
    recipe: () => {
      const items = itemsOf(x.dtype, groups.inner);
      const step = dispatch({
        shaders: [maxoutBackwardShader],
        aliases: items.aliases,
        ranges: [whole("dy", dy), whole("x", x), whole("dx", x)],
        uniforms: { pieces: groups.pieces, inner: groups.inner / items.lanes },
        threads: elementCount(groups.shape) / items.lanes,
      });
      return { steps: [step] };
    },
  }).dx;
}
