// The kernels of convolution that TensorFlow.js calls by name, as calls of the engine.
import { backend_util } from "@tensorflow/tfjs-core";
import { conv } from "../conv/conv.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { ActivationOption } from "../problem/activation.ts";
import type { Layout } from "../problem/problem.ts";
import type { TensorInfo } from "./backend.ts";
import type { Request } from "./session.ts";

/** The tensors and attributes of a call, by the names of TensorFlow.js. */
export interface KernelArguments {
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Makes the request of a call. */
export type Kernel = (call: KernelArguments) => Request;

type Pair = [number, number];

/** The attributes of two-dimensional convolutions. */
interface Attributes {
  readonly strides: Pair | number;
  readonly pad: "valid" | "same" | number | [Pair, Pair, Pair, Pair];
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dilations?: Pair | number;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly activation?: string;
  readonly leakyreluAlpha?: number;
}

type Info = ReturnType<typeof backend_util.computeConv2DInfo>;
type Four = [number, number, number, number];

function infoOf(
  inputShape: readonly number[],
  kernelShape: readonly number[],
  given: Attributes,
  depthwise: boolean,
): Info {
  const { strides, pad, dataFormat = "NHWC", dilations = 1, dimRoundingMode } = given;
  return backend_util.computeConv2DInfo(
    inputShape as Four,
    kernelShape as Four,
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    depthwise,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
}

/** The padding of an axis that gives as many outputs as TensorFlow.js counts, whichever way it rounds. */
function paddingOf(input: number, extent: number, stride: number, output: number, begin: number, end: number): Pair {
  const least = (output - 1) * stride + extent - input - begin;
  return [begin, Math.min(Math.max(end, least), least + stride - 1)];
}

/** The options of the engine's calls. */
function geometryOf(info: Info, depthwise: boolean) {
  const { padInfo, strideHeight, strideWidth, dilationHeight, dilationWidth } = info;
  const { inHeight, inWidth, outHeight, outWidth, effectiveFilterHeight, effectiveFilterWidth } = info;
  return {
    stride: [strideHeight, strideWidth],
    dilation: [dilationHeight, dilationWidth],
    padding: [
      paddingOf(inHeight, effectiveFilterHeight, strideHeight, outHeight, padInfo.top, padInfo.bottom),
      paddingOf(inWidth, effectiveFilterWidth, strideWidth, outWidth, padInfo.left, padInfo.right),
    ],
    groups: depthwise ? info.inChannels : 1,
  };
}

/** The activations that TensorFlow.js fuses, without prelu. */
function activationOf(name: string, alpha: number): ActivationOption | undefined {
  return name === "leakyrelu" ? { name: "leaky-relu", slope: alpha } : (name as ActivationOption);
}

function forward(name: string, depthwise: boolean): Kernel {
  return ({ inputs, attrs }) => {
    const { x, filter, bias } = inputs as { x: TensorInfo; filter: TensorInfo; bias?: TensorInfo };
    const given = attrs as unknown as Attributes;
    const {
      strides,
      pad,
      dataFormat = "NHWC",
      dilations,
      dimRoundingMode,
      activation = "linear",
      leakyreluAlpha = 0.2,
    } = given;
    return {
      inputs: bias ? [x, filter, bias] : [x, filter],
      key: [
        name,
        x.shape,
        filter.shape,
        bias?.shape,
        strides,
        pad,
        dataFormat,
        dilations,
        dimRoundingMode,
        activation,
        leakyreluAlpha,
      ].join(" "),
      define: () => {
        if (dataFormat !== "NHWC" || activation === "prelu") return undefined;
        const info = infoOf(x.shape, filter.shape, given, depthwise);
        if (bias && (bias.shape.length !== 1 || bias.shape[0] !== info.outChannels)) return undefined;
        const layout: Layout = "channels-last";
        const [height, width, C, K] = filter.shape as Four;
        const kernelShape = depthwise ? [height, width, 1, C * K] : filter.shape;
        return {
          inputs: [x.shape, kernelShape, ...(bias ? [bias.shape] : [])].map((shape) => ({ shape, layout })),
          weights: 1,
          shape: info.outShape,
          compute: (input: Tensor, weights: Tensor, added?: Tensor) =>
            conv(input, weights, {
              ...geometryOf(info, depthwise),
              ...(added && { bias: added }),
              ...(activation !== "linear" && { activation: activationOf(activation, leakyreluAlpha) }),
            }),
        };
      },
    };
  };
}

/** The kernels by name. */
export const convolutions: Readonly<Record<string, Kernel>> = {
  Conv2D: forward("Conv2D", false),
  FusedConv2D: forward("FusedConv2D", false),
  DepthwiseConv2dNative: forward("DepthwiseConv2dNative", true),
  FusedDepthwiseConv2D: forward("FusedDepthwiseConv2D", true),
};
