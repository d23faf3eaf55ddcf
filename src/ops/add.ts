// The sum of two tensors, and its gradients.
import { elementCount } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { checkOptions } from "../validate.ts";
import { ADD_KEYS, type AddBackwardOptions, type AddOptions, additionOf, sourceOf } from "./geometry/add.ts";
import type { PairGradients } from "./shared/broadcast.ts";
import type { OperationContext } from "./shared/context.ts";
import { activationParts, derivativeParts } from "./shared/element-activation.ts";
import { checkLike } from "./shared/feature-map.ts";
import { itemsOf } from "./shared/items.ts";
import { dispatch, floatBits, whole } from "./shared/operation.ts";

/**
 * activation(a + scale * b), element by element: what ends a residual block.
 *
 * @param a of any shape
 * @param b like a
 * @returns a new tensor like a
 * @throws ConvError naming the argument that does not fit
 */
export function add(context: OperationContext, a: Tensor, b: Tensor, options: AddOptions = {}): Tensor {
  checkOptions("options", options, ADD_KEYS);
  const { shape, layout, dtype } = context.check("a", a);
  checkLike(context, "b", b, a, "as a");
  const addition = additionOf(options);
  const y = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return context.run({
    name: "add",
    inputs: { a, b },
    results: { y },
    parameters: addition,
    recipe: () => {
      const { shaders, ...parts } = activationParts(addition.activation, items);
      const threads = elementCount(shape) / items.lanes;
      const step = dispatch({
        shaders: [...shaders, "ops/add"],
        ...parts,
        aliases: items.aliases,
        ranges: [whole("a", a), whole("b", b), whole("y", y)],
        uniforms: [threads, floatBits(addition.scale)],
        threads,
      });
      return { steps: [step] };
    },
  }).y;
}

/**
 * The gradients of `add`: dy, taken through the activation where there was one, and scale times it. (Without an activation and a scale
 * both are dy itself, and there is nothing to compute.)
 *
 * @param dy the gradient of its result
 * @param options those of the sum, with an activation also its output or the sum before it
 * @returns new tensors `da` and `db` like dy
 * @throws ConvError naming the argument that does not fit
 */
export function addBackward(
  context: OperationContext,
  dy: Tensor,
  options: AddBackwardOptions<Tensor> = {},
): PairGradients {
  checkOptions("options", options, [...ADD_KEYS, "output", "preActivation"]);
  const { shape, layout, dtype } = context.check("dy", dy);
  const addition = additionOf(options);
  const { activation, scale } = addition;
  const source = sourceOf(addition, options);
  const gate = source && checkLike(context, source.from, source.values, dy, "as dy");
  const result = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return context.run({
    name: "addBackward",
    inputs: { dy, ...(gate && { gate }) },
    results: { da: result, db: result },
    parameters: [addition, source?.from],
    recipe: () => {
      const { shaders, ...parts } = activation
        ? derivativeParts(activation, source!.from, items)
        : { shaders: [], constants: {}, functions: {} };
      const threads = elementCount(shape) / items.lanes;
      const step = dispatch({
        shaders: [...shaders, gate ? "ops/gated" : "ops/ungated", "ops/add-backward"],
        ...parts,
        aliases: items.aliases,
        ranges: [
          ...[whole("dy", dy), whole("da", result), whole("db", result)],
          ...(gate ? [whole("gate", gate)] : []),
        ],
        uniforms: [threads, floatBits(scale)],
        threads,
      });
      return { steps: [step] };
    },
  });
}
