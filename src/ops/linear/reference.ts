// CPU reference of fully connected layers and their gradients, in float64.
import { checkOptions } from "../../base/validate.ts";
import { type ActivationOption, checkActivation } from "../../problem/activation.ts";
import {
  GRADIENT_KEYS,
  type ReferenceActivationGradientOptions,
  throughActivation,
} from "../../reference/activation-gradient.ts";
import { activationValue } from "../../reference/activation.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";

export interface ReferenceLinearOptions {
  /** [out] */
  bias?: NdArray;
  activation?: ActivationOption;
}

/** `linear` of convoke/ops, in float64. */
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

/** `linearBackward` of convoke/ops, in float64. */
export function linearBackward(
  dy: NdArray,
  x: NdArray,
  w: NdArray,
  options: ReferenceActivationGradientOptions = {},
): { dx: Float64NdArray; dw: Float64NdArray; db: Float64NdArray } {
  checkOptions("options", options, GRADIENT_KEYS);
  const { rows, weights, N, inner, outer } = checkLayer(x, w);
  const gradient = checkNdArray("dy", dy, [2]);
  checkShapeIs("dy", gradient.shape, [N, outer]);
  const passed = throughActivation(gradient, options).data;
  const dx = new Float64Array(N * inner);
  const dw = new Float64Array(outer * inner);
  const db = new Float64Array(outer);
  for (let n = 0; n < N; n++)
    for (let k = 0; k < outer; k++) {
      const value = passed[n * outer + k]!;
      db[k]! += value;
      for (let c = 0; c < inner; c++) {
        dx[n * inner + c]! += value * weights[k * inner + c]!;
        dw[k * inner + c]! += value * rows[n * inner + c]!;
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
