// The example that trains: what it prints is falling, and what it finds is what was hidden.
import { afterAll, beforeAll, expect, it } from "vitest";
import { HIDDEN, train } from "../../examples/train-filter/train.mjs";
import { type Engine, createEngine } from "../../src/index.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.destroy());

it("learns the hidden filter and frees what it used", async () => {
  const { kernel, bias, losses } = await train(engine, { steps: 100, side: 24 });
  expect(losses.at(-1)!).toBeLessThan(losses[0]! / 1000);
  kernel.flat().forEach((value, at) => expect(value).toBeCloseTo(HIDDEN.kernel.flat()[at]!, 1));
  expect(bias).toBeCloseTo(HIDDEN.bias, 1);
  expect(engine.memory.tensors).toBe(0);
});
