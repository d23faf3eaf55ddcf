// Convolutions of TensorFlow.js through the adapter: the values that its CPU backend computes, and the kernel that was there for the rest.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";
import { statistics } from "convoke/tfjs";
import { beforeAll, expect, it } from "vitest";

beforeAll(async () => {
  await tf.setBackend("webgpu");
});

/** Integers, whose sums are exact in any order. */
function integers(shape: readonly number[], seed: number): tf.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, (_, at) => ((at * 7 + seed * 13) % 11) - 5);
  return tf.tensor(values, [...shape]);
}

/** Computes on the WebGPU backend and on the CPU's; returns both, and which kernels the engine served. */
async function both(compute: () => tf.Tensor) {
  const before = statistics();
  const own = tf.tidy(compute);
  const values = await own.data();
  const after = statistics();
  const served = Object.keys(after).filter((name) => after[name]!.served > (before[name]?.served ?? 0));
  await tf.setBackend("cpu");
  const expected = tf.tidy(compute);
  const wanted = await expected.data();
  const shapes = [own.shape, expected.shape];
  tf.dispose([own, expected]);
  await tf.setBackend("webgpu");
  return { values: [...values], wanted: [...wanted], served, shapes };
}

/**
 * Expects values to differ by no more than sums of products of such integers may: of at most 200 terms of at most 25, in the unit roundoff of
 * float32, with the growth of the algorithms that the planner may choose, at most 16 times that of a sequential sum.
 */
function expectClose(values: readonly number[], wanted: readonly number[]): void {
  expect(values.length).toBe(wanted.length);
  const most = 16 * 200 * 25 * 2 ** -24;
  const worst = wanted.reduce((max, value, at) => Math.max(max, Math.abs(value - values[at]!)), 0);
  expect(worst).toBeLessThan(most);
}

it("convolves 2-D maps", async () => {
  const { values, wanted, served, shapes } = await both(() =>
    tf.conv2d(integers([2, 9, 8, 5], 1) as tf.Tensor4D, integers([3, 3, 5, 7], 2) as tf.Tensor4D, [2, 1], "same"),
  );
  expect(served).toEqual(["Conv2D"]);
  expect(shapes[0]).toEqual(shapes[1]);
  expectClose(values, wanted);
});
