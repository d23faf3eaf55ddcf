import { expect, it } from "vitest";
import { createEngine } from "../../src/index.ts";
import type { AddOptions } from "../../src/ops/add/geometry.ts";
import { add, addBackward, subBackward } from "../../src/ops/index.ts";
import { checkElementActivation } from "../../src/ops/shared/geometry/element-activation.ts";
import { elementDerivative } from "../../src/ops/shared/reference/element-activation.ts";
import * as reference from "../../src/reference.ts";
import { gradientError, valueError } from "./activations.ts";
import { type OperationCase, testOperations } from "./suite.ts";

/** Unit roundoff of float32. */
const u = 2 ** -24;

const CASES: readonly { shape: readonly number[]; options: AddOptions }[] = [
  { shape: [2, 3, 4, 5], options: {} },
  { shape: [1, 3, 5, 7], options: { scale: -2.5 } },
  { shape: [2, 3, 4, 6], options: { activation: "relu" } },
  { shape: [3, 7], options: { activation: "silu", scale: 0.3 } },
  { shape: [1, 2, 3, 3, 4], options: { activation: { name: "gelu", approximate: "tanh" } } },
];

const cases = CASES.flatMap(({ shape, options }): OperationCase<never>[] => {
  const { activation, scale = 1 } = options;
  const name = `${JSON.stringify(options)} of [${shape.join(", ")}]`;
  const forward: OperationCase<"a" | "b"> = {
    name: `sum ${name}`,
    inputs: { a: { shape }, b: { shape } },
    run: ({ a, b }) => ({ y: add(a, b, options) }),
    reference: ({ a, b }) => ({ y: reference.add(a, b, options) }),
    bound: ({ a, b }) => ({
      y: (at) => {
        // scale, its product and the sum are rounded; no activation here is steeper than 1.2.
        const [one, other] = [a.data[at]!, scale * b.data[at]!];
        const sum = u * (2 * Math.abs(other) + Math.abs(one + other)) * 1.01;
        return activation ? 1.2 * sum + valueError(activation, one + other) : sum;
      },
    }),
  };
  const backward: OperationCase<"dy" | "v"> = {
    name: `gradients of sum ${name}`,
    inputs: { dy: { shape }, v: { shape } },
    run: ({ dy, v }) => ({
      ...addBackward(dy, { ...options, ...(activation && { preActivation: v }) }),
    }),
    reference: ({ dy, v }) => ({
      ...reference.addBackward(dy, { ...options, ...(activation && { preActivation: v }) }),
    }),
    bound: ({ dy, v }) => {
      const one = (at: number): number => (activation ? gradientError(activation, v.data[at]!, dy.data[at]!) : 0);
      const slope = (at: number): number =>
        activation ? elementDerivative(checkElementActivation("activation", activation), v.data[at]!) : 1;
      const size = (at: number): number => Math.abs(scale * slope(at) * dy.data[at]!);
      return { da: one, db: (at) => (Math.abs(scale) * one(at) + 2 * u * size(at)) * 1.01 };
    },
  };
  return [forward, backward];
});

testOperations(cases);

it("shares the memory of gradients that equal each other or dy, and frees it with the last", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const values = [1, 2, 3, 4];
  const [dy, output] = [engine.tensor(values, [2, 2]), engine.tensor([1, 0, 1, 0], [2, 2])];
  const held = engine.memory.tensors;
  const copies = addBackward(dy);
  const rectified = addBackward(dy, { activation: "relu", output });
  const summed = addBackward(dy, { bShape: [2] });
  const negated = subBackward(dy);
  // One result of the rectified, one sum, and one negation.
  expect(engine.memory.tensors - held).toBe(16 + 8 + 16);
  dy.destroy();
  rectified.da.destroy();
  const read = async (gradients: typeof copies) => [[...(await gradients.da.read())], [...(await gradients.db.read())]];
  expect(await read(copies)).toEqual([values, values]);
  expect([...(await rectified.db.read())]).toEqual([1, 0, 3, 0]);
  expect(await read(summed)).toEqual([values, [4, 6]]);
  expect(await read(negated)).toEqual([values, values.map((value) => -value)]);
  for (const { da, db } of [copies, rectified, summed, negated]) for (const one of [da, db]) one.destroy();
  output.destroy();
  expect(engine.memory.tensors).toBe(0);
  expect(() => addBackward(dy)).toThrow("destroyed");
  engine.destroy();
});

it("computes several items of large results in an invocation", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const [channels, cells] = [64, 4096];
  const values = Float32Array.from({ length: channels * cells }, (_, at) => at);
  const a = engine.tensor(values, [1, channels, 64, 64]);
  const b = engine.tensor(
    Float32Array.from({ length: channels }, (_, channel) => channel / 2),
    [channels, 1, 1],
  );
  const y = await add(a, b).read();
  expect(y).toEqual(values.map((value, at) => value + Math.floor(at / cells) / 2));
  engine.destroy();
});
