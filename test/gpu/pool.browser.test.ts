// Memory that is reused while work on what it held before is under way: the queue keeps the order, so every result and read is as if each tensor
// had memory of its own.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Engine, conv, createEngine } from "../../src/index.ts";
import { add } from "../../src/ops/index.ts";
import { expectNoLeaks } from "../suite/leaks.ts";
import { integers } from "../suite/random.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());
expectNoLeaks(() => engine);

const SHAPE = [1, 4, 9, 9];
const KERNEL = [4, 4, 3, 3];

it("gives each read and each later call the values of its own tensor", async () => {
  using w = engine.tensor(integers(144, 1, 4), KERNEL);
  const run = async (seed: number, algorithm: string): Promise<number[]> => {
    using x = engine.tensor(integers(324, seed, 4), SHAPE);
    using y = conv(x, w, { padding: 1, algorithm });
    using z = add(y, x);
    return [...(await z.read())];
  };
  const algorithms = ["direct", "im2col"];
  const alone: number[][] = [];
  for (let seed = 0; seed < 8; seed++) alone.push(await run(seed, algorithms[seed % 2]!));
  // All at once, each on the memory that the one before has just let go of.
  const buffers = new Set<GPUBuffer>();
  const reads = alone.map((_, seed) => {
    using x = engine.tensor(integers(324, seed, 4), SHAPE);
    using y = conv(x, w, { padding: 1, algorithm: algorithms[seed % 2]! });
    using z = add(y, x);
    for (const { storage } of [x, y, z]) buffers.add(storage);
    return z.read();
  });
  expect(buffers.size).toBe(3);
  expect((await Promise.all(reads)).map((values) => [...values])).toEqual(alone);
});

it("gives reads made one after the other, of sizes that are in the pool, their own values", async () => {
  const values = Array.from({ length: 6 }, (_, seed) => integers(324, seed, 9));
  for (let turn = 0; turn < 3; turn++) {
    const reads = values.map((one) => {
      using x = engine.tensor(one, SHAPE);
      return x.read();
    });
    expect((await Promise.all(reads)).map((one) => [...one])).toEqual(values.map((one) => [...one]));
  }
});

it("leaves tensors of zeros and the caller's buffers alone", async () => {
  const ones = new Float32Array(324).fill(1);
  const [taken, dropped] = [engine.tensor(ones, SHAPE), engine.tensor(ones, SHAPE)];
  const { buffer } = taken;
  dropped.destroy();
  using zeros = engine.empty(SHAPE);
  using next = add(zeros, zeros);
  taken.destroy();
  using last = add(next, next);
  for (const tensor of [zeros, next, last]) {
    expect([...(await tensor.read())].every((value) => value === 0)).toBe(true);
    expect(tensor.storage).not.toBe(buffer);
  }
});
