// What the gradients of every algorithm do with numbers at the ends of float32, as test/numbers.browser.test.ts says of the forward pass:
// docs/reliability.md says what is promised. Tests run concurrently: a browser that looks for finished work every 100 ms finds that of many.
import { afterAll, describe, expect, inject, it } from "vitest";
import { algorithms } from "../../src/algorithms/index.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { type ConvPlan, createEngine } from "../../src/index.ts";
import { convProblem, sumLength } from "../../src/problem/problem.ts";
import { candidatesOf } from "../suite/candidates.ts";
import {
  PLACES,
  SIZE,
  bits,
  compute,
  countOf,
  describedFor,
  expectReach,
  factorsFor,
  tensorsOf,
  unit,
  withPlan,
} from "../suite/extremes.ts";
import { runGuarded } from "../suite/guarded.ts";
import { FACTORS, reference } from "../suite/passes.ts";
import { uniform } from "../suite/random.ts";

const engine = await createEngine({ tuning: "forget" });
afterAll(() => engine.destroy());

const isPlain = ({ errorSpread }: ConvPlan): boolean => errorSpread.every((extent) => extent === 0);

for (const method of algorithms) {
  const algorithm = method.name;
  for (const pass of ["backward-data", "backward-weights"] as const) {
    const by = (work: (plan: ConvPlan) => Promise<void>, more = {}) =>
      withPlan(engine, pass, describedFor(algorithm, more), algorithm, work);

    describe.concurrent(`${algorithm} ${pass}`, () => {
      it("gives the same bits every time, whatever the workspace held before", () =>
        by(async (plan) => {
          const { problem } = plan;
          const operands = factorsFor(problem, 1);
          const first = bits(await compute(engine, plan, operands));
          expect(new Set(first).size).toBeGreaterThan(10);
          const [a] = FACTORS[pass];
          // The workspace of the engine holds NaN after this.
          await compute(engine, plan, { ...operands, [a]: new Float32Array(countOf(problem, a)).fill(Number.NaN) });
          expect(bits(await compute(engine, plan, operands))).toEqual(first);
          const inputs = tensorsOf(engine, plan, operands);
          expect(bits(await runGuarded(engine, plan, inputs))).toEqual(first);
          for (const tensor of Object.values(inputs)) tensor.destroy();
        }));

      for (const [where, at] of Object.entries(PLACES)) {
        for (const operand of [0, 1] as const) {
          it(`carries NaN and infinity ${where} of ${FACTORS[pass][operand]} as far as it says`, () =>
            by(async (plan) => {
              for (const value of [Number.NaN, Infinity, -Infinity])
                await expectReach(engine, plan, value, operand, at);
            }));
        }
      }

      const strided = { stride: 2, paddingMode: "reflect" as const };
      const problem = convProblem(pass, describedFor(algorithm, strided));
      // A strided gradient has many kernels: not where compiling is slow.
      const computed = inject("selection") === "all" && candidatesOf(method, problem, DEFAULT_TRAITS).length > 0;
      it.each(computed ? Object.entries(PLACES) : [])(
        "carries NaN %s as far as it says through strides and borders that repeat the input",
        (_, at) => by((plan) => expectReach(engine, plan, Number.NaN, 0, at), strided),
      );

      it("keeps what is large as it should", () =>
        by(async (plan) => {
          // Plain sums come out as they are up to the largest number; transforms add up a tile before, so there must be room for its sum.
          const scale = isPlain(plan) ? 3e38 : 1e34;
          const [a, b] = FACTORS[pass];
          const data = uniform(countOf(plan.problem, a), 5).map((one) => scale * one);
          // One term of a sum is not 0.
          const operands = { [a]: data, [b]: unit(plan.problem, b) };
          const expected = reference(plan.problem, operands);
          const values = await compute(engine, plan, operands);
          const most = isPlain(plan) ? 0 : scale * 1e-5;
          expect(values.findIndex((one, at) => !(Math.abs(one - expected[at]!) <= most))).toBe(-1);
        }));

      it("keeps what is small to within the least normal number of each term", () =>
        by(async (plan) => {
          const [a] = FACTORS[pass];
          const operands = factorsFor(plan.problem, 6);
          operands[a] = operands[a]!.map((one) => 1e-38 * one);
          const expected = reference(plan.problem, operands);
          const values = await compute(engine, plan, operands);
          // As of the forward pass: every product and sum may be flushed to zero.
          const cells = isPlain(plan) ? 1 : SIZE * SIZE;
          const most = 2 * sumLength(plan.problem) * plan.errorGrowth * cells * 2 ** -126;
          expect(values.findIndex((one, at) => !(Math.abs(one - expected[at]!) <= most))).toBe(-1);
        }));
    });
  }
}
