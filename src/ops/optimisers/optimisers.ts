// Steps of optimisers: weights and what an optimiser keeps of their gradients, changed in place. One invocation for each element, or
// for four. What weights hold changes, so what plans prepared of them is made anew.
import { checkTensor } from "../../gpu/tensor.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Dtype } from "../../base/dtype.ts";
import { refuse, words } from "../../base/error.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import {
  ADAM_KEYS,
  type AdamNumbers,
  SGD_KEYS,
  type SgdNumbers,
  adamNumbers,
  sgdNumbers,
} from "./geometry.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { run, numbersRange, whole } from "../../gpu/operation.ts";

export interface SgdOptions extends SgdNumbers {
  /** A tensor of w's shape, zeros before the first step: with momentum, which it is the state of. */
  velocity?: Tensor;
}

export interface AdamOptions extends AdamNumbers {
  /** The mean of the gradients: a tensor of w's shape, zeros before the first step. */
  m: Tensor;
  /** The mean of their squares: the same. */
  v: Tensor;
}

/**
 * A step of stochastic gradient descent as torch.optim.SGD takes it (without dampening): g = dw + weightDecay w,
 * velocity = momentum velocity + g, and w loses learningRate times the velocity, or by Nesterov's method g + momentum velocity
 * (Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013).
 *
 * @param w changed in place, any shape
 * @param dw its gradient
 * @throws ConvError naming the argument that does not fit. dw and the velocity may be "f32" where w is "f16".
 */
export function sgd(w: Tensor, dw: Tensor, options: SgdOptions): void {
  checkOptions("options", options, [...SGD_KEYS, "velocity"]);
  const { velocity } = options;
  const { learningRate, momentum, weightDecay, nesterov } = sgdNumbers(options, velocity !== undefined);
  const tensors = checkParts({ w, dw, ...(velocity !== undefined && { velocity }) });
  // The velocity and then the gradient, of which each makes what.
  const ahead = nesterov ? [momentum, 1] : [1, 0];
  step("sgd", velocity === undefined ? "sgd" : "sgd-momentum", tensors, [
    learningRate,
    weightDecay,
    momentum,
    ...ahead,
  ]);
}

/**
 * A step of Adam as torch.optim.Adam takes it, or with `decoupled` torch.optim.AdamW (Kingma and Ba, "Adam: A Method for Stochastic
 * Optimization", 2015, Algorithm 1; Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, Algorithm 2).
 *
 * @param w changed in place, any shape
 * @param dw its gradient
 * @throws ConvError naming the argument that does not fit. dw, m and v may be "f32" where w is "f16".
 */
export function adam(w: Tensor, dw: Tensor, options: AdamOptions): void {
  checkOptions("options", options, [...ADAM_KEYS, "m", "v"]);
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step: at } = adamNumbers(options);
  const tensors = checkParts({ w, dw, m: options.m, v: options.v });
  step("adam", "adam", tensors, [
    learningRate / (1 - beta1 ** at),
    // What is kept of the weights, and what of them joins the gradient.
    decoupled ? 1 - learningRate * weightDecay : 1,
    decoupled ? 0 : weightDecay,
    beta1,
    1 - beta1,
    beta2,
    1 - beta2,
    1 / Math.sqrt(1 - beta2 ** at),
    epsilon,
  ]);
}

/** Tensors of one shape on buffers of their own, in w's element type or in float32. */
function checkParts(parts: Readonly<Record<string, unknown>>): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, given] of Object.entries(parts)) {
    const tensor = checkTensor(name, given);
    const w = tensors["w"] ?? tensor;
    if (tensor.shape.join() !== w.shape.join())
      refuse("shape-mismatch", `${name}.shape`, tensor.shape, `[${w.shape.join(", ")}], as w has`);
    if (tensor.dtype !== w.dtype && tensor.dtype !== "f32")
      refuse("shape-mismatch", `${name}.dtype`, tensor.dtype, `"f32", as w has`);
    if (w.shape.length > 2 && tensor.layout !== w.layout)
      refuse("shape-mismatch", `${name}.layout`, tensor.layout, `"${w.layout}", as w has`);
    for (const [other, { buffer }] of Object.entries(tensors))
      if (buffer === tensor.buffer)
        refuse("invalid-argument", name, words(`the buffer of ${other}`), "a buffer of its own");
    tensors[name] = tensor;
  }
  return tensors;
}

/** The element types of the kernels: of the weights, of their gradient and of what is kept. */
const TYPES = { w: "W", dw: "G", velocity: "S", m: "S", v: "T" } as const;

function step(
  name: string,
  kernel: string,
  tensors: Readonly<Record<string, Tensor>>,
  numbers: readonly number[],
): void {
  const { size } = tensors["w"]!;
  const fours = size % 4 === 0;
  const typeOf = (dtype: Dtype): string => elementTypes(dtype)[fours ? "four" : "one"];
  const threads = fours ? size / 4 : size;
  const aliases: Record<string, string> = { V: typeOf("f32") };
  for (const [part, { dtype }] of Object.entries(tensors)) aliases[TYPES[part as keyof typeof TYPES]] = typeOf(dtype);
  run({
    name,
    inputs: tensors,
    results: {},
    updates: Object.keys(tensors).filter((part) => part !== "dw"),
    numbers,
    parameters: kernel,
    recipe: () => ({
      steps: [
        dispatch({
          shaders: [`ops/${kernel}`],
          aliases,
          ranges: [
            numbersRange(numbers.length),
            ...Object.entries(tensors).map(([part, tensor]) => whole(part, tensor)),
          ],
          uniforms: [threads],
          threads,
        }),
      ],
    }),
  });
}
