// Sums split among threads: the gradients of weights by depthwise, whatever digits lead from one step of a split to its next, added in one step
// or in two.
import { afterAll, beforeAll, expect, it } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { type ConvDescriptor, type Engine, createEngine } from "../../src/index.ts";
import { convProblem, tensorShape } from "../../src/problem/problem.ts";
import * as reference from "../../src/reference.ts";
import { inLayout } from "../suite/layouts.ts";
import { integers } from "../suite/random.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());

const CASES: readonly [string, ConvDescriptor, string][] = [
  ["two images", { inputShape: [2, 2, 12, 16], kernelShape: [4, 1, 3, 3], groups: 2, padding: 1 }, "p3q3r4s8x7"],
  ["each its step", { inputShape: [1, 1, 9, 8], kernelShape: [1, 1, 3, 3], padding: 1 }, "p3q3r4s8x3"],
  ["two steps of addition", { inputShape: [6, 1, 13, 30], kernelShape: [2, 1, 3, 2], padding: 1 }, "p2q2m2r4s7x101"],
  ["fewer steps than shares", { inputShape: [1, 1, 4099], kernelShape: [1, 1, 5], padding: 2 }, "p1q5r1s7x101"],
  [
    "a short last chunk",
    { inputShape: [1, 2, 7, 31], kernelShape: [2, 1, 2, 2], groups: 2, padding: [1, 0] },
    "p2q2r4s7x5",
  ],
  ["three axes", { inputShape: [2, 1, 5, 6, 7], kernelShape: [2, 1, 2, 3, 2], padding: 1 }, "p1q2r2s8x17"],
  [
    "strides, dilations and a border",
    {
      inputShape: [2, 3, 17, 20],
      kernelShape: [2, 3, 3, 2],
      stride: [2, 1],
      dilation: [1, 3],
      padding: 2,
      paddingMode: "reflect",
    },
    "p3q2r2s7x10",
  ],
];

/** Each takes runs of steps and turns at them. */
const inBothOrders = CASES.flatMap(([name, descriptor, variant]): typeof CASES => [
  [`${name}, in runs`, descriptor, variant],
  [`${name}, in turns`, descriptor, variant.replace("x", "t")],
]);

it.each(inBothOrders)("%s: right", async (_, descriptor, variant) => {
  for (const layout of ["channels-first", "channels-last"] as const) {
    const described = inLayout(descriptor, layout);
    const { inputShape, kernelShape, ...geometry } = described;
    const plan = await engine.plan("backward-weights", described, { algorithm: "depthwise", variant });
    const outputShape = tensorShape(convProblem("forward", described), "y");
    const array = (shape: readonly number[], seed: number) => ({
      shape: [...shape],
      data: integers(elementCount(shape), seed, 4),
    });
    const [x, dy] = [array(inputShape, 1), array(outputShape, 2)];
    const tensor = ({ data, shape }: typeof x) => engine.tensor(data, shape, { layout });
    const dw = await plan.run({ x: tensor(x), dy: tensor(dy) }).read();
    const expected = reference.convBackwardWeights(x, dy, { ...geometry, kernelShape });
    expect([plan.variant, [...dw]]).toEqual([variant, [...expected.data].map((value) => value + 0)]);
  }
});
