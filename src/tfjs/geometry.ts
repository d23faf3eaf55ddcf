// The geometry of a convolution as TensorFlow.js describes it, in the terms of the engine.
import { backend_util } from "@tensorflow/tfjs-core";

type Pair = [number, number];
type Triple = [number, number, number];

/** The attributes of the kernels of convolution, by their names in TensorFlow.js. */
export interface ConvAttributes {
  readonly strides: Pair | Triple | number;
  /** Of explicit padding a pair for each axis, batch and channels included. */
  readonly pad: "valid" | "same" | number | Pair[];
  readonly dataFormat?: "NHWC" | "NCHW" | "NDHWC";
  readonly dilations?: Pair | Triple | number | null;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** A convolution in the terms of the engine, and the shape of its result. */
export interface Geometry {
  readonly stride: number[];
  readonly dilation: number[];
  readonly padding: Pair[];
  readonly groups: number;
  readonly outShape: number[];
}

/** The axes of `Conv2DInfo` and `Conv3DInfo`: the ends of their fields, and the names of their padding. */
const AXES = [
  { name: "Depth", before: "front", after: "back" },
  { name: "Height", before: "top", after: "bottom" },
  { name: "Width", before: "left", after: "right" },
] as const;

type Info2D = ReturnType<typeof backend_util.computeConv2DInfo>;
type Info3D = ReturnType<typeof backend_util.computeConv3DInfo>;

/** Returns the geometry of a convolution from the shapes of its input and its kernel, both in TensorFlow.js' order. */
export function geometryOf(
  inputShape: readonly number[],
  kernelShape: readonly number[],
  { strides, pad, dataFormat, dilations, dimRoundingMode }: ConvAttributes,
  depthwise: boolean,
): Geometry {
  const common = [inputShape, kernelShape, strides, dilations ?? 1, pad] as const;
  const layout = dataFormat === "NCHW" ? "channelsFirst" : "channelsLast";
  // Their types tell tuples apart that are one value here.
  const [infoOf2D, infoOf3D] = [backend_util.computeConv2DInfo, backend_util.computeConv3DInfo] as unknown as [
    (...given: [...typeof common, unknown, boolean, string]) => Info2D,
    (...given: [...typeof common, boolean, string, unknown]) => Info3D,
  ];
  const info =
    inputShape.length === 5
      ? infoOf3D(...common, false, "channelsLast", dimRoundingMode)
      : infoOf2D(...common, dimRoundingMode, depthwise, layout);
  const fields = info as unknown as Record<string, number>;
  const pads = info.padInfo as unknown as Record<string, number>;
  const axes = AXES.slice(5 - inputShape.length).map(({ name, before, after }) => {
    const [stride, output] = [fields[`stride${name}`]!, fields[`out${name}`]!];
    const begin = pads[before]!;
    // As many outputs as TensorFlow.js counts, whichever way it rounds.
    const least = (output - 1) * stride + fields[`effectiveFilter${name}`]! - fields[`in${name}`]! - begin;
    const end = Math.min(Math.max(pads[after]!, least), least + stride - 1);
    return { stride, dilation: fields[`dilation${name}`]!, padding: [begin, end] as Pair };
  });
  return {
    stride: axes.map(({ stride }) => stride),
    dilation: axes.map(({ dilation }) => dilation),
    padding: axes.map(({ padding }) => padding),
    groups: depthwise ? info.inChannels : 1,
    outShape: info.outShape,
  };
}
