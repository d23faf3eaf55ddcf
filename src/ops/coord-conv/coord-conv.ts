// CoordConv and its gradients (Liu et al., An Intriguing Failing of Convolutional Neural Networks and the CoordConv Solution, 2018, section
// 3): a convolution that also sees where it is. By linearity the convolution of the input with its coordinates is that of the input plus
// that of the coordinates; the second is the same for every image and is computed from coordinates that lie nowhere in memory.
import { checkTensor } from "../../gpu/tensor.ts";
import { conv, convBackwardData, convBackwardWeights } from "../../conv/conv.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { ActivationGradientOptions, ConvOptions } from "../../conv/calls.ts";
import type { Constraints } from "../../planner/choose.ts";
import { CONSTRAINT_KEYS } from "../../planner/choose.ts";
import { tensorShape } from "../../problem/problem.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import {
  COORD_GEOMETRY_KEYS,
  type CoordinateOptions,
  type Coordinates,
  coordinatesOf,
  weightsWith,
} from "./geometry.ts";
import { batchSum, gateOf } from "../shared/batch-sum.ts";
import { composed, given } from "../shared/composition.ts";
import { checkLike, checkMap, mapConstants, mapWords } from "../shared/feature-map.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, whole } from "../../gpu/operation.ts";
import { firstParts, partsBytes, partsOf, sumSteps } from "../shared/sum-parts.ts";
import firstChannelsShader from "../../../shaders/ops/coord-conv/first-channels.wgsl";
import coordResidualShader from "../../../shaders/ops/coord-conv/coord-residual.wgsl";
import noCoordResidualShader from "../../../shaders/ops/coord-conv/no-coord-residual.wgsl";
import coordMergeShader from "../../../shaders/ops/coord-conv/coord-merge.wgsl";
import featureMapShader from "../../../shaders/lib/feature-map.wgsl";
import coordinatesShader from "../../../shaders/ops/coord-conv/coordinates.wgsl";

/** Those of a convolution in one group: padding and its mode hold for the coordinates as for the input. */
export interface CoordConvOptions extends CoordinateOptions, Omit<ConvOptions, keyof CoordinateOptions | "groups"> {}

interface BackwardOptions extends CoordinateOptions, Constraints, ActivationGradientOptions {}

export interface CoordConvBackwardDataOptions extends BackwardOptions {
  /** The shape of the convolution's x. */
  inputShape: readonly number[];
}

export interface CoordConvBackwardWeightsOptions extends BackwardOptions {
  /** The shape of the convolution's w. */
  kernelShape: readonly number[];
}

const EPILOGUE_KEYS = ["bias", "residual", "activation"] as const;
const GRADIENT_KEYS = ["activation", "output", "preActivation"] as const;
const KEYS = [...COORD_GEOMETRY_KEYS, "radius", ...CONSTRAINT_KEYS];

/** Output channels of an invocation: they share coordinates. */
const RUN = 8;

/**
 * The convolution of x with its coordinates as further channels: x from -1 in the first column to 1 in the last, y from the first row to the
 * last, in 3-D z from the first slice to the last, and with `radius` their distance from the middle, sqrt(x^2 + y^2 + z^2). An axis of
 * one cell has the coordinate 0.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @param w [K, C + coordinates, ...kernel], or [...kernel, C + coordinates, K]
 * @returns a new tensor [N, K, ...output], or [N, ...output, K]
 * @throws ConvError naming the argument that does not fit
 */
