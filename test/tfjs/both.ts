// What the tests of the adapter share: integers, and results beside those of TensorFlow.js' CPU backend.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-webgpu";
import { statistics } from "convoke/tfjs";
import { expect } from "vitest";

/** Integers, whose sums are exact in any order. */
export function integers(shape: readonly number[], seed: number): tf.Tensor {
  const count = shape.reduce((product, size) => product * size, 1);
  const values = Float32Array.from({ length: count }, (_, at) => ((at * 7 + seed * 13) % 11) - 5);
  return tf.tensor(values, [...shape]);
}

/** Computes on the WebGPU backend and on the CPU's; returns both, and which kernels the engine served. */
export async function both(compute: () => tf.Tensor) {
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
export function expectClose(values: readonly number[], wanted: readonly number[]): void {
  expect(values.length).toBe(wanted.length);
  const most = 16 * 200 * 25 * 2 ** -24;
  const worst = wanted.reduce((max, value, at) => Math.max(max, Math.abs(value - values[at]!)), 0);
  expect(worst).toBeLessThan(most);
}

/** Calls a kernel that no public function calls with these attributes. */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attributes: object): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes as tf.NamedAttrMap);
}
