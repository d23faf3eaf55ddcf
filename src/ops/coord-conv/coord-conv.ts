// CoordConv and its gradients (Liu et al., An Intriguing Failing of Convolutional Neural Networks and the CoordConv Solution, 2018, section
// 3): a convolution that also sees the position of each cell. By linearity it is the convolution of the input plus the convolution of the
// coordinates. The second is the same for every image: it is computed for one, from coordinates in float32.
import { pick } from "../../base/pick.ts";
import { checkOptions } from "../../base/validate.ts";
import { conv } from "../../conv/conv.ts";
import { convBackwardData, convBackwardWeights } from "../../conv/gradients.ts";
import { type ActivationGradientOptions, type ConvOptions, EPILOGUE_KEYS, GRADIENT_KEYS } from "../../conv/options.ts";
import { type Tensor, checkSameEngine, checkTensor } from "../../gpu/tensor.ts";
import { CONSTRAINT_KEYS, type Constraints } from "../../planner/choose.ts";
import { type Layout, tensorShape } from "../../problem/problem.ts";
import { batchSum, cast, passedActivation } from "../shared/batch-sum.ts";
import { compose } from "../shared/composition.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { UNGROUPED_KEYS } from "../shared/geometry/ungrouped.ts";
import { slice } from "../slice/slice.ts";
import { concatenate } from "../slices/slices.ts";
import { type CoordinateOptions, type Coordinates, coordinatesOf, weightsOfChannels } from "./geometry.ts";
import { coordinateMap, repeatedResponse } from "./steps.ts";

/** The options of a convolution in one group. Padding and its mode apply to the coordinates as to the input. */
export interface CoordConvOptions extends CoordinateOptions, Omit<ConvOptions, keyof CoordinateOptions | "groups"> {}

interface BackwardOptions extends CoordinateOptions, Constraints, ActivationGradientOptions {}

/** The options of `coordConvBackwardData`. */
export interface CoordConvBackwardDataOptions extends BackwardOptions {
  /** The shape of the convolution's x. */
  inputShape: readonly number[];
}

/** The options of `coordConvBackwardWeights`. */
export interface CoordConvBackwardWeightsOptions extends BackwardOptions {
  /** The shape of the convolution's w. */
  kernelShape: readonly number[];
}

const COORDINATE_KEYS = [...UNGROUPED_KEYS, "radius"] as const;
const CONV_KEYS = [...UNGROUPED_KEYS, ...CONSTRAINT_KEYS] as const;
const KEYS = [...CONV_KEYS, "radius"];

/** The coordinates are few channels of one image, for which no algorithm but the direct one is worth its preparation. */
const COORDINATE_CONSTRAINTS = { algorithm: "direct" } as const;

/**
 * The convolution of x with its coordinates as further channels: x from -1 in the first column to 1 in the last, y from the first row to
 * the last, in 3-D z from the first slice to the last, and with `radius` their distance from the centre, sqrt(x^2 + y^2 + z^2). Along an
 * axis of one cell the coordinate is 0.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param w [K, C + coordinates, ...kernel], or [...kernel, C + coordinates, K]
 * @returns a new tensor [N, K, ...output], or [N, ...output, K]
 * @throws ConvError naming the invalid argument
 * @example
 * // x [1, 3, 32, 32]; w [16, 3 + 2, 3, 3]
 * const y = coordConv(x, w, { padding: 1 }); // [1, 16, 32, 32]
 */
export function coordConv(x: Tensor, w: Tensor, options: CoordConvOptions = {}): Tensor {
  checkOptions("options", options, [...KEYS, ...EPILOGUE_KEYS]);
  const { tensor } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const names = { input: "x.shape", kernel: "w.shape" };
  const wShape = checkTensor("w", w).shape;
  const coordinates = coordinatesOf(names, tensor.shape, wShape, layout, pick(options, COORDINATE_KEYS));
  checkLike("w", w, { shape: wShape, layout, dtype }, "as x");
  const { residual, bias } = options;
  const y = { shape: tensorShape(coordinates.problem, "y"), layout, dtype };
  if (bias !== undefined) checkLike("bias", bias, { ...y, shape: [coordinates.problem.K] }, "one for each channel");
  if (residual !== undefined) checkLike("residual", residual, y, "the shape of the result");
  checkSameEngine({ x, w, bias, residual });
  return compose(({ temporary }) => {
    const own = temporary(cast("coordConv", temporary(coordinateWeights(w, coordinates)), "f32"));
    const map = temporary(coordinateMap("coordConv", w, coordinates));
    const response = temporary(conv(map, own, { ...pick(options, UNGROUPED_KEYS), ...COORDINATE_CONSTRAINTS }));
    return conv(tensor, temporary(inputWeights(w, coordinates)), {
      ...pick(options, [...CONV_KEYS, "bias", "activation"]),
      residual: temporary(repeatedResponse(response, y, residual)),
    });
  });
}

