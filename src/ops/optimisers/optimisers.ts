// Steps of optimisers: update weights and the optimiser's state in place. An invocation updates one element, or four. Weights that plans
// have prepacked are packed again afterwards.
import adamShader from "../../../shaders/ops/optimisers/adam.wgsl";
import sgdMomentumShader from "../../../shaders/ops/optimisers/sgd-momentum.wgsl";
import sgdShader from "../../../shaders/ops/optimisers/sgd.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { refuse, words } from "../../base/error.ts";
import { checkOptions } from "../../base/validate.ts";
import { numbersRange, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import { checkLike } from "../shared/feature-map.ts";
import { ADAM_KEYS, type AdamNumbers, SGD_KEYS, type SgdNumbers, adamNumbers, sgdNumbers } from "./geometry.ts";

/** The options of `sgd`. */
export interface SgdOptions extends SgdNumbers {
  /** The state of momentum, required unless that is 0: a tensor of w's shape, zeros before the first step; updated in place. */
  velocity?: Tensor;
}

/** The options of `adam`. */
export interface AdamOptions extends AdamNumbers {
  /** The first moment, the running mean of the gradients: a tensor of w's shape, zeros before the first step; updated in place. */
  m: Tensor;
  /** The second moment, the running mean of the squared gradients: a tensor of w's shape, zeros before the first step; updated in place. */
  v: Tensor;
}

/**
 * A step of stochastic gradient descent as in torch.optim.SGD (without dampening): g = dw + weightDecay w, velocity = momentum velocity +
 * g, and w -= learningRate velocity, or by Nesterov's method w -= learningRate (g + momentum velocity) (Sutskever et al., "On the
 * importance of initialization and momentum in deep learning", 2013).
 *
 * @param w updated in place, any shape
 * @param dw its gradient
 * @throws ConvError naming the invalid argument. dw and the velocity may be "f32" where w is "f16".
 * @example
 * sgd(w, dw, { learningRate: 0.01, momentum: 0.9, velocity });
 */
export function sgd(w: Tensor, dw: Tensor, options: SgdOptions): void {
  checkOptions("options", options, [...SGD_KEYS, "velocity"]);
  const { velocity } = options;
  const { learningRate, momentum, weightDecay, nesterov } = sgdNumbers(options, velocity !== undefined);
  const tensors = checkTensors({ w, dw, ...(velocity !== undefined && { velocity }) });
  if (velocity === undefined) return step("sgd", sgdShader, tensors, { learning: learningRate, decay: weightDecay });
  // The factors of the new velocity and of the gradient in the step.
  const [ahead, own] = nesterov ? [momentum, 1] : [1, 0];
  step("sgd", sgdMomentumShader, tensors, { learning: learningRate, decay: weightDecay, momentum, ahead, own });
}

/**
 * A step of Adam as in torch.optim.Adam, or with `decoupled` torch.optim.AdamW (Kingma and Ba, "Adam: A Method for Stochastic
 * Optimization", 2015, Algorithm 1; Loshchilov and Hutter, "Decoupled Weight Decay Regularization", 2019, Algorithm 2).
 *
 * @param w updated in place, any shape
 * @param dw its gradient
 * @throws ConvError naming the invalid argument. dw, m and v may be "f32" where w is "f16".
 * @example
 * adam(w, dw, { learningRate: 1e-3, m, v, step: 1 });
 */
export function adam(w: Tensor, dw: Tensor, options: AdamOptions): void {
  checkOptions("options", options, [...ADAM_KEYS, "m", "v"]);
  const { learningRate, beta1, beta2, epsilon, weightDecay, decoupled, step: at } = adamNumbers(options);
  const tensors = checkTensors({ w, dw, m: options.m, v: options.v });
  step("adam", adamShader, tensors, {
    size: learningRate / (1 - beta1 ** at),
    // The factor of the old weights, and the factor of the weights added to the gradient.
    kept: decoupled ? 1 - learningRate * weightDecay : 1,
    decay: decoupled ? 0 : weightDecay,
    ...{ beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2 },
    root: 1 / Math.sqrt(1 - beta2 ** at),
    epsilon,
  });
}

/** Checks that the arguments are tensors of one shape on separate buffers, of w's element type or float32. */
function checkTensors(given: Readonly<Record<string, unknown>>): Record<string, Tensor> {
  const tensors: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(given)) {
    const tensor = checkTensor(name, value);
    const { shape, layout, dtype } = tensors["w"] ?? tensor;
    checkLike(name, tensor, { shape, layout, dtype: tensor.dtype === "f32" ? "f32" : dtype }, "as w has");
    for (const [other, { storage }] of Object.entries(tensors))
      if (storage === tensor.storage)
        refuse("invalid-argument", name, words(`the buffer of ${other}`), "a buffer of its own");
    tensors[name] = tensor;
  }
  return tensors;
}

/** The type aliases of the kernels: of the weights, of their gradient, and of the state. */
const TYPES = { w: "W", dw: "G", velocity: "S", m: "S", v: "T" } as const;

/** The fields of the kernel's struct Rates, in its order. */
function ratesOf({ text }: Shader, rates: Readonly<Record<string, number>>): number[] {
  const [, fields] = /struct Rates\s*\{([^}]*)\}/.exec(text)!;
  return [...fields!.matchAll(/(\w+):\s*f32/g)].map(([, name]) => rates[name!]!);
}

/** @param rates the fields of the kernel's struct Rates */
function step(
  name: string,
  shader: Shader,
  tensors: Readonly<Record<string, Tensor>>,
  rates: Readonly<Record<string, number>>,
): void {
  const numbers = ratesOf(shader, rates);
  const { size } = tensors["w"]!;
  const byFour = size % 4 === 0;
  const typeOf = (dtype: Dtype): string => elementTypes(dtype)[byFour ? "four" : "one"];
  const aliases: Record<string, string> = { V: typeOf("f32") };
  for (const [operand, { dtype }] of Object.entries(tensors))
    aliases[TYPES[operand as keyof typeof TYPES]] = typeOf(dtype);
  run({
    name,
    inputs: tensors,
    results: {},
    updates: Object.keys(tensors).filter((operand) => operand !== "dw"),
    numbers,
    recipe: () => ({
      steps: [
        dispatch({
          shaders: [shader],
          aliases,
          ranges: [
            numbersRange(numbers.length),
            ...Object.entries(tensors).map(([operand, tensor]) => whole(operand, tensor)),
          ],
          threads: byFour ? size / 4 : size,
        }),
      ],
    }),
  });
}
