import { checkActivationGradient } from "../../problem/activation-gradient.ts";
// Fully connected layers and their gradients.
import { type Activation, type ActivationOption, checkActivation } from "../../problem/activation.ts";
import { refuse, words } from "../../base/error.ts";
import { checkOptions } from "../../base/validate.ts";
import { activationValue, activationDerivative } from "../../reference/activation.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";

export interface ReferenceLinearOptions {
  /** [out] */
  bias?: NdArray;
  activation?: ActivationOption;
}

/** The array that tells the derivative of the activation: its output, or what it was applied to. */
export interface ReferenceLinearBackwardOptions {
  activation?: ActivationOption;
  output?: NdArray;
  preActivation?: NdArray;
}

/** activation(x times the transposed w + bias), as `engine.linear`. */
export function linear(x: NdArray, w: NdArray, options: ReferenceLinearOptions = {}): Float64NdArray {
  checkOptions("options", options, ["bias", "activation"]);
  const { rows, weights, N, inner, outer } = checkLayer(x, w);
  const activation = checkActivation("activation", options.activation);
  const bias = options.bias === undefined ? undefined : checkNdArray("bias", options.bias, [1]);
  if (bias) checkShapeIs("bias", bias.shape, [outer]);
  const data = Float64Array.from({ length: N * outer }, (_, at) => {
    const [n, k] = [Math.floor(at / outer), at % outer];
    let sum = bias?.data[k] ?? 0;
    for (let c = 0; c < inner; c++) sum += rows[n * inner + c]! * weights[k * inner + c]!;
    return activationValue(activation, sum);
  });
  return { data, shape: [N, outer] };
}

/** Its gradients, as `engine.linearBackward`. */
export function linearBackward(
  dy: NdArray,
  x: NdArray,
  w: NdArray,
  options: ReferenceLinearBackwardOptions = {},
): { dx: Float64NdArray; dw: Float64NdArray; db: Float64NdArray } {
  checkOptions("options", options, ["activation", "output", "preActivation"]);
  const { rows, weights, N, inner, outer } = checkLayer(x, w);
  const gradient = checkNdArray("dy", dy, [2]);
  checkShapeIs("dy", gradient.shape, [N, outer]);
  const derivative = derivativeOf(options, [N, outer]);
  const dx = new Float64Array(N * inner);
  const dw = new Float64Array(outer * inner);
  const db = new Float64Array(outer);
  for (let n = 0; n < N; n++)
    for (let k = 0; k < outer; k++) {
      const at = n * outer + k;
      const passed = gradient.data[at]! * derivative(at);
      db[k]! += passed;
      for (let c = 0; c < inner; c++) {
        dx[n * inner + c]! += passed * weights[k * inner + c]!;
        dw[k * inner + c]! += passed * rows[n * inner + c]!;
      }
    }
  return {
    dx: { data: dx, shape: [N, inner] },
    dw: { data: dw, shape: [outer, inner] },
    db: { data: db, shape: [outer] },
  };
}

function checkLayer(x: NdArray, w: NdArray) {
  const { data: rows, shape } = checkNdArray("x", x, [2]);
  const { data: weights, shape: kernel } = checkNdArray("w", w, [2]);
  const [N, inner] = shape as [number, number];
  const outer = kernel[0]!;
  checkShapeIs("w", kernel, [outer, inner]);
  return { rows, weights, N, inner, outer };
}

/** The derivative of the activation at each element of the result. */
function derivativeOf(
  { activation: option, output, preActivation }: ReferenceLinearBackwardOptions,
  shape: readonly number[],
): (at: number) => number {
  if (option === undefined) {
    for (const [name, array] of Object.entries({ output, preActivation }))
      if (array !== undefined) refuse("invalid-argument", name, words("an array"), "none where no activation is given");
    return () => 1;
  }
  if ((output === undefined) === (preActivation === undefined))
    refuse("invalid-argument", "preActivation", preActivation, "an array: it, or output, but not both");
  const from = output === undefined ? "pre-activation" : "output";
  const { activation } = checkActivationGradient({ activation: option, from }, ["dy"]);
  const name = output === undefined ? "preActivation" : "output";
  const values = checkNdArray(name, output ?? preActivation, [2]);
  checkShapeIs(name, values.shape, shape);
  return from === "output"
    ? (at) => derivativeFromOutput(activation, values.data[at]!)
    : (at) => activationDerivative(activation, values.data[at]!);
}

/** The derivative of an activation where its output is given; those that keep the sign have the corners where the output has them. */
function derivativeFromOutput(activation: Activation, output: number): number {
  switch (activation.name) {
    case "sigmoid":
      return output * (1 - output);
    case "tanh":
      return 1 - output * output;
    case "elu":
      return output > 0 ? 1 : output + activation.parameter;
    default:
      return activationDerivative(activation, output);
  }
}
