// The sum of two tensors, and its gradients.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { ADD_KEYS, type AddBackwardOptions, type AddOptions, additionOf, sourceOf } from "./geometry.ts";
import type { PairGradients } from "../shared/broadcast.ts";
import { activationParts, derivativeParts } from "../shared/element-activation.ts";
import { checkLike } from "../shared/feature-map.ts";
import { itemsOf } from "../shared/items.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { run, floatBits, whole } from "../../gpu/operation.ts";
import addShader from "../../../shaders/ops/add/add.wgsl";
import gatedShader from "../../../shaders/ops/add/gated.wgsl";
import ungatedShader from "../../../shaders/ops/add/ungated.wgsl";
import addBackwardShader from "../../../shaders/ops/add/add-backward.wgsl";

/**
 * activation(a + scale * b), element by element: what ends a residual block.
 *
 * @param a of any shape
 * @param b like a
 * @returns a new tensor like a
 * @throws ConvError naming the argument that does not fit
 */
export function add(a: Tensor, b: Tensor, options: AddOptions = {}): Tensor {
  checkOptions("options", options, ADD_KEYS);
  const { shape, layout, dtype } = checkTensor("a", a);
  checkLike("b", b, a, "as a");
  const addition = additionOf(options);
  const y = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return run({
    name: "add",
    inputs: { a, b },
    results: { y },
    parameters: addition,
    recipe: () => {
      const { shaders, ...parts } = activationParts(addition.activation, items);
      const threads = elementCount(shape) / items.lanes;
      const step = dispatch({
        shaders: [...shaders, addShader],
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
  dy: Tensor,
  options: AddBackwardOptions<Tensor> = {},
): PairGradients {
  checkOptions("options", options, [...ADD_KEYS, "output", "preActivation"]);
  const { shape, layout, dtype } = checkTensor("dy", dy);
  const addition = additionOf(options);
  const { activation, scale } = addition;
  const source = sourceOf(addition, options);
  const gate = source && checkLike(source.from, source.values, dy, "as dy");
  const result = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return run({
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
        shaders: [...shaders, gate ? gatedShader : ungatedShader, addBackwardShader],
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
