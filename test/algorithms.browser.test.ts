// The shared suite: every algorithm of the list, in every variant, on every problem that it says it supports, in every form that
// applies. An algorithm joins by standing in the list.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_TRAITS, type GpuTraits } from "../src/algorithms/algorithm.ts";
import { algorithms } from "../src/algorithms/index.ts";
import { type Engine, createEngine } from "../src/index.ts";
import { convProblem } from "../src/problem.ts";
import { type Case, adjoint, componentwise, exact, isExact, isLinear, nonFinite } from "./suite/forms.ts";
import { problems } from "./suite/problems.ts";
import { seedOf } from "./suite/random.ts";

/** What the suite plans for: WebGPU's default limits, which every adapter has. */
const traits: GpuTraits = { ...DEFAULT_TRAITS, software: true };

let engine: Engine;
beforeAll(async () => {
  engine = await createEngine();
});
afterAll(() => engine.destroy());

for (const algorithm of algorithms) {
  describe(`${algorithm.name} forward`, () => {
    const supported = problems
      .map(({ name, descriptor }) => ({ name, descriptor, problem: convProblem("forward", descriptor) }))
      .filter(({ problem }) => algorithm.supports(problem, traits) === true);

    it("refuses the rest with a reason", () => {
      for (const { descriptor } of problems) {
        const verdict = algorithm.supports(convProblem("forward", descriptor), traits);
        if (verdict !== true) expect(verdict.reason.length).toBeGreaterThan(10);
      }
      expect(supported.length).toBeGreaterThan(0);
    });

    for (const { name, descriptor, problem } of supported) {
      for (const variant of algorithm.variants(problem, traits)) {
        const test = (form: string, body: (test: Case) => Promise<void>): void => {
          it(`${form}: ${name} (${variant.name})`, async () => {
            const plan = await engine.plan("forward", descriptor, { algorithm: algorithm.name, variant: variant.name });
            try {
              await body({ engine, plan, problem, seed: seedOf(name) });
            } finally {
              plan.destroy();
            }
          });
        };
        if (isExact(problem)) test("exact", exact);
        test("componentwise", componentwise);
        if (isLinear(problem)) test("adjoint", adjoint);
        if (isExact(problem) && name.startsWith("2-D 3-wide")) test("non-finite", nonFinite);
      }
    }
  });
}