export function coordConv(x: Tensor, w: Tensor, options: CoordConvOptions = {}): Tensor {
  checkOptions("options", options, [...KEYS, ...EPILOGUE_KEYS]);
  const { tensor } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const coordinates = coordinatesOf(
    { input: "x.shape", kernel: "w.shape" },
    ...([
      tensor.shape,
      checkTensor("w", w).shape,
      layout,
      given(options, [...COORD_GEOMETRY_KEYS, "radius"]),
    ] as const),
  );
  checkLike("w", w, { shape: w.shape, layout, dtype }, "as x");
  const { residual, bias, activation } = options;
  const y = { shape: tensorShape(coordinates.problem, "y"), layout, dtype };
  if (bias !== undefined)
    checkLike("bias", bias, { ...y, shape: [coordinates.problem.K] }, "one for each channel");
  if (residual !== undefined) checkLike("residual", residual, y, "the shape of the result");
  return composed(({ temporary }) =>
    conv(tensor, temporary(inputWeights(w, coordinates)), {
      ...given(options, [...COORD_GEOMETRY_KEYS, ...CONSTRAINT_KEYS]),
      ...(bias !== undefined && { bias }),
      ...(activation !== undefined && { activation }),
      residual: temporary(response(w, coordinates, y.shape, residual)),
    }),
  );
}

/**
 * The gradient of `coordConv` with respect to its x.
 *
 * @param dy the gradient of its result; of its activation's output where `activation` is given
 * @param w its weights
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the argument that does not fit
 */
