// Functions of two tensors that are broadcast over each other, element by element, and their gradients.
import binaryShader from "../../../shaders/ops/binary/binary.wgsl";
import powerShader from "../../../shaders/ops/binary/power.wgsl";
import powersShader from "../../../shaders/ops/shared/powers.wgsl";
import { run } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Combined, sumsOf } from "../shared/broadcast-sums.ts";
import {
  type Elementwise,
  type PairGradients,
  checkOperands,
  functionOf,
  runElementwise,
} from "../shared/broadcast.ts";
import { checkLike } from "../shared/feature-map.ts";

/**
 * Multiplies two tensors, element by element. They are broadcast over each other: aligned at the last axis, sizes are equal, 1 or missing.
 * So b may be a gate for each channel, [N, C, 1, 1] or [N, 1, 1, C], or for each position, [N, 1, H, W] or [N, H, W, 1].
 *
 * @param a of any shape up to 8 axes
 * @param b of a's element type and, from three axes on, layout
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const y = multiply(x, gate); // [N, C, H, W] and [N, C, 1, 1]
 */
export function multiply(a: Tensor, b: Tensor): Tensor {
  return combine("multiply", a, b, functionOf(binaryShader, "product"));
}

/**
 * Gradients of `multiply`: dy * b and dy * a, each summed over the axes along which its tensor was broadcast.
 *
 * @param dy gradient of the result
 * @returns new tensors `da` like a and `db` like b
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = multiplyBackward(dy, x, gate);
 */
export function multiplyBackward(dy: Tensor, a: Tensor, b: Tensor): PairGradients {
  const product = functionOf(binaryShader, "product");
  return gradients("multiplyBackward", dy, a, b, [product, { dy, b }], [product, { dy, a }]);
}

/**
 * Divides a tensor by another, element by element, broadcast as in `multiply`. A quotient is within 2.5 ULP, as WGSL divides.
 *
 * @param a of any shape up to 8 axes
 * @param b of a's element type and, from three axes on, layout
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const y = divide(x, norm);
 */
export function divide(a: Tensor, b: Tensor): Tensor {
  return combine("divide", a, b, functionOf(binaryShader, "quotient"));
}

/**
 * Gradients of `divide`: dy / b and -dy a / b^2, each summed over the axes along which its tensor was broadcast.
 *
 * @param dy gradient of the result
 * @returns new tensors `da` like a and `db` like b
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = divideBackward(dy, x, norm);
 */
export function divideBackward(dy: Tensor, a: Tensor, b: Tensor): PairGradients {
  const [quotient, divisor] = [functionOf(binaryShader, "quotient"), functionOf(binaryShader, "quotient_divisor")];
  return gradients("divideBackward", dy, a, b, [quotient, { dy, b }], [divisor, { dy, a, b }]);
}

/**
 * The smaller of two numbers, element by element, broadcast as in `multiply`; NaN if one of them is.
 *
 * @param a of any shape up to 8 axes
 * @param b of a's element type and, from three axes on, layout
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const y = minimum(x, bound);
 */
export function minimum(a: Tensor, b: Tensor): Tensor {
  return combine("minimum", a, b, functionOf(binaryShader, "smaller"));
}

/**
 * Gradients of `minimum`: dy goes to the smaller number, half of it to each of two equal ones; summed over the axes along which a tensor was
 * broadcast.
 *
 * @param dy gradient of the result
 * @returns new tensors `da` like a and `db` like b
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = minimumBackward(dy, x, bound);
 */
export function minimumBackward(dy: Tensor, a: Tensor, b: Tensor): PairGradients {
  const share = functionOf(binaryShader, "smaller_share");
  return gradients("minimumBackward", dy, a, b, [share, { dy, a, b }], [share, { dy, b, a }]);
}

/**
 * The larger of two numbers, element by element, broadcast as in `multiply`; NaN if one of them is.
 *
 * @param a of any shape up to 8 axes
 * @param b of a's element type and, from three axes on, layout
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const y = maximum(x, bound);
 */
export function maximum(a: Tensor, b: Tensor): Tensor {
  return combine("maximum", a, b, functionOf(binaryShader, "larger"));
}

