// Local response normalisation (Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012,
// section 3.3). An invocation takes four channels that follow each other, so that what their windows share is loaded once.
import { elementTypes } from "../../kernel/element-types.ts";
import { elementCount } from "../../base/shape.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import {
  LOCAL_RESPONSE_KEYS,
  type LocalResponseNormOptions,
  type Responses,
  responsesOf,
} from "./geometry.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { run, floatBits, whole } from "../../gpu/operation.ts";
import { Scratch } from "../shared/scratch.ts";
import channelRunShader from "../../../shaders/ops/local-response-norm/channel-run.wgsl";
import channelsNearShader from "../../../shaders/ops/local-response-norm/channels-near.wgsl";
import channelWindowsShader from "../../../shaders/ops/local-response-norm/channel-windows.wgsl";

/** Channels of an invocation: where a window is of few, and where it is of many. */
const RUN = 8;
const WIDE_RUN = 4;

/** The widest window whose numbers an invocation keeps: what lies around a run is then less than the run. */
const FEW = 7;

/** The powers that take no logarithm, in quarters. */
const QUARTERS = [2, 3, 4];

/**
 * x / (k + alpha times the mean of the squares over a window of channels)^beta, as F.local_response_norm. The channels that a window has
 * beyond the first and the last count as zeros.
 *
 * @param x [N, C, ...spatial], or [N, ...spatial, C]
 * @returns a new tensor of x's shape
 * @throws ConvError naming the argument that does not fit
 */
export function localResponseNorm(x: Tensor, options: LocalResponseNormOptions): Tensor {
  checkOptions("options", options, LOCAL_RESPONSE_KEYS);
  const { tensor, map } = checkMap("x", x);
  const responses = responsesOf(options);
  const { shape, layout, dtype } = tensor;
  const y = { shape, layout, dtype };
  return run({
    name: "localResponseNorm",
    inputs: { x: tensor },
    results: { y },
    parameters: responses,
    recipe: () => ({
      steps: [step("local-response-norm", map, dtype, responses, [whole("x", tensor), whole("y", y)])],
    }),
  }).y;
}

/**
 * The gradient of `localResponseNorm`.
 *
 * @param dy the gradient of its result
 * @param x that of the normalisation
 * @returns a new tensor of x's shape
 * @throws ConvError naming the argument that does not fit
 */
export function localResponseNormBackward(
  dy: Tensor,
  x: Tensor,
  options: LocalResponseNormOptions,
): Tensor {
  checkOptions("options", options, LOCAL_RESPONSE_KEYS);
  const { tensor, map } = checkMap("x", x);
  const gradient = checkLike("dy", dy, tensor, "the shape of x");
  const responses = responsesOf(options);
  const { shape, layout, dtype } = tensor;
  const dx = { shape, layout, dtype };
  return run({
    name: "localResponseNormBackward",
    inputs: { dy: gradient, x: tensor },
    results: { dx },
    parameters: responses,
    recipe: () => {
      const operands = [whole("x", tensor), whole("dy", gradient)];
      if (isFew(responses))
        return { steps: [step("local-response-norm-backward", map, dtype, responses, [...operands, whole("dx", dx)])] };
      const scratch = new Scratch();
      const [direct, shared] = [scratch.numbers(tensor.size), scratch.numbers(tensor.size)];
      // A channel is in the windows of those from `after` before it to `before` behind it.
      const around = { ...responses, before: responses.after, after: responses.before };
      return {
        steps: [
          step("local-response-norm-shares", map, dtype, responses, [...operands, direct, shared]),
          step("local-response-norm-backward", map, dtype, around, [operands[0]!, whole("dx", dx), direct, shared]),
        ],
        workspaceBytes: scratch.bytes,
      };
    },
  }).dx;
}

function isFew({ before, after }: Responses): boolean {
  return before + 1 + after <= FEW;
}

/** Channels first, four cells at a time where those of a channel divide by four. */
function step(kernel: string, map: FeatureMap, dtype: Tensor["dtype"], responses: Responses, ranges: readonly Range[]) {
  const { N, channels, size, layout } = map;
  const cells = elementCount(size);
  const first = layout === "channels-first";
  const fours = first && cells % 4 === 0;
  const inner = first ? cells / (fours ? 4 : 1) : 1;
  const few = isFew(responses);
  const run = few ? RUN : WIDE_RUN;
  const runs = Math.ceil(channels / run);
  const threads = (first ? N : N * cells) * runs * inner;
  const { before, after, factor, beta, k } = responses;
  const type = fours ? "four" : "one";
  return dispatch({
    shaders: [
      channelRunShader,
      ...(few ? [channelsNearShader, `ops/${kernel}-few`] : [channelWindowsShader, `ops/${kernel}`]),
    ],
    constants: {
      RUN: run,
      QUARTERS: QUARTERS.find((quarters) => quarters / 4 === beta) ?? 0,
      ...(few && { BEFORE: before, AFTER: after }),
    },
    aliases: { V: elementTypes("f32")[type], E: elementTypes(dtype)[type] },
    ranges,
    uniforms: [channels, inner, runs, before, after, threads, floatBits(factor), floatBits(beta), floatBits(k)],
    threads,
  });
}
