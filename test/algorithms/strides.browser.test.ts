// Gradients of the input under strides, which cut it into phases: one correlation computes those of as many taps, as channels.
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { type Constraints, type ConvDescriptor, type ConvPlan, type Engine, createEngine } from "../../src/index.ts";
import { LAYOUTS, convProblem, tensorShape } from "../../src/problem/problem.ts";
import * as reference from "../../src/reference.ts";
import { inLayout } from "../suite/layouts.ts";
import { integers } from "../suite/random.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine({ tuning: "forget" });
});
afterAll(() => engine.destroy());

const array = (shape: readonly number[], seed: number) => ({
  shape: [...shape],
  data: integers(elementCount(shape), seed, 4),
});

/** The plan of a gradient, whose result is what the reference computes, on integers. */
async function expectRight(descriptor: ConvDescriptor, constraints: Constraints): Promise<ConvPlan> {
  const { inputShape, kernelShape, layout = "channels-first", ...geometry } = descriptor;
  const plan = await engine.plan("backward-data", descriptor, constraints);
  const [gradient, weights] = [array(tensorShape(convProblem("forward", descriptor), "y"), 1), array(kernelShape, 2)];
  const dy = engine.tensor(gradient.data, gradient.shape, { layout });
  const w = engine.tensor(weights.data, weights.shape, { layout });
  const dx = plan.run({ dy, w });
  const expected = reference.convBackwardData(gradient, weights, { ...geometry, layout, inputShape });
  const values = await dx.read();
  // The 0 makes -0 equal to 0.
  const wrong = expected.data.findIndex((value, at) => Math.round(values[at]!) + 0 !== value + 0);
  expect([wrong, values.length], `${plan.algorithm} ${plan.variant}`).toEqual([-1, expected.data.length]);
  for (const one of [plan, dy, w, dx]) one.destroy();
  return plan;
}

const long = { inputShape: [1, 2, 1500], kernelShape: [3, 2, 4], stride: 300, padding: 7 };
const wide = { inputShape: [1, 2, 130, 90], kernelShape: [3, 2, 3, 3], stride: 40, padding: [1, 0] };
const far = { inputShape: [1, 1, 301, 605], kernelShape: [2, 1, 3, 3], stride: 300, padding: 1 };

it.each([
  ["300 in 1-D", long, 2],
  ["40 x 40", wide, 2],
  ["300 x 300", far, 2],
])("of %s have a dispatch for the phases that a tap meets, and one for the others", async (_, descriptor, steps) => {
  for (const [at, algorithm] of ["direct", "pointwise", "implicit-gemm", "auto"].entries()) {
    const plan = await expectRight(inLayout(descriptor, LAYOUTS[(at + steps + 1) % 2]!), { algorithm });
    expect(plan.steps.length).toBeLessThanOrEqual(2 * steps);
  }
  expect((await expectRight(descriptor, { algorithm: "direct" })).steps.length).toBe(steps);
});

it.each([
  ["70 x 70 with as many taps", { inputShape: [1, 1, 140, 140], kernelShape: [2, 1, 70, 70], stride: 70 }, 1],
  [
    "16 x 16, in groups",
    { inputShape: [1, 6, 128, 128], kernelShape: [6, 2, 32, 32], stride: 16, padding: 8, groups: 3 },
    1,
  ],
  [
    "5000 with 6000 taps, once for every number of them",
    { inputShape: [1, 2, 16_000], kernelShape: [2, 2, 6000], stride: 5000 },
    2,
  ],
] as const)("of %s have one correlation", async (_, descriptor, count) => {
  for (const algorithm of ["direct", "implicit-gemm", "auto"] as const) {
    const plan = await expectRight(descriptor, { algorithm });
    expect(plan.steps.length, plan.algorithm).toBeLessThanOrEqual(2 * count);
  }
});

// Compiling is most of what this waits for: the layouts take turns, and the seed says which is first.
it("are right with dilations, groups, borders and flipped kernels, by every algorithm", async () => {
  let turn = inject("draw").seed;
  for (const descriptor of [
    { inputShape: [2, 4, 37], kernelShape: [6, 2, 6], groups: 2, stride: 6, dilation: 4, padding: [[3, 5]] },
    { inputShape: [1, 2, 23, 20], kernelShape: [2, 2, 3, 4], stride: [4, 9], dilation: [6, 3], padding: "full" },
    { inputShape: [1, 2, 31, 30], kernelShape: [2, 2, 2, 4], stride: 2, dilation: [5, 3], padding: [4, 1] },
    { inputShape: [1, 2, 11, 9], kernelShape: [3, 2, 4, 4], stride: 2, padding: 2, paddingMode: "reflect" },
    { inputShape: [1, 2, 5, 6, 7], kernelShape: [2, 2, 2, 4, 2], stride: [2, 2, 1], mode: "convolution" },
    { inputShape: [2, 3, 17, 17], kernelShape: [6, 1, 4, 4], stride: 2, padding: 1, groups: 3 },
    { inputShape: [1, 3, 9, 8], kernelShape: [5, 3, 2, 2], stride: 2 },
  ] as const)
    for (const algorithm of ["direct", "im2col", "implicit-gemm", "depthwise", "pointwise"]) {
      const own = inLayout(descriptor, LAYOUTS[turn++ % 2]!);
      const serves = algorithm !== "depthwise" && algorithm !== "pointwise";
      const planned = await engine.plan("backward-data", own, { algorithm }).catch(() => undefined);
      planned?.destroy();
      expect(planned !== undefined || !serves).toBe(true);
      if (planned) await expectRight(own, { algorithm });
    }
});
