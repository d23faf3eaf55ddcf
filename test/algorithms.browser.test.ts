// The shared suite: every algorithm of the list on every problem that it says it supports, in every element type that the device has,
// in every form that applies. An algorithm joins by standing in the list.
//
// Tests run concurrently (maxConcurrency in vitest.config.ts): one compiles while others compute, and a browser that looks for
// finished work on the GPU only every 100 ms finds that of many tests.
import { afterAll, describe, expect, inject, it } from "vitest";
import { DEFAULT_TRAITS } from "../src/algorithms/algorithm.ts";
import { algorithms } from "../src/algorithms/index.ts";
import { DTYPES } from "../src/dtype.ts";
import { traitsOf } from "../src/gpu/device.ts";
import { createEngine } from "../src/index.ts";
import { convProblem } from "../src/problem.ts";
import { NO_SPREAD } from "./suite/bounds.ts";
import { type Case, adjoint, componentwise, exact, isExact, isLinear, nonFinite } from "./suite/forms.ts";
import { problems } from "./suite/problems.ts";
import { seedOf } from "./suite/random.ts";
import { selectProblems } from "./suite/selection.ts";

// Made before the tests are listed, which depend on its features.
const engine = await createEngine();
afterAll(() => engine.destroy());

/** What the engine plans with. */
const traits = traitsOf(engine.device, engine.info.adapter, DEFAULT_TRAITS.maxWorkspaceBytes);

const selection = inject("selection");
const dtypes = DTYPES.filter((dtype) => dtype === "f32" || engine.device.features.has("shader-f16"));

it.skipIf(!dtypes.includes("f16"))("has the feature shader-f16, without which no test is in f16", () => {
  expect(engine.device.features.has("shader-f16")).toBe(true);
});
if (!dtypes.includes("f16")) console.info("f16 is skipped: this device lacks the feature shader-f16");
for (const dtype of dtypes)
  console.info(`${dtype}: ${selectProblems(selection, dtype).length} of the ${problems.length} shared problems`);

for (const [dtype, algorithm] of dtypes.flatMap((type) => algorithms.map((one) => [type, one] as const))) {
  const chosen = selectProblems(selection, dtype);
  describe.concurrent(`${algorithm.name} forward${dtype === "f32" ? "" : ` ${dtype}`}`, () => {
    const supported = chosen
      .map(({ name, descriptor }) => ({ name, descriptor, problem: convProblem("forward", descriptor) }))
      .filter(({ problem }) => algorithm.supports(problem, traits) === true);

    it("refuses the rest with a reason", () => {
      for (const { descriptor } of chosen) {
        const verdict = algorithm.supports(convProblem("forward", descriptor), traits);
        if (verdict !== true) expect(verdict.reason.length).toBeGreaterThan(10);
      }
      expect(supported.length).toBeGreaterThan(0);
    });

    for (const [at, { name, descriptor, problem }] of supported.entries()) {
      for (const [rank, variant] of algorithm.variants(problem, traits).entries()) {
        // The default variant takes every problem, the others every third, in turn: compiling is most of what the suite waits for.
        if (rank > 0 && at % 3 !== rank % 3) continue;
        const spread = algorithm.errorSpread?.(problem, variant) ?? NO_SPREAD;
        const integral = algorithm.exactOnIntegers?.(problem, variant) ?? true;
        const test = (form: string, body: (test: Case) => Promise<void>): void => {
          it(`${form}: ${name} (${variant.name})`, async () => {
            const plan = await engine.plan("forward", descriptor, {
              algorithm: algorithm.name,
              variant: variant.name,
            });
            try {
              await body({ engine, plan, problem, seed: seedOf(name), spread, norm: algorithm.errorNorm, integral });
            } finally {
              plan.destroy();
            }
          });
        };
        if (integral && isExact(problem)) test("exact", exact);
        test("componentwise", componentwise);
        if (isLinear(problem)) test("adjoint", adjoint);
        // Where errors spread, so do NaN and infinity.
        const spreads = spread.some((extent) => extent > 0);
        if (!spreads && isExact(problem) && name.startsWith("2-D 3-wide")) test("non-finite", nonFinite);
      }
    }
  });
}
