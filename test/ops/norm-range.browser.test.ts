// Normalisations of numbers whose squares, whose sums, or the squares of whose distances are beyond float32, while their mean and their
// variance are not.
import { afterAll, expect, it } from "vitest";
import { type Tensor, createEngine } from "../../src/index.ts";
import {
  batchNormTraining,
  groupNorm,
  groupNormBackward,
  instanceNorm,
  layerNorm,
  layerNormBackward,
} from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { newDevice } from "../suite/counting.ts";

const engine = await createEngine({ device: await newDevice(), tuning: "forget" });
afterAll(() => {
  engine.destroy();
  engine.device.destroy();
});

async function computed(values: readonly number[], shape: readonly number[], call: (x: Tensor) => Tensor) {
  const x = engine.tensor(values, shape);
  const y = call(x);
  const read = await y.read();
  for (const tensor of [x, y]) tensor.destroy();
  return read;
}

const epsilon = 1e-5;
const NORMS: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  batchNormTraining: (x) => {
    const { y, mean, inverseDeviation } = batchNormTraining(x, { epsilon });
    for (const tensor of [mean, inverseDeviation]) tensor.destroy();
    return y;
  },
  layerNorm: (x) => layerNorm(x, { epsilon }),
  groupNorm: (x) => groupNorm(x, { groups: 1, epsilon }),
  instanceNorm: (x) => instanceNorm(x, { epsilon }),
};

it.each(Object.keys(NORMS))("%s of equal numbers is exactly 0, however large or many they are", async (name) => {
  for (const value of [3e19, -1e38, 3e38, 0.1, -7e-20])
    for (const count of [4, 7, 64, 131]) {
      const y = await computed(Array<number>(count).fill(value), [1, 1, count], NORMS[name]!);
      expect(new Set(y), `${count} times ${value}`).toEqual(new Set([0]));
    }
});

// Steps of 1e14 around 2e19: float32 has 23 bits for the mean, so 1.2e12 and a few roundings of that beside a deviation of 1e15.
it.each(Object.keys(NORMS))("%s of small steps around 2e19", async (name) => {
  const values = Float32Array.from({ length: 40 }, (_, at) => 2e19 + at * 1e14);
  const wanted = reference.instanceNorm({ data: values, shape: [1, 1, 40] }).data;
  const y = await computed([...values], [1, 1, 40], NORMS[name]!);
  wanted.forEach((value, at) => expect(Math.abs(y[at]! - value)).toBeLessThan(0.02));
});

// One number far from all others: the square of its distance is beyond float32, and its share in the variance is not.
it.each(Object.keys(NORMS))("%s of a single number 1e21 from zeros", async (name) => {
  const count = 30_000;
  const values = Array<number>(count).fill(0);
  values[777] = 1e21;
  const wanted = reference.instanceNorm({ data: values, shape: [1, 1, count] }).data;
  const y = await computed(values, [1, 1, count], NORMS[name]!);
  for (const at of [0, 776, 777, 778, count - 1]) expect(y[at]! / wanted[at]!).toBeCloseTo(1, 5);
});

it("updates running statistics with a variance that float32 can hold", async () => {
  const values = Array.from({ length: 1024 }, (_, at) => (at % 2 ? 1.2e19 : -1.2e19));
  const [x, runningMean, runningVariance] = [
    engine.tensor(values, [1, 1, 1024]),
    engine.tensor([0], [1]),
    engine.tensor([0], [1]),
  ];
  const results = batchNormTraining(x, { momentum: 1, runningMean, runningVariance });
  const [variance] = await runningVariance.read();
  expect(variance! / ((1.2e19 ** 2 * 1024) / 1023)).toBeCloseTo(1, 5);
  for (const tensor of [x, runningMean, runningVariance, ...Object.values(results)]) tensor.destroy();
});

it("computes gradients of numbers around 2e19", async () => {
  const values = Float32Array.from({ length: 40 }, (_, at) => 2e19 + ((at * 7) % 40) * 1e14);
  const gradient = values.map((_, at) => Math.sin(at));
  const scale = 1e15;
  const [x, dy] = [engine.tensor(values, [1, 1, 40]), engine.tensor(gradient, [1, 1, 40])];
  const arrays = [gradient, values].map((data) => ({ data, shape: [1, 1, 40] })) as [never, never];
  for (const { got, wanted } of [
    { got: layerNormBackward(dy, x), wanted: reference.layerNormBackward(...arrays) },
    {
      got: groupNormBackward(dy, x, { groups: 1 }),
      wanted: reference.groupNormBackward(...arrays, { groups: 1 }),
    },
  ]) {
    const dx = await got.dx.read();
    // Of the size of 1 / deviation.
    wanted.dx.data.forEach((value, at) => expect(Math.abs(dx[at]! - value) * scale).toBeLessThan(0.05));
    for (const tensor of Object.values(got)) tensor.destroy();
  }
  for (const tensor of [x, dy]) tensor.destroy();
});
