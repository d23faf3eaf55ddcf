// Kernels in several parts, which fft takes of its own accord for kernels of thousands of cells only: by name on problems of the shared suite, in
// every pass, and one that is too long for any transform.
import { afterAll, describe, expect, it } from "vitest";
import { fft } from "../../src/algorithms/fft/fft.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { createEngine } from "../../src/index.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { PASSES, convProblem } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { adjoint, componentwise } from "../suite/forms.ts";
import { problems } from "../suite/problems.ts";
import { integers, uniform } from "../suite/random.ts";

const engine = await createEngine({ tuning: "forget" });
afterAll(() => engine.destroy());
const traits = deviceTraits(engine.device, traitsOf(engine.info.adapter), DEFAULT_TRAITS.maxWorkspaceBytes);

const NAMED: readonly (readonly [name: string, variant: string])[] = [
  ["2-D first layer, plain, channels-first", "tiles 6/3x5/2"],
  ["2-D grouped, dilated, channels-last", "tiles 3/2x3/2"],
  ["2-D multiplier, strided, channels-last", "tiles 3/2x3"],
  ["3-D 3-wide, plain, channels-first", "tiles 4/2x4/2x4/2"],
  ["1-D depthwise, dilated, channels-first", "tiles 3/2"],
];

describe.concurrent("kernels in parts", () => {
  for (const [name, variant] of NAMED) {
    const named = problems.find((one) => one.name === name)!;
    it(`are right in every pass: ${name}`, async () => {
      const cases = [];
      for (const pass of PASSES) {
        const problem = convProblem(pass, named.descriptor);
        // A gradient whose map has fewer outputs than tiles takes fewer.
        const names = [variant, "tiles 2/2x2/2x2/2", "tiles 2/2x2/2", "tiles 1/3x1/3", "tiles 2/2", "tiles 1/3"];
        const candidate = names.flatMap((one) => candidatesOf(fft, problem, traits, one))[0]!;
        const plan = await engine.plan(pass, named.descriptor, { algorithm: "fft", variant: candidate.variant });
        expect(plan.steps.some(({ kernel }) => kernel.constants["IN_PARTS"] === true)).toBe(true);
        cases.push({ engine, plan, problem, seed: 7, error: candidate.error });
      }
      try {
        for (const one of cases) await componentwise(one);
        await adjoint(cases);
      } finally {
        for (const { plan } of cases) plan.destroy();
      }
    });
  }
});

it("chooses parts for an impulse response that no transform holds, and puts every echo in its place", async () => {
  const [cells, taps] = [60_000, 40_000];
  const inputShape = [1, 2, cells];
  const kernelShape = [2, 1, taps];
  const plan = await engine.plan("forward", {
    inputShape,
    kernelShape,
    groups: 2,
    padding: "full",
    mode: "convolution",
  });
  expect([plan.algorithm, plan.variant]).toEqual(["fft", expect.stringMatching(/^tiles \d+\/\d+$/)]);
  const echoes = [0, 1, 8191, 8192, 20_000, taps - 1];
  const data = uniform(2 * cells, 3);
  const w = new Float32Array(2 * taps);
  echoes.forEach((at, index) => (w[at] = w[taps + at] = 1 + index));
  const [x, kernel] = [engine.tensor(data, inputShape), engine.tensor(w, kernelShape)];
  const y = plan.run({ x, w: kernel });
  const values = await y.read();
  const length = cells + taps - 1;
  expect(values.length).toBe(2 * length);
  const worst = values.reduce((most, value, at) => {
    const [channel, place] = [Math.floor(at / length), at % length];
    const exact = echoes.reduce((sum, echo, index) => {
      const source = place - echo;
      return source >= 0 && source < cells ? sum + (1 + index) * data[channel * cells + source]! : sum;
    }, 0);
    return Math.max(most, Math.abs(value - exact));
  }, 0);
  expect(worst).toBeLessThan(1e-4);
  for (const one of [plan, x, kernel, y]) one.destroy();
});

it("agrees with depthwise, whose sums are cut into several dispatches", async () => {
  const shape = [1, 1, 9000];
  // Sums of integers: exact by depthwise, and within a half of it by fft.
  const [x, w] = [engine.tensor(integers(9000, 1, 3), shape), engine.tensor(integers(9000, 2, 3), shape)];
  const results = [];
  // A tile of one output, which computes little in each fifth of a second.
  for (const way of [{ algorithm: "depthwise", variant: "p1q1r1s3" }, { algorithm: "fft" }]) {
    const plan = await engine.plan("forward", { inputShape: shape, kernelShape: shape, padding: "same" }, way);
    expect(plan.steps.length).toBeGreaterThan(1);
    const y = plan.run({ x, w });
    results.push(await y.read());
    for (const one of [plan, y]) one.destroy();
  }
  const [exact, close] = results as [Float32Array, Float32Array];
  expect(exact.findIndex((value, at) => value !== Math.round(close[at]!))).toBe(-1);
  for (const one of [x, w]) one.destroy();
});