/**
 * The gradient of `coordConv` with respect to its x.
 *
 * @param dy the gradient of the result of `coordConv`, after its activation if `activation` is given
 * @param w its weights
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dx = coordConvBackwardData(dy, w, { padding: 1, inputShape: x.shape });
 */
export function coordConvBackwardData(dy: Tensor, w: Tensor, options: CoordConvBackwardDataOptions): Tensor {
  checkOptions("options", options, [...KEYS, ...GRADIENT_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const names = { input: "inputShape", kernel: "w.shape" };
  const wShape = checkTensor("w", w).shape;
  const coordinates = coordinatesOf(names, options.inputShape, wShape, layout, pick(options, COORDINATE_KEYS));
  checkLike("w", w, { shape: wShape, layout, dtype }, "as dy");
  checkSameEngine({ dy, w });
  return compose(({ temporary }) =>
    convBackwardData(
      dy,
      temporary(inputWeights(w, coordinates)),
      pick(options, [...CONV_KEYS, ...GRADIENT_KEYS, "inputShape"]),
    ),
  );
}

/**
 * The gradient of `coordConv` with respect to its w.
 *
 * @param x the input of `coordConv`
 * @param dy the gradient of its result, after its activation if `activation` is given
 * @returns a new tensor of shape `kernelShape`
 * @throws ConvError naming the invalid argument
 * @example
 * const dw = coordConvBackwardWeights(x, dy, { padding: 1, kernelShape: w.shape });
 */
export function coordConvBackwardWeights(x: Tensor, dy: Tensor, options: CoordConvBackwardWeightsOptions): Tensor {
  checkOptions("options", options, [...KEYS, ...GRADIENT_KEYS, "kernelShape"]);
  const { tensor } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const names = { input: "x.shape", kernel: "kernelShape" };
  const coordinates = coordinatesOf(names, tensor.shape, options.kernelShape, layout, pick(options, COORDINATE_KEYS));
  const { problem, channels } = coordinates;
  const y = { shape: tensorShape(problem, "y"), layout, dtype };
  const gradient = checkLike("dy", dy, y, "the result of this convolution");
  const passed = passedActivation(gradient, pick(options, GRADIENT_KEYS));
  return compose(({ temporary }) => {
    const dinput = temporary(
      convBackwardWeights(tensor, gradient, {
        ...pick(options, [...CONV_KEYS, ...GRADIENT_KEYS]),
        kernelShape: weightsOfChannels(problem, problem.C - channels),
      }),
    );
    const name = "coordConvBackwardWeights";
    const image = { shape: [1, ...y.shape.slice(1)], layout, dtype: "f32" } as const;
    const dsum = temporary(batchSum(name, gradient, image, passed));
    const map = temporary(coordinateMap(name, tensor, coordinates));
    const dcoordinates = temporary(
      convBackwardWeights(map, dsum, {
        ...pick(options, UNGROUPED_KEYS),
        ...COORDINATE_CONSTRAINTS,
        kernelShape: weightsOfChannels(problem, channels),
      }),
    );
    return concatenate([dinput, temporary(cast(name, dcoordinates, dtype))], { axis: channelAxis(layout) });
  });
}

/** The axis of the input's channels in weights. */
function channelAxis(layout: Layout): number {
  return layout === "channels-first" ? 1 : -2;
}

/** The weights of the input's channels, which come first. */
function inputWeights(w: Tensor, { problem, channels }: Coordinates): Tensor {
  return slice(w, { axes: [channelAxis(w.layout)], starts: [0], ends: [problem.C - channels] });
}

/** The weights of the coordinates' channels. */
function coordinateWeights(w: Tensor, { problem, channels }: Coordinates): Tensor {
  return slice(w, { axes: [channelAxis(w.layout)], starts: [problem.C - channels], ends: [problem.C] });
}
