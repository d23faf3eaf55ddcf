// Steps of optimisers: update weights and the optimiser's state in place. An invocation updates one element, or four. Weights that plans
// have prepacked are packed again afterwards. Lists of tensors are updated by one submission, with a dispatch for each tensor: a network has
// more of them than a kernel may bind.
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

/** A tensor, or those of all layers in order. */
export type TensorOrList = Tensor | readonly Tensor[];

/** The options of `sgd`. */
export interface SgdOptions<T extends TensorOrList = Tensor> extends SgdNumbers {
  /** The state of momentum, required unless that is 0: a tensor of w's shape, zeros before the first step; updated in place. */
  velocity?: T;
}

/** The options of `adam`. */
export interface AdamOptions<T extends TensorOrList = Tensor> extends AdamNumbers {
  /** The first moment, the running mean of the gradients: a tensor of w's shape, zeros before the first step; updated in place. */
  m: T;
  /** The second moment, the running mean of the squared gradients: a tensor of w's shape, zeros before the first step; updated in place. */
  v: T;
}

/**
 * A step of stochastic gradient descent as in torch.optim.SGD (without dampening): g = dw + weightDecay w, velocity = momentum velocity +
 * g, and w -= learningRate velocity, or by Nesterov's method w -= learningRate (g + momentum velocity) (Sutskever et al., "On the
 * importance of initialization and momentum in deep learning", 2013).
 *
 * @param w updated in place, any shape; or a list of weights, which takes less time than a call for each
 * @param dw its gradient, or the list of their gradients; the velocity is then a list as well
 * @throws ConvError naming the invalid argument. dw and the velocity may be "f32" where w is "f16".
 * @example
 * sgd(w, dw, { learningRate: 0.01, momentum: 0.9, velocity });
 * sgd([w, bias], [dw, db], { learningRate: 0.01 });
 */
export function sgd<T extends TensorOrList>(w: T, dw: T, options: SgdOptions<T>): void {
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
 * @param w updated in place, any shape; or a list of weights, which takes less time than a call for each
 * @param dw its gradient, or the list of their gradients; m and v are then lists as well
 * @throws ConvError naming the invalid argument. dw, m and v may be "f32" where w is "f16".
 * @example
 * adam(w, dw, { learningRate: 1e-3, m, v, step: 1 });
 */
export function adam<T extends TensorOrList>(w: T, dw: T, options: AdamOptions<T>): void {
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

/** The tensors of a weight: itself, its gradient and its state, by the names of the arguments. */
type Own = Readonly<Record<string, Tensor>>;

/** Checks the tensors of a weight, or of each weight of a list. */
function checkTensors(given: Readonly<Record<string, unknown>>): Own[] {
  const { w } = given;
  const names = Object.keys(given);
  if (!Array.isArray(w)) return [checkOwn(given, (name) => name)];
  for (const name of names) {
    const list = given[name];
    if (!Array.isArray(list) || list.length !== w.length)
      refuse("invalid-argument", name, list, `a list of ${w.length} tensors, as w is`);
  }
  const lists = given as Readonly<Record<string, readonly unknown[]>>;
  return w.map((_, at) =>
    checkOwn(Object.fromEntries(names.map((name) => [name, lists[name]![at]])), (name) => `${name}[${at}]`),
  );
}

/** Checks that the arguments are tensors of one shape on separate buffers, of w's element type or float32. */
function checkOwn(given: Readonly<Record<string, unknown>>, argument: (name: string) => string): Own {
  const tensors: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(given)) {
    const tensor = checkTensor(argument(name), value);
    const { shape, layout, dtype } = tensors["w"] ?? tensor;
    checkLike(argument(name), tensor, { shape, layout, dtype: tensor.dtype === "f32" ? "f32" : dtype }, "as w has");
    for (const [other, { storage }] of Object.entries(tensors))
      if (storage === tensor.storage)
        refuse("invalid-argument", argument(name), words(`the buffer of ${argument(other)}`), "a buffer of its own");
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
function step(name: string, shader: Shader, list: readonly Own[], rates: Readonly<Record<string, number>>): void {
  if (list.length === 0) return;
  const numbers = ratesOf(shader, rates);
  // A list of one is a call on tensors.
  const named = (operand: string, at: number): string => (list.length === 1 ? operand : `${operand}[${at}]`);
  const inputs = list.flatMap((own, at) =>
    Object.entries(own).map(([operand, tensor]) => ({ operand, name: named(operand, at), tensor })),
  );
  run({
    name,
    inputs: Object.fromEntries(inputs.map((one) => [one.name, one.tensor])),
    results: {},
    updates: inputs.flatMap((one) => (one.operand === "dw" ? [] : [one.name])),
    numbers,
    recipe: () => ({
      steps: list.map((own, at) => {
        const { size } = own["w"]!;
        const byFour = size % 4 === 0;
        const typeOf = (dtype: Dtype): string => elementTypes(dtype)[byFour ? "four" : "one"];
        const operands = Object.entries(own) as [keyof typeof TYPES, Tensor][];
        return dispatch({
          shaders: [shader],
          aliases: {
            V: typeOf("f32"),
            ...Object.fromEntries(operands.map(([operand, { dtype }]) => [TYPES[operand], typeOf(dtype)])),
          },
          ranges: [
            numbersRange(numbers.length),
            ...operands.map(([operand, tensor]) => whole(named(operand, at), tensor)),
          ],
          threads: byFour ? size / 4 : size,
        });
      }),
    }),
  });
}
