// Local response normalisation, and its gradient. An invocation computes a run of neighbouring channels, and loads the numbers that their
// windows share once.
import channelRunShader from "../../../shaders/ops/local-response-norm/channel-run.wgsl";
import channelWindowsShader from "../../../shaders/ops/local-response-norm/channel-windows.wgsl";
import channelsNearShader from "../../../shaders/ops/local-response-norm/channels-near.wgsl";
import backwardNarrowShader from "../../../shaders/ops/local-response-norm/local-response-norm-backward-narrow.wgsl";
import backwardShader from "../../../shaders/ops/local-response-norm/local-response-norm-backward.wgsl";
import forwardNarrowShader from "../../../shaders/ops/local-response-norm/local-response-norm-narrow.wgsl";
import sharesShader from "../../../shaders/ops/local-response-norm/local-response-norm-shares.wgsl";
import forwardShader from "../../../shaders/ops/local-response-norm/local-response-norm.wgsl";
import squaresShader from "../../../shaders/ops/local-response-norm/squares.wgsl";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run, whole } from "../../gpu/operation.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { type Range, dispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { checkLike, checkMap } from "../shared/feature-map.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";
import { LOCAL_RESPONSE_KEYS, type LocalResponseNormOptions, type Responses, responsesOf } from "./geometry.ts";

/** Channels that an invocation computes, for narrow windows and for wide ones. */
const RUN = 8;
const WIDE_RUN = 4;

/** Channels of the widest narrow window: an invocation holds its numbers in registers, and those around a run are fewer than the run. */
const NARROW = 7;

/** Exponents in quarters that need no logarithm. */
const QUARTERS = [2, 3, 4];

/**
 * Local response normalisation (Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012,
 * section 3.3) as F.local_response_norm: x / (k + alpha * mean of the squares over a window of channels)^beta. Channels of a window before
 * the first or after the last count as zeros.
 *
 * @param x [N, C, ...spatial] or [N, ...spatial, C]
 * @returns a new tensor of x's shape
 * @throws ConvError naming the invalid argument
 * @example const y = localResponseNorm(x, { size: 5, alpha: 1e-4, beta: 0.75, k: 2 });
 */
export function localResponseNorm(x: Tensor, options: LocalResponseNormOptions): Tensor {
  checkOptions("options", options, LOCAL_RESPONSE_KEYS);
  const { tensor, map } = checkMap("x", x);
  const responses = responsesOf(options);
  return run({
    name: "localResponseNorm",
    inputs: { x: tensor },
    results: { y: tensor },
    parameters: responses,
    recipe: () => {
      const shaders = isNarrow(responses) ? NARROW_FORWARD : [...WIDE, squaresShader, forwardShader];
      return { steps: [windowStep(shaders, map, tensor.dtype, responses, [whole("x", tensor), whole("y", tensor)])] };
    },
  }).y;
}

/**
 * Gradient of `localResponseNorm` with respect to x.
 *
 * @param dy gradient of the result
 * @param x the x of the forward operation
 * @param options the options of the forward operation
 * @returns a new tensor of x's shape
 * @throws ConvError naming the invalid argument
 * @example const dx = localResponseNormBackward(dy, x, { size: 5 });
 */
export function localResponseNormBackward(dy: Tensor, x: Tensor, options: LocalResponseNormOptions): Tensor {
  checkOptions("options", options, LOCAL_RESPONSE_KEYS);
  const { tensor, map } = checkMap("x", x);
  const gradient = checkLike("dy", dy, tensor, "the shape of x");
  const responses = responsesOf(options);
  const { dtype } = tensor;
  const [xRange, dyRange, dxRange] = [whole("x", tensor), whole("dy", gradient), whole("dx", tensor)];
  return run({
    name: "localResponseNormBackward",
    inputs: { dy: gradient, x: tensor },
    results: { dx: tensor },
    parameters: responses,
    recipe: () => {
      if (isNarrow(responses))
        return { steps: [windowStep(NARROW_BACKWARD, map, dtype, responses, [xRange, dyRange, dxRange])] };
      const workspace = new Workspace();
      const [direct, shares] = [workspace.numbers(tensor.size), workspace.numbers(tensor.size)];
      // A channel lies in the windows of the channels from `after` places before it to `before` places behind it.
      const around = { ...responses, before: responses.after, after: responses.before };
      return {
        steps: [
          windowStep([...WIDE, squaresShader, sharesShader], map, dtype, responses, [xRange, dyRange, direct, shares]),
          windowStep([...WIDE, backwardShader], map, dtype, around, [xRange, dxRange, direct, shares]),
        ],
        workspaceBytes: workspace.bytes,
      };
    },
  }).dx;
}

const NARROW_FORWARD = [channelRunShader, channelsNearShader, forwardNarrowShader];
const NARROW_BACKWARD = [channelRunShader, channelsNearShader, backwardNarrowShader];
const WIDE = [channelRunShader, channelWindowsShader];

function isNarrow({ before, after }: Responses): boolean {
  return before + 1 + after <= NARROW;
}

/** A step over runs of channels. With channels first it computes four cells at a time if the cells of a channel divide by four. */
function windowStep(
  shaders: readonly Shader[],
  map: FeatureMap,
  dtype: Tensor["dtype"],
  responses: Responses,
  ranges: readonly Range[],
): Step<string> {
  const { N, channels, size, layout } = map;
  const cells = elementCount(size);
  const first = layout === "channels-first";
  const fours = first && cells % 4 === 0;
  const inner = first ? cells / (fours ? 4 : 1) : 1;
  const narrow = isNarrow(responses);
  const channelsOfRun = narrow ? RUN : WIDE_RUN;
  const runs = Math.ceil(channels / channelsOfRun);
  const { before, after, factor, beta, k } = responses;
  const type = fours ? "four" : "one";
  return dispatch({
    shaders,
    constants: {
      RUN: channelsOfRun,
      QUARTERS: QUARTERS.find((quarters) => quarters / 4 === beta) ?? 0,
      ...(narrow && { BEFORE: before, AFTER: after }),
    },
    aliases: { V: elementTypes("f32")[type], E: elementTypes(dtype)[type] },
    ranges,
    uniforms: { channels, inner, runs, before, after, factor, beta, k },
    threads: (first ? N : N * cells) * runs * inner,
  });
}
