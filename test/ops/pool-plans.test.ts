// The second call of a pooling on a known shape: it takes as many steps of the page's thread as on a small map, and compiles nothing.
import { expect, test } from "vitest";
import { type Tensor, createEngine } from "../../src/index.ts";
import * as operations from "../../src/ops/index.ts";
import { fakeDevice } from "../suite/fake-device.ts";
import { stepsOf } from "../suite/steps.ts";

const windows = { kernelSize: 3, stride: 1, padding: 1 };
test.each<[string, (x: Tensor) => Tensor]>([
  ["maxPool", (x) => operations.maxPool(x, windows)],
  ["averagePool", (x) => operations.averagePool(x, windows)],
  ["maxPool by large windows", (x) => operations.maxPool(x, { ...windows, kernelSize: 15, padding: 7 })],
  ["averagePoolBackward", (x) => operations.averagePoolBackward(x, { ...windows, inputShape: x.shape })],
  ["gaussianPool", (x) => operations.gaussianPool(x, { ...windows, sigma: 1 })],
  ["adaptiveAveragePool", (x) => operations.adaptiveAveragePool(x, { outputSize: 7 })],
])("%s", async (_, pool) => {
  const { device, compiled } = fakeDevice();
  using engine = await createEngine({ device, tuning: "forget" });
  const again = async (size: number): Promise<number> => {
    using x = engine.empty([1, 1, size, size]);
    pool(x).destroy();
    const before = compiled();
    const steps = await stepsOf(() => pool(x).destroy());
    expect(compiled()).toBe(before);
    return steps;
  };
  await again(20);
  const few = await again(20);
  expect(few).toBeGreaterThan(0);
  expect(await again(1000)).toBeLessThan(1.1 * few);
});
