// Normalisation by the root of the mean square, over the axes of layer normalisation.
import type { Tensor } from "../../gpu/tensor.ts";
import type { LayerOptions } from "../group-norm/group-norm.ts";
import { layerSets } from "../shared/geometry/normalisation.ts";
import { type Kind, normaliseSets, normaliseSetsBackward } from "../shared/normalise-calls.ts";
import { RMS_EPSILON } from "./geometry.ts";

/** The options of `rmsNorm`. */
export interface RmsNormOptions extends LayerOptions {
  /** The sizes of the axes in their order. Default: 1. */
  scale?: Tensor;
  /** Added to the mean square. Default: 2^-23, the machine epsilon of float32, as in PyTorch. */
  epsilon?: number;
}

/** The result of `rmsNorm`, and its statistic. */
export interface RmsNormWithStatistics {
  readonly y: Tensor;
  /** 1 / sqrt(mean square + epsilon), in float32: x's shape with 1 in place of the normalised axes. */
  readonly inverseRootMeanSquare: Tensor;
}

/** The options of `rmsNormBackward`. */
export interface RmsNormBackwardOptions extends RmsNormOptions {
  /** What the forward pass returned, which includes epsilon. Default: computed again from x. */
  inverseRootMeanSquare?: Tensor;
}

/** The gradients of `rmsNorm`. */
export interface RmsNormGradients {
  readonly dx: Tensor;
  /** In the element type of scale if given, else of x; there whether or not scale was given. */
  readonly dscale: Tensor;
}

/**
 * Normalisation by the root of the mean square (Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019) as F.rms_norm:
 * x / sqrt(mean of x^2 + epsilon) * scale. Right for numbers up to 4e37.
 *
 * @param x [N, C, ...spatial], [N, ...spatial, C] or [N, C]; with a list of axes of any shape
 * @returns a new tensor of x's shape
 * @throws ConvError naming the invalid argument
 * @example const y = rmsNorm(x, { axes: [-1], scale, epsilon: 1e-5 });
 */
export function rmsNorm(x: Tensor, options: RmsNormOptions = {}): Tensor {
  return normaliseSets(kind(options), x, options, false)["y"]!;
}

/**
 * `rmsNorm`, and the inverse root of the mean square of each set, from which its gradient need not compute it again.
 *
 * @param x as for `rmsNorm`, with at least one number along the axes
 * @returns new tensors
 * @throws ConvError naming the invalid argument
 * @example const { y, inverseRootMeanSquare } = rmsNormWithStatistics(x, { axes: [-1], scale });
 */
export function rmsNormWithStatistics(x: Tensor, options: RmsNormOptions = {}): RmsNormWithStatistics {
  return normaliseSets(kind(options), x, options, true) as unknown as RmsNormWithStatistics;
}

/**
 * Gradients of `rmsNorm`.
 *
 * @param dy gradient of the result
 * @param x the x of the normalisation
 * @returns new tensors: dx of x's shape, dscale of the shape of the scale
 * @throws ConvError naming the invalid argument
 * @example const { dx, dscale } = rmsNormBackward(dy, x, { axes: [-1], scale });
 */
export function rmsNormBackward(dy: Tensor, x: Tensor, options: RmsNormBackwardOptions = {}): RmsNormGradients {
  return normaliseSetsBackward(kind(options), dy, x, options) as unknown as RmsNormGradients;
}

// The options are read when they have been checked to be an object.
function kind(options: LayerOptions): Kind {
  return {
    ...{ name: "rmsNorm", keys: ["axes"], setsOf: (x) => layerSets(x, options.axes) },
    ...{ inverse: "inverseRootMeanSquare", epsilon: RMS_EPSILON },
  };
}