/**
 * Gradients of `maximum`: dy goes to the larger number, half of it to each of two equal ones; summed over the axes along which a tensor was
 * broadcast.
 *
 * @param dy gradient of the result
 * @returns new tensors `da` like a and `db` like b
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = maximumBackward(dy, x, bound);
 */
export function maximumBackward(dy: Tensor, a: Tensor, b: Tensor): PairGradients {
  const share = functionOf(binaryShader, "larger_share");
  return gradients("maximumBackward", dy, a, b, [share, { dy, a, b }], [share, { dy, b, a }]);
}

/**
 * Raises a to the power of b, element by element, broadcast as in `multiply`. The special cases are those of C's `pow`: a negative number
 * has integer powers, and its others are NaN; anything to the power of 0 is 1. A power is within 8 units in the last place.
 *
 * @param a of any shape up to 8 axes
 * @param b of a's element type and, from three axes on, layout
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const squares = power(x, engine.tensor([2], []));
 */
export function power(a: Tensor, b: Tensor): Tensor {
  return combine("power", a, b, powers("powers"));
}

/**
 * Gradients of `power`: dy b a^(b - 1), or 0 where b is 0; and dy a^b log a, or 0 where a is 0 and b is not negative; each summed over the
 * axes along which its tensor was broadcast.
 *
 * @param dy gradient of the result
 * @returns new tensors `da` like a and `db` like b
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = powerBackward(dy, x, exponent);
 */
export function powerBackward(dy: Tensor, a: Tensor, b: Tensor): PairGradients {
  const [base, exponent] = [powers("power_base"), powers("power_exponent")];
  return gradients("powerBackward", dy, a, b, [base, { dy, a, b }], [exponent, { dy, a, b }]);
}

/**
 * Whether two numbers are equal, element by element, broadcast as in `multiply`: 1 or 0. NaN equals nothing.
 *
 * @param a of any shape up to 8 axes
 * @param b of a's element type and, from three axes on, layout
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const hits = equal(guesses, classes);
 */
export function equal(a: Tensor, b: Tensor): Tensor {
  return combine("equal", a, b, functionOf(binaryShader, "equals"));
}

/**
 * Whether a > b, element by element, broadcast as in `multiply`: 1 or 0. NaN is not greater than anything.
 *
 * @param a of any shape up to 8 axes
 * @param b of a's element type and, from three axes on, layout
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const mask = greater(x, threshold);
 */
export function greater(a: Tensor, b: Tensor): Tensor {
  return combine("greater", a, b, functionOf(binaryShader, "exceeds"));
}

/**
 * Whether a >= b, element by element, broadcast as in `multiply`: 1 or 0, and 0 where one of them is NaN.
 *
 * @param a of any shape up to 8 axes
 * @param b of a's element type and, from three axes on, layout
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const mask = greaterOrEqual(x, threshold);
 */
export function greaterOrEqual(a: Tensor, b: Tensor): Tensor {
  return combine("greaterOrEqual", a, b, functionOf(binaryShader, "reaches"));
}

function combine(name: string, a: Tensor, b: Tensor, kernel: Elementwise["kernel"]): Tensor {
  return runElementwise(name, { a, b }, kernel, { values: checkOperands({ a, b }) });
}

/** The kernel of a power or of one of its gradients. */
const powers =
  (value: string): Elementwise["kernel"] =>
  () => ({ shaders: [powersShader, powerShader], functions: { value } });

type Gradient = readonly [kernel: Elementwise["kernel"], operands: Readonly<Record<string, Tensor>>];

function gradients(name: string, dy: Tensor, a: Tensor, b: Tensor, toA: Gradient, toB: Gradient): PairGradients {
  const values = checkLike("dy", dy, checkOperands({ a, b }), "over which a and b are broadcast");
  return run({
    name,
    inputs: { dy, a, b },
    results: { da: a, db: b },
    recipe: () => {
      const of = ([kernel, operands]: Gradient): Combined => ({ values, kernel, operands });
      return sumsOf({ da: a, db: b }, { da: of(toA), db: of(toB) });
    },
  });
}
