// The sum of two tensors, and its gradients.
import addBackwardShader from "../../../shaders/ops/add/add-backward.wgsl";
import addShader from "../../../shaders/ops/add/add.wgsl";
import throughActivationShader from "../../../shaders/ops/add/through-activation.wgsl";
import throughNothingShader from "../../../shaders/ops/add/through-nothing.wgsl";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import type { PairGradients } from "../shared/broadcast.ts";
import { activationSnippets, derivativeSnippets } from "../shared/element-activation.ts";
import { checkLike } from "../shared/feature-map.ts";
import { itemsOf } from "../shared/items.ts";
import { ADD_KEYS, type AddBackwardOptions, type AddOptions, additionOf, sourceOf } from "./geometry.ts";

/**
 * Adds two tensors, element by element: activation(a + scale * b), as at the end of a residual block.
 *
 * @param a of any shape
 * @param b like a
 * @returns a new tensor like a
 * @throws ConvError naming the invalid argument
 * @example const y = add(branch, x, { activation: "relu" });
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
      const snippets = activationSnippets(addition.activation, items);
      const step = dispatch({
        ...snippets,
        shaders: [...snippets.shaders, addShader],
        aliases: items.aliases,
        ranges: [whole("a", a), whole("b", b), whole("y", y)],
        uniforms: { scale: addition.scale },
        threads: elementCount(shape) / items.lanes,
      });
      return { steps: [step] };
    },
  }).y;
}

/**
 * Gradients of `add`: da is dy times the derivative of the activation, if any, and db is scale * da. (Without an activation and a scale
 * both equal dy, and no call is needed.)
 *
 * @param dy gradient of the result
 * @param options the options of `add`; with an activation also its output, or the sum before it
 * @returns new tensors `da` and `db` like dy
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = addBackward(dy, { activation: "relu", output: y });
 */
export function addBackward(dy: Tensor, options: AddBackwardOptions<Tensor> = {}): PairGradients {
  checkOptions("options", options, [...ADD_KEYS, "output", "preActivation"]);
  const { shape, layout, dtype } = checkTensor("dy", dy);
  const addition = additionOf(options);
  const { activation, scale } = addition;
  const given = sourceOf(addition, options);
  const source = given && { name: given.from, tensor: checkLike(given.from, given.values, dy, "as dy") };
  const result = { shape, layout, dtype };
  const items = itemsOf(dtype, elementCount(shape));
  return run({
    name: "addBackward",
    inputs: { dy, ...(source && { [source.name]: source.tensor }) },
    results: { da: result, db: result },
    parameters: [addition, source?.name],
    recipe: () => {
      const snippets = activation && source && derivativeSnippets(activation, source.name, items);
      const step = dispatch({
        ...snippets,
        shaders: [
          ...(snippets ? [...snippets.shaders, throughActivationShader] : [throughNothingShader]),
          addBackwardShader,
        ],
        aliases: items.aliases,
        ranges: [
          ...[whole("dy", dy), whole("da", result), whole("db", result)],
          ...(source ? [whole(source.name, source.tensor)] : []),
        ],
        uniforms: { scale },
        threads: elementCount(shape) / items.lanes,
      });
      return { steps: [step] };
    },
  });
}
