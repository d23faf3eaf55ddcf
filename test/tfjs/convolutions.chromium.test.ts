// Convolutions of TensorFlow.js through the adapter: the values that its CPU backend computes, and the kernel that was there for the rest.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { both, expectClose, integers, runKernel } from "./both.ts";

beforeAll(async () => {
  await tf.setBackend("webgpu");
});

const map = (shape: number[]) => integers(shape, 1) as tf.Tensor4D;
const filter = (shape: number[]) => integers(shape, 2) as tf.Tensor4D;
const volume = (shape: number[]) => integers(shape, 1) as tf.Tensor5D;
const filter3D = (shape: number[]) => integers(shape, 2) as tf.Tensor5D;

const EXPLICIT: [[0, 0], [number, number], [number, number], [0, 0]] = [
  [0, 0],
  [2, 0],
  [1, 3],
  [0, 0],
];

/** Calls that the engine serves, by the kernel that they call. */
const SERVED: [kernel: string, what: string, compute: () => tf.Tensor][] = [
  ["Conv2D", "same, strides", () => tf.conv2d(map([2, 9, 8, 5]), filter([3, 3, 5, 7]), [2, 1], "same")],
  ["Conv2D", "valid, dilated", () => tf.conv2d(map([1, 9, 9, 4]), filter([3, 2, 4, 8]), 1, "valid", "NHWC", [2, 3])],
  ["Conv2D", "a number of cells", () => tf.conv2d(map([1, 7, 6, 3]), filter([3, 3, 3, 4]), 2, 2)],
  ["Conv2D", "explicit padding", () => tf.conv2d(map([1, 7, 6, 3]), filter([3, 3, 3, 4]), 1, EXPLICIT)],
  ["Conv2D", "sizes rounded up", () => tf.conv2d(map([1, 8, 8, 3]), filter([3, 3, 3, 4]), 2, 0, "NHWC", 1, "ceil")],
  ["Conv2D", "sizes rounded", () => tf.conv2d(map([1, 8, 7, 3]), filter([3, 3, 3, 4]), 2, 1, "NHWC", 1, "round")],
  ["Conv2D", "pointwise", () => tf.conv2d(map([2, 5, 5, 16]), filter([1, 1, 16, 9]), 1, "valid")],
  [
    "Conv2D",
    "one axis",
    () => tf.conv1d(integers([2, 21, 3], 1) as tf.Tensor3D, integers([5, 3, 4], 2) as tf.Tensor3D, 2, "same"),
  ],
  ["Conv2D", "channels first", () => tf.conv2d(map([2, 5, 8, 7]), filter([3, 2, 5, 6]), 1, "same", "NCHW")],
  [
    "Conv2DBackpropInput",
    "channels first",
    () =>
      runKernel(
        "Conv2DBackpropInput",
        { dy: map([1, 6, 4, 4]), filter: filter([3, 2, 5, 6]) },
        { strides: 2, pad: "same", dataFormat: "NCHW", inputShape: [1, 5, 8, 7] },
      ),
  ],
  [
    "Conv2DBackpropFilter",
    "channels first",
    () =>
      runKernel(
        "Conv2DBackpropFilter",
        { x: map([1, 5, 8, 7]), dy: filter([1, 6, 4, 4]) },
        { strides: 2, pad: "same", dataFormat: "NCHW", filterShape: [3, 2, 5, 6] },
      ),
  ],
  [
    "FusedConv2D",
    "channels first",
    () =>
      tf.fused.conv2d({
        x: map([1, 5, 8, 7]),
        filter: filter([3, 2, 5, 6]),
        strides: 1,
        pad: "same",
        dataFormat: "NCHW",
        bias: integers([6], 3),
        activation: "prelu",
        preluActivationWeights: integers([6], 4),
      }),
  ],
  [
    "DepthwiseConv2dNative",
    "one filter",
    () => tf.depthwiseConv2d(map([2, 9, 8, 8]), filter([3, 3, 8, 1]), [2, 1], "same"),
  ],
  [
    "DepthwiseConv2dNative",
    "three filters",
    () => tf.depthwiseConv2d(map([1, 7, 8, 3]), filter([2, 3, 3, 3]), 1, "valid", "NHWC", 2),
  ],
  [
    "Conv2DBackpropInput",
    "transposed",
    () => tf.conv2dTranspose(map([2, 4, 5, 3]), filter([3, 3, 4, 3]), [2, 8, 9, 4], 2, "same"),
  ],
  [
    "Conv2DBackpropInput",
    "valid",
    () => tf.conv2dTranspose(map([1, 4, 5, 3]), filter([3, 2, 4, 3]), [1, 6, 6, 4], 1, "valid"),
  ],
  [
    "Conv2DBackpropFilter",
    "strides",
    () =>
      runKernel(
        "Conv2DBackpropFilter",
        { x: map([2, 9, 8, 3]), dy: filter([2, 5, 4, 4]) },
        { strides: 2, pad: "same", dataFormat: "NHWC", filterShape: [3, 3, 3, 4] },
      ),
  ],
  [
    "DepthwiseConv2dNativeBackpropInput",
    "two filters",
    () =>
      runKernel(
        "DepthwiseConv2dNativeBackpropInput",
        { dy: map([1, 6, 6, 6]), filter: filter([3, 3, 3, 2]) },
        { strides: 1, pad: "same", dilations: 1, inputShape: [1, 6, 6, 3] },
      ),
  ],
  [
    "DepthwiseConv2dNativeBackpropFilter",
    "two filters",
    () =>
      runKernel(
        "DepthwiseConv2dNativeBackpropFilter",
        { x: map([2, 6, 6, 3]), dy: filter([2, 6, 6, 6]) },
        { strides: 1, pad: "same", dilations: 1, filterShape: [3, 3, 3, 2] },
      ),
  ],
  ["Conv3D", "same, strides", () => tf.conv3d(volume([1, 5, 6, 7, 2]), filter3D([3, 2, 3, 2, 3]), [1, 2, 1], "same")],
  [
    "Conv3D",
    "a stride beyond the filter",
    () => tf.conv3d(volume([1, 6, 6, 6, 2]), filter3D([1, 1, 1, 2, 3]), 2, "same"),
  ],
  [
    "Conv3DBackpropInputV2",
    "transposed",
    () => tf.conv3dTranspose(volume([1, 2, 3, 3, 2]), filter3D([3, 3, 2, 3, 2]), [1, 4, 6, 5, 3], 2, "same"),
  ],
  [
    "Conv3DBackpropFilterV2",
    "strides",
    () =>
      runKernel(
        "Conv3DBackpropFilterV2",
        { x: volume([1, 4, 5, 6, 2]), dy: filter3D([1, 2, 3, 3, 3]) },
        { strides: 2, pad: "same", filterShape: [3, 2, 3, 2, 3] },
      ),
  ],
];

