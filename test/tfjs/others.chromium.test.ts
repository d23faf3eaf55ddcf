// Products of matrices, pooling, resizing and normalisation of TensorFlow.js through the adapter: the values that its CPU backend computes.
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { both, expectClose, integers, runKernel } from "./both.ts";

beforeAll(async () => {
  await tf.setBackend("webgpu");
});

const map = () => integers([2, 7, 8, 6], 1) as tf.Tensor4D;
const volume = () => integers([1, 4, 5, 6, 3], 1) as tf.Tensor5D;
const matrix = (rows: number, columns: number, seed = 1) => integers([rows, columns], seed) as tf.Tensor2D;
const batch = (shape: [number, number, number], seed = 1) => integers(shape, seed) as tf.Tensor3D;
const statistic = (seed: number) => tf.add(tf.abs(integers([6], seed)), 1) as tf.Tensor1D;

/** The gradient of a pooling: distinct numbers in every window, so that there is one maximum. */
function poolGradient(kernel: string, input: tf.Tensor, output: tf.Tensor, attributes: object): tf.Tensor {
  return runKernel(kernel, { dy: output, input, output }, attributes);
}
const distinct = (shape: number[]) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(
    Float32Array.from({ length: count }, (_, at) => (at * 7919) % 1009),
    shape,
  );
};

const WINDOWS = { filterSize: 3, strides: 2, pad: "same" };
const WINDOWS_3D = { filterSize: [2, 2, 2], strides: [2, 2, 2], pad: "same" };

const SERVED: [kernel: string, what: string, compute: () => tf.Tensor][] = [
  ["BatchMatMul", "plain", () => tf.matMul(matrix(9, 7), matrix(7, 5, 2))],
  ["BatchMatMul", "of a transpose", () => tf.matMul(matrix(9, 7), matrix(5, 7, 2), false, true)],
  ["BatchMatMul", "transposed", () => tf.matMul(matrix(7, 9), matrix(7, 5, 2), true)],
  ["BatchMatMul", "both transposed", () => tf.matMul(matrix(7, 9), matrix(5, 7, 2), true, true)],
  ["BatchMatMul", "batches", () => tf.matMul(batch([3, 4, 5]), batch([3, 6, 5], 2), false, true)],
  ["BatchMatMul", "one for a batch", () => tf.matMul(batch([3, 4, 5]), batch([1, 5, 6], 2))],
  ["BatchMatMul", "a batch for one", () => tf.matMul(batch([1, 4, 5]), batch([3, 5, 6], 2))],
  [
    "_FusedMatMul",
    "dense",
    () => tf.fused.matMul({ a: matrix(9, 7), b: matrix(7, 5, 2), bias: integers([5], 3), activation: "relu" }),
  ],
  [
    "_FusedMatMul",
    "prelu",
    () =>
      tf.fused.matMul({
        a: matrix(9, 7),
        b: matrix(7, 5, 2),
        activation: "prelu",
        preluActivationWeights: integers([5], 3),
      }),
  ],
  ["MaxPool", "same", () => tf.maxPool(map(), 3, 2, "same")],
  ["MaxPool", "of 2 x 3, rounded up", () => tf.maxPool(map(), [2, 3], 2, 0, "ceil")],
  ["AvgPool", "same", () => tf.avgPool(map(), 3, 2, "same")],
  ["MaxPool3D", "same", () => tf.maxPool3d(volume(), 2, 2, "same")],
  ["AvgPool3D", "valid", () => tf.avgPool3d(volume(), 2, 1, "valid")],
  [
    "MaxPoolGrad",
    "same",
    () => poolGradient("MaxPoolGrad", distinct([2, 7, 8, 3]), integers([2, 4, 4, 3], 2), WINDOWS),
  ],
  ["AvgPoolGrad", "same", () => poolGradient("AvgPoolGrad", map(), integers([2, 4, 4, 6], 2), WINDOWS)],
  [
    "MaxPool3DGrad",
    "same",
    () => poolGradient("MaxPool3DGrad", distinct([1, 4, 5, 6, 3]), integers([1, 2, 3, 3, 3], 2), WINDOWS_3D),
  ],
  ["AvgPool3DGrad", "same", () => poolGradient("AvgPool3DGrad", volume(), integers([1, 2, 3, 3, 3], 2), WINDOWS_3D)],
  ["ResizeBilinear", "larger", () => tf.image.resizeBilinear(map(), [11, 13])],
  ["ResizeBilinear", "corners", () => tf.image.resizeBilinear(map(), [11, 5], true)],
  ["ResizeBilinear", "half pixels", () => tf.image.resizeBilinear(map(), [4, 20], false, true)],
  ["ResizeNearestNeighbor", "larger", () => tf.image.resizeNearestNeighbor(map(), [11, 16])],
  ["ResizeNearestNeighbor", "corners", () => tf.image.resizeNearestNeighbor(map(), [11, 5], true)],
  ["ResizeNearestNeighbor", "half pixels", () => tf.image.resizeNearestNeighbor(map(), [4, 20], false, true)],
  ["Softmax", "rows", () => tf.softmax(integers([5, 9], 1))],
  [
    "FusedBatchNorm",
    "with scale and offset",
    () => tf.batchNorm(map(), statistic(1), statistic(2), integers([6], 3) as tf.Tensor1D, statistic(4), 0.01),
  ],
  ["FusedBatchNorm", "alone", () => tf.batchNorm(map(), statistic(1), statistic(2))],
];

it.each(SERVED)("%s: %s", async (kernel, _, compute) => {
  const { values, wanted, served, shapes } = await both(compute);
  expect(served).toContain(kernel);
  expect(shapes[0]).toEqual(shapes[1]);
  expectClose(values, wanted);
});
