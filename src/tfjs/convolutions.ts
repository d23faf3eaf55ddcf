// The kernels of convolution that TensorFlow.js calls by name, as calls of the engine. Its filters [...taps, C, K] are the engine's in
// channels-last order, whichever order its maps have; those of depthwise convolutions, [...taps, C, M], lie in memory as [...taps, 1, C M].
import { conv } from "../conv/conv.ts";
import { convBackwardData, convBackwardWeights } from "../conv/gradients.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { prelu } from "../ops/prelu/prelu.ts";
import { transpose } from "../ops/transpose/transpose.ts";
import type { Layout } from "../problem/problem.ts";
import { type FusedAttributes, activationOf, biasOf } from "./epilogue.ts";
import { type ConvAttributes, type Geometry, geometryOf } from "./geometry.ts";
import { type Kernel, kernel } from "./kernel.ts";

const GEOMETRY = ["strides", "pad", "dataFormat", "dilations", "dimRoundingMode"] as const;

/** A convolution in both terms. */
interface Described {
  readonly layout: Layout;
  readonly geometry: Omit<Geometry, "outShape">;
  readonly outShape: number[];
  /** The shape of the filter as the engine takes it in channels-last order. */
  readonly filterShape: readonly number[];
}

function describe(
  inputShape: readonly number[],
  given: readonly number[],
  attributes: ConvAttributes,
  depthwise: boolean,
): Described {
  const { outShape, ...geometry } = geometryOf(inputShape, given, attributes, depthwise);
  const taps = given.slice(0, -2);
  const [C, K] = given.slice(-2) as [number, number];
  return {
    layout: attributes.dataFormat === "NCHW" ? "channels-first" : "channels-last",
    geometry,
    outShape,
    filterShape: depthwise ? [...taps, 1, C * K] : given,
  };
}

/** The filter in the order of the maps' layout. */
function ordered(filter: Tensor, layout: Layout): Tensor {
  return layout === "channels-last" ? filter : transpose(filter, { permutation: [3, 2, 0, 1], layout });
}

function forward(depthwise: boolean): Kernel {
  const reads = ["x", "filter", "bias", "preluActivationWeights"] as const;
  return kernel<ConvAttributes & FusedAttributes, typeof reads>(
    reads,
    [...GEOMETRY, "activation", "leakyreluAlpha"],
    ({ x, filter, bias, preluActivationWeights: slope }, attributes) => {
      const { layout, geometry, outShape, filterShape } = describe(x!, filter!, attributes, depthwise);
      // TensorFlow.js takes the maps of this one for channels-last, whatever the format says.
      if (depthwise && attributes.activation !== undefined && layout === "channels-first") return undefined;
      const added = biasOf(bias, filterShape.at(-1)!);
      if (!added) return undefined;
      return {
        inputs: [
          { shape: x!, layout },
          { shape: filterShape, layout: "channels-last" },
          added.shape && { shape: added.shape, layout },
          slope && { shape: slope, layout },
        ],
        weights: "filter",
        shape: outShape,
        compute: ({ x: input, filter: weights, bias: given, preluActivationWeights: slopes }) => {
          const y = conv(input!, ordered(weights!, layout), {
            ...geometry,
            ...added.option(given),
            ...activationOf(attributes),
          });
          return slopes ? prelu(y, slopes) : y;
        },
      };
    },
  );
}

function inputGradient(depthwise: boolean): Kernel {
  const reads = ["dy", "filter"] as const;
  return kernel<ConvAttributes & { readonly inputShape: number[] }, typeof reads>(
    reads,
    [...GEOMETRY, "inputShape"],
    ({ dy, filter }, attributes) => {
      const { inputShape } = attributes;
      const { layout, geometry, filterShape } = describe(inputShape, filter!, attributes, depthwise);
      return {
        inputs: [
          { shape: dy!, layout },
          { shape: filterShape, layout: "channels-last" },
        ],
        weights: "filter",
        shape: inputShape,
        compute: ({ dy: gradient, filter: weights }) =>
          convBackwardData(gradient!, ordered(weights!, layout), { ...geometry, inputShape }),
      };
    },
  );
}

function filterGradient(depthwise: boolean): Kernel {
  const reads = ["x", "dy"] as const;
  return kernel<ConvAttributes & { readonly filterShape: number[] }, typeof reads>(
    reads,
    [...GEOMETRY, "filterShape"],
    ({ x, dy }, attributes) => {
      const { layout, geometry, filterShape } = describe(x!, attributes.filterShape, attributes, depthwise);
      const isLast = layout === "channels-last";
      const kernelShape = isLast ? filterShape : [3, 2, 0, 1].map((axis) => filterShape[axis]!);
      return {
        inputs: [
          { shape: x!, layout },
          { shape: dy!, layout },
        ],
        shape: attributes.filterShape,
        compute: ({ x: input, dy: gradient }) => {
          const dw = convBackwardWeights(input!, gradient!, { ...geometry, kernelShape });
          return isLast ? dw : transpose(dw, { permutation: [2, 3, 1, 0] });
        },
      };
    },
  );
}

/** The kernels by name. */
export const convolutions: Readonly<Record<string, Kernel>> = {
  Conv2D: forward(false),
  FusedConv2D: forward(false),
  DepthwiseConv2dNative: forward(true),
  FusedDepthwiseConv2D: forward(true),
  Conv3D: forward(false),
  Conv2DBackpropInput: inputGradient(false),
  DepthwiseConv2dNativeBackpropInput: inputGradient(true),
  Conv3DBackpropInputV2: inputGradient(false),
  Conv2DBackpropFilter: filterGradient(false),
  DepthwiseConv2dNativeBackpropFilter: filterGradient(true),
  Conv3DBackpropFilterV2: filterGradient(false),
};
