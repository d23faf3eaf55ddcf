import { expect, it } from "vitest";
import { createEngine } from "../../src/index.ts";
import { activate, activateBackward } from "../../src/ops/index.ts";
import type { ElementActivationOption } from "../../src/ops/shared/geometry/element-activation.ts";
import * as reference from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { ACTIVATIONS, gradientError, nameOf, valueError } from "./activations.ts";
import { type OperationCase, testOperations } from "./suite.ts";

/** Values in every branch of every activation. */
const values = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => 7 * v);

/** Every rank, with element counts that divide by four and that do not. */
const SHAPES = [
  [2, 3, 5, 8],
  [1, 3, 5, 7],
  [4, 60],
  [2, 3, 11],
  [17],
  [1, 2, 3, 4, 5],
  [],
  [1, 2, 1, 3, 1, 2, 1, 2],
  [2, 0, 3],
];

const cases = ACTIVATIONS.flatMap(({ option, fromOutput }, at): OperationCase<never>[] => {
  const shape = SHAPES[at % SHAPES.length]!;
  const name = `${nameOf(option)} of [${shape.join(", ")}]`;
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape, values } },
    run: ({ x }) => ({ y: activate(x, option) }),
    reference: ({ x }) => ({ y: reference.activate(x, option) }),
    bound: ({ x }) => ({ y: (place) => valueError(option, x.data[place]!) }),
  };
  const backward = (from: "output" | "preActivation"): OperationCase<"dy" | "gate"> => ({
    name: `gradient of ${name} by ${from}`,
    inputs: {
      dy: { shape },
      // Outputs must be in the range of the activation; elsewhere the formulas mean nothing.
      gate: { shape, values: from === "output" ? outputs(option) : values },
    },
    run: ({ dy, gate }) => ({ dx: activateBackward(dy, { activation: option, [from]: gate }) }),
    reference: ({ dy, gate }) => ({ dx: reference.activateBackward(dy, { activation: option, [from]: gate }) }),
    bound: ({ dy, gate }) => ({ dx: (place) => gradientError(option, gate.data[place]!, dy.data[place]!) }),
  });
  return [forward, backward("preActivation"), ...(fromOutput ? [backward("output")] : [])];
});

function outputs(option: ElementActivationOption): (count: number, seed: number) => Float32Array {
  return (count, seed) =>
    Float32Array.from(reference.activate({ data: values(count, seed), shape: [count] }, option).data);
}

testOperations(cases);

it("keeps NaN, and does not overflow far from 0", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const x = engine.tensor([Number.NaN, -1e30, 1e30, 0], [4]);
  const ends: [ElementActivationOption, number, number][] = [
    ["relu", 0, 1e30],
    ["hard-sigmoid", 0, 1],
    ["softplus", 0, 1e30],
    [{ name: "gelu", approximate: "tanh" }, 0, 1e30],
  ];
  for (const [option, low, high] of ends) {
    const y = activate(x, option);
    const [nan, lowest, highest] = await y.read();
    expect(nan).toBeNaN();
    expect([lowest! + 0, highest]).toEqual([low, Math.fround(high)]);
    y.destroy();
  }
  x.destroy();
  engine.destroy();
});
