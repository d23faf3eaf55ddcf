// Functions of one number, element by element, and their gradients.
import activationGradientShader from "../../../shaders/ops/shared/activation-gradient.wgsl";
import activationValueShader from "../../../shaders/ops/shared/activation-value.wgsl";
import powersShader from "../../../shaders/ops/shared/powers.wgsl";
import unaryShader from "../../../shaders/ops/unary/unary.wgsl";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import type { Shader } from "../../kernel/shader.ts";
import { runElementwise } from "../shared/broadcast.ts";
import { checkLike } from "../shared/feature-map.ts";

/**
 * The square root of each element, as accurate as WGSL's; NaN below 0.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const deviation = sqrt(variance);
 */
export function sqrt(x: Tensor): Tensor {
  return apply("sqrt", x, "sqrt");
}

/**
 * Gradient of `sqrt`: dy / (2 sqrt x).
 *
 * @param dy gradient of the result
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = sqrtBackward(dy, x);
 */
export function sqrtBackward(dy: Tensor, x: Tensor): Tensor {
  return applyBackward("sqrtBackward", dy, x, "root_slope");
}

/**
 * The exponential of each element, to 2 ULP.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = exp(x);
 */
export function exp(x: Tensor): Tensor {
  return apply("exp", x, "natural_exp", powersShader);
}

/**
 * Gradient of `exp`: dy exp(x).
 *
 * @param dy gradient of the result
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = expBackward(dy, x);
 */
export function expBackward(dy: Tensor, x: Tensor): Tensor {
  return applyBackward("expBackward", dy, x, "natural_exp", powersShader);
}

/**
 * The natural logarithm of each element, to 1 ULP; -Infinity of 0, NaN below.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = log(x);
 */
export function log(x: Tensor): Tensor {
  return apply("log", x, "natural_log", powersShader);
}

/**
 * Gradient of `log`: dy / x.
 *
 * @param dy gradient of the result
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = logBackward(dy, x);
 */
export function logBackward(dy: Tensor, x: Tensor): Tensor {
  return applyBackward("logBackward", dy, x, "inverse");
}

/**
 * The magnitude of each element.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = abs(x);
 */
export function abs(x: Tensor): Tensor {
  return apply("abs", x, "abs");
}

/**
 * Gradient of `abs`: dy times the sign of x, 0 at 0.
 *
 * @param dy gradient of the result
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = absBackward(dy, x);
 */
export function absBackward(dy: Tensor, x: Tensor): Tensor {
  return applyBackward("absBackward", dy, x, "sign");
}

/**
 * Each element negated. It is its own gradient.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = negate(x);
 */
export function negate(x: Tensor): Tensor {
  return apply("negate", x, "negative");
}

/**
 * 1 divided by each element, to 2.5 ULP.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = reciprocal(x);
 */
export function reciprocal(x: Tensor): Tensor {
  return apply("reciprocal", x, "inverse");
}

/**
 * Gradient of `reciprocal`: -dy / x^2.
 *
 * @param dy gradient of the result
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = reciprocalBackward(dy, x);
 */
export function reciprocalBackward(dy: Tensor, x: Tensor): Tensor {
  return applyBackward("reciprocalBackward", dy, x, "inverse_slope");
}

/**
 * The largest integer that is not above each element. Its gradient is 0.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = floor(x);
 */
export function floor(x: Tensor): Tensor {
  return apply("floor", x, "floor");
}

/**
 * The smallest integer that is not below each element. Its gradient is 0.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = ceil(x);
 */
export function ceil(x: Tensor): Tensor {
  return apply("ceil", x, "ceil");
}

/**
 * The integer nearest to each element, the even one of two that are as near. Its gradient is 0.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = round(x);
 */
export function round(x: Tensor): Tensor {
  return apply("round", x, "round");
}

/**
 * -1, 0 or 1 by the sign of each element. Its gradient is 0.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = sign(x);
 */
export function sign(x: Tensor): Tensor {
  return apply("sign", x, "sign");
}

/**
 * The error function of each element, to 2 ULP.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = erf(x);
 */
export function erf(x: Tensor): Tensor {
  return apply("erf", x, "error_function");
}

/**
 * Gradient of `erf`: dy 2 exp(-x^2) / sqrt(pi).
 *
 * @param dy gradient of the result
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = erfBackward(dy, x);
 */
export function erfBackward(dy: Tensor, x: Tensor): Tensor {
  return applyBackward("erfBackward", dy, x, "error_slope");
}

function apply(name: string, x: Tensor, activate_each: string, shader: Shader = unaryShader): Tensor {
  const kernel = () => ({ shaders: [shader, activationValueShader], functions: { activate_each } });
  return runElementwise(name, { x }, kernel, { values: checkTensor("x", x) });
}

function applyBackward(
  name: string,
  dy: Tensor,
  x: Tensor,
  derivative_each: string,
  shader: Shader = unaryShader,
): Tensor {
  const values = checkTensor("dy", dy);
  checkLike("x", x, dy, "as dy");
  const kernel = () => ({ shaders: [shader, activationGradientShader], functions: { derivative_each } });
  return runElementwise(name, { dy, x }, kernel, { values });
}
