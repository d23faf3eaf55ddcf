// Division by the norm along an axis, and its gradient.
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { checkLike } from "../shared/feature-map.ts";
import { axisOf } from "../shared/geometry/axis.ts";
import { layerSets } from "../shared/geometry/normalisation.ts";
import { finishSums, gradientSums, inputGradient, normalise } from "../shared/normalise.ts";
import { magnitudes } from "../shared/statistics.ts";
import { LP_NORMALIZE_KEYS, type LpNormalizeOptions, checkNorm } from "./geometry.ts";

/**
 * Divides by the norm along an axis, as F.normalize and ONNX's LpNormalization: x / max(norm, epsilon). Zeros stay zeros, also with an
 * epsilon of 0. Right for norms up to 4e37.
 *
 * @param x of any shape
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const directions = lpNormalize(x, { axis: -1 });
 */
export function lpNormalize(x: Tensor, options: LpNormalizeOptions = {}): Tensor {
  const { tensor, normalisation, norm, limit } = checked(x, options);
  return run({
    name: "lpNormalize",
    inputs: { x: tensor },
    results: { y: tensor },
    parameters: [normalisation, norm, limit],
    recipe: () => {
      const workspace = new Workspace();
      const inverse = workspace.numbers(normalisation.sets);
      const steps = [
        ...magnitudes(workspace, normalisation, tensor, { inverse, norm, bound: limit }),
        normalise(normalisation, { x: tensor, y: whole("y", tensor), statistics: { inverse } }),
      ];
      return { steps, workspaceBytes: workspace.bytes };
    },
  }).y;
}

/**
 * Gradient of `lpNormalize` with respect to x. Where the norm is below epsilon, the divisor is a constant.
 *
 * @param dy gradient of the result
 * @param x the x of the forward operation
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = lpNormalizeBackward(dy, x, { axis: -1 });
 */
export function lpNormalizeBackward(dy: Tensor, x: Tensor, options: LpNormalizeOptions = {}): Tensor {
  const { tensor, normalisation, norm, limit } = checked(x, options);
  const gradient = checkLike("dy", dy, tensor, "as x");
  return run({
    name: "lpNormalizeBackward",
    inputs: { dy: gradient, x: tensor },
    results: { dx: tensor },
    parameters: [normalisation, norm, limit],
    recipe: () => {
      const workspace = new Workspace();
      const { sets } = normalisation;
      const inverse = workspace.numbers(sets);
      const operands = { dy: gradient, x: tensor, statistics: { inverse } };
      const sums = { sum: workspace.numbers(sets), products: workspace.numbers(sets) };
      const { steps, parts } = gradientSums(workspace, normalisation, "set", operands);
      return {
        steps: [
          ...magnitudes(workspace, normalisation, tensor, { inverse, norm, bound: limit }),
          ...steps,
          finishSums(parts, sets, { ...sums, dtype: "f32", centered: false, moving: { inverse, limit } }),
          inputGradient(normalisation, operands, whole("dx", tensor), sums, norm === 1),
        ],
        workspaceBytes: workspace.bytes,
      };
    },
  }).dx;
}

function checked(x: Tensor, options: LpNormalizeOptions) {
  checkOptions("options", options, LP_NORMALIZE_KEYS);
  const tensor = checkTensor("x", x);
  const { shape, layout } = tensor;
  const axis = axisOf(options.axis, shape, layout);
  const normalisation = layerSets(tensor, shape.length > 0 ? [axis] : []);
  const { norm, limit } = checkNorm(options);
  return { tensor, normalisation, norm, limit: Math.fround(limit) };
}