it.each(SERVED)("%s: %s", async (kernel, _, compute) => {
  const { values, wanted, served, shapes } = await both(compute);
  expect(served).toEqual([kernel]);
  expect(shapes[0]).toEqual(shapes[1]);
  expectClose(values, wanted);
});

/** Epilogues of fused convolutions: the bias and the slopes by their shapes, of maps of 6 channels. */
const EPILOGUES: { bias?: number[]; activation?: tf.fused.Activation; slopes?: number[]; leakyreluAlpha?: number }[] = [
  { bias: [6] },
  { bias: [1] },
  { bias: [1, 1, 6], activation: "relu" },
  { bias: [6], activation: "relu6" },
  { activation: "elu" },
  { bias: [6], activation: "sigmoid" },
  { bias: [6], activation: "leakyrelu", leakyreluAlpha: 0.3 },
  { bias: [6], activation: "prelu", slopes: [6] },
  { activation: "prelu", slopes: [1, 1, 6] },
  { bias: [6], activation: "prelu", slopes: [7, 8, 6] },
  { bias: [6], activation: "prelu", slopes: [] },
];

it.each(EPILOGUES.flatMap((epilogue) => [false, true].map((depthwise) => ({ ...epilogue, depthwise }))))(
  "fused: bias $bias, $activation, slopes $slopes, depthwise $depthwise",
  async ({ bias, activation, slopes, leakyreluAlpha, depthwise }) => {
    const compute = () =>
      tf.fused[depthwise ? "depthwiseConv2d" : "conv2d"]({
        x: map([2, 7, 8, 6]),
        filter: filter(depthwise ? [3, 3, 6, 1] : [3, 3, 6, 6]),
        strides: 1,
        pad: "same",
        ...(bias && { bias: integers(bias, 3) }),
        ...(activation && { activation }),
        ...(slopes && { preluActivationWeights: integers(slopes, 4) }),
        ...(leakyreluAlpha && { leakyreluAlpha }),
      });
    const { values, wanted, served } = await both(compute);
    expect(served).toEqual([depthwise ? "FusedDepthwiseConv2D" : "FusedConv2D"]);
    expectClose(values, wanted);
  },
);