export function coordConvBackwardData(
  dy: Tensor,
  w: Tensor,
  options: CoordConvBackwardDataOptions,
): Tensor {
  checkOptions("options", options, [...KEYS, ...GRADIENT_KEYS, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const coordinates = coordinatesOf(
    { input: "inputShape", kernel: "w.shape" },
    ...([
      options.inputShape,
      checkTensor("w", w).shape,
      layout,
      given(options, [...COORD_GEOMETRY_KEYS, "radius"]),
    ] as const),
  );
  checkLike("w", w, { shape: w.shape, layout, dtype }, "as dy");
  return composed(({ temporary }) =>
    convBackwardData(dy, temporary(inputWeights(w, coordinates)), {
      ...given(options, [...COORD_GEOMETRY_KEYS, ...CONSTRAINT_KEYS, ...GRADIENT_KEYS]),
      inputShape: options.inputShape,
    }),
  );
}

/**
 * The gradient of `coordConv` with respect to its w.
 *
 * @param x its input
 * @param dy the gradient of its result; of its activation's output where `activation` is given
 * @returns a new tensor of shape `kernelShape`
 * @throws ConvError naming the argument that does not fit
 */
export function coordConvBackwardWeights(
  x: Tensor,
  dy: Tensor,
  options: CoordConvBackwardWeightsOptions,
): Tensor {
  checkOptions("options", options, [...KEYS, ...GRADIENT_KEYS, "kernelShape"]);
  const { tensor } = checkMap("x", x);
  const { layout, dtype } = tensor;
  const coordinates = coordinatesOf(
    { input: "x.shape", kernel: "kernelShape" },
    ...([tensor.shape, options.kernelShape, layout, given(options, [...COORD_GEOMETRY_KEYS, "radius"])] as const),
  );
  const { problem, channels } = coordinates;
  const y = { shape: tensorShape(problem, "y"), layout, dtype };
  const gradient = checkLike("dy", dy, y, "the result of this convolution");
  const gate = gateOf(gradient, given(options, GRADIENT_KEYS));
  return composed(({ temporary }) => {
    const dinput = temporary(
      convBackwardWeights(tensor, gradient, {
        ...given(options, [...COORD_GEOMETRY_KEYS, ...CONSTRAINT_KEYS, ...GRADIENT_KEYS]),
        kernelShape: weightsWith(problem, problem.C - channels),
      }),
    );
    const image = { shape: [1, ...y.shape.slice(1)], layout, dtype: "f32" } as const;
    const sums = temporary(batchSum("coordConvBackwardWeights", gradient, image, gate));
    return weightGradient(dinput, sums, coordinates);
  });
}

/** The weights of the channels of the input. */
function inputWeights(w: Tensor, { problem, channels }: Coordinates): Tensor {
  const { layout, dtype } = w;
  const kept = problem.C - channels;
  const part = { shape: weightsWith(problem, kept), layout, dtype };
  const inner = layout === "channels-first" ? elementCount(problem.kernel) : problem.K;
  const threads = elementCount(part.shape);
  return run({
    name: "coordConv",
    inputs: { w },
    results: { part },
    parameters: ["input weights", kept],
    recipe: () => ({
      steps: [
        dispatch({
          shaders: [firstChannelsShader],
          aliases: { E: elementTypes(dtype).one },
          ranges: [whole("w", w), whole("part", part)],
          uniforms: [threads, problem.C * inner, kept * inner],
          threads,
        }),
      ],
    }),
  }).part;
}

/** What the coordinates add to every image, and the residual where there is one. */
function response(
  w: Tensor,
  coordinates: Coordinates,
  shape: readonly number[],
  residual?: Tensor,
): Tensor {
  const { problem } = coordinates;
  const { layout, dtype } = w;
  const sum = { shape, layout, dtype };
  const threads = Math.ceil(problem.K / RUN) * Math.ceil(elementCount(problem.output) / 4);
  return run({
    name: "coordConv",
    inputs: { w, ...(residual && { residual }) },
    results: { sum },
    parameters: ["response", coordinates],
    recipe: () => ({
      steps: [
        kernelStep(
          "coord-response",
          coordinates,
          dtype,
          [whole("w", w), ...(residual ? [whole("residual", residual)] : []), whole("sum", sum)],
          threads,
          [threads],
          residual ? coordResidualShader : noCoordResidualShader,
        ),
      ],
    }),
  }).sum;
}

/** The gradient of all weights from that of the input's channels, and the gradient summed over the batch. */
function weightGradient(dinput: Tensor, dsum: Tensor, coordinates: Coordinates): Tensor {
  const { problem, channels } = coordinates;
  const { layout, dtype } = dinput;
  const dw = { shape: tensorShape(problem, "w"), layout, dtype };
  return run({
    name: "coordConvBackwardWeights",
    inputs: { dinput, dsum },
    results: { dw },
    parameters: coordinates,
    recipe: () => {
      const taps = elementCount(problem.kernel);
      const slots = problem.K * channels * taps;
      const count = elementCount(problem.output);
      const bytes = partsBytes(slots, count);
      const sums: Range = { operand: "workspace", offset: bytes, size: slots * 4 };
      const inner = layout === "channels-first" ? taps : problem.K;
      const elements = elementCount(dw.shape);
      const merge = dispatch({
        shaders: [coordMergeShader],
        aliases: { E: elementTypes(dtype).one },
        ranges: [whole("dinput", dinput), sums, whole("dw", dw)],
        uniforms: [elements, inner, problem.C, channels],
        threads: elements,
      });
      const threads = Math.ceil(problem.K / RUN) * taps * partsOf(count);
      const parts = kernelStep(
        "coord-weights",
        coordinates,
        "f32",
        [whole("dsum", dsum), firstParts(0, slots, count)],
        threads,
        [...[threads, partsOf(count), count]],
      );
      return { steps: [parts, ...sumSteps(0, slots, count, sums, "f32"), merge], workspaceBytes: bytes + sums.size };
    },
  }).dw;
}

function kernelStep(
  kernel: string,
  { problem, channels, radius }: Coordinates,
  dtype: Tensor["dtype"],
  ranges: Range[],
  threads: number,
  words: number[],
  ...parts: string[]
) {
  const { N, C, K, rank, layout, input, output, paddingMode, paddingValue, flipped } = problem;
  const map = (many: number, size: typeof input) => ({ N, channels: many, size, rank, layout });
  return dispatch({
    shaders: [featureMapShader, `lib/padding-${paddingMode}`, coordinatesShader, ...parts, `ops/${kernel}`],
    constants: {
      ...mapConstants(map(C, input)),
      ...{ PADDING_VALUE: { f32: paddingValue }, FLIPPED: flipped, RADIUS: radius, RUN },
    },
    aliases: { E: elementTypes(dtype).one },
    ranges,
    uniforms: [
      ...mapWords(map(C, input)),
      ...mapWords(map(K, output)),
      ...[N, channels],
      ...[...problem.kernel, ...problem.stride, ...problem.dilation, ...problem.padBegin],
      // The struct is made of multiples of 16 bytes.
      ...[0, 0],
      ...words,
    ],
    threads,
  });
}
