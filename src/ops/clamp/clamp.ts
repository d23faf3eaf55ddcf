// Numbers between bounds, and the gradient.
import clampShader from "../../../shaders/ops/clamp/clamp.wgsl";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Elementwise, functionOf, runElementwise } from "../shared/broadcast.ts";
import { checkLike } from "../shared/feature-map.ts";
import { type ClampOptions, boundsOf } from "./geometry.ts";

/**
 * Each element, or the bound that it is beyond: min(max(x, min), max). NaN stays NaN.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const y = clamp(x, { min: 0, max: 6 });
 */
export function clamp(x: Tensor, options: ClampOptions): Tensor {
  const [kernel, parameters] = kernelOf("clamped", options);
  return runElementwise("clamp", { x }, kernel, { values: checkTensor("x", x), parameters });
}

/**
 * Gradient of `clamp`: dy where min <= x <= max, else 0.
 *
 * @param dy gradient of the result
 * @param options the options of `clamp`
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = clampBackward(dy, x, { min: 0, max: 6 });
 */
export function clampBackward(dy: Tensor, x: Tensor, options: ClampOptions): Tensor {
  const [kernel, parameters] = kernelOf("clamped_gradient", options);
  const values = checkTensor("dy", dy);
  checkLike("x", x, dy, "as dy");
  return runElementwise("clampBackward", { dy, x }, kernel, { values, parameters });
}

function kernelOf(value: string, options: ClampOptions): [kernel: Elementwise["kernel"], parameters: unknown] {
  const { low, high } = boundsOf(options);
  const [HAS_LOW, HAS_HIGH] = [low > -Infinity, high < Infinity];
  const constants = { HAS_LOW, HAS_HIGH, LOW: { f32: HAS_LOW ? low : 0 }, HIGH: { f32: HAS_HIGH ? high : 0 } };
  return [(items) => ({ ...functionOf(clampShader, value)(items), constants }), constants];
}
