// The gradients of every algorithm at the extremes of float32, as numbers.browser.test.ts has the forward pass. docs/reliability.md states the
// promises. Tests run concurrently, since some browsers poll for finished work only every 100 ms.
import { afterAll, describe, expect, inject, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { type ConvPlan, createEngine } from "../../src/index.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { sumLength } from "../../src/problem/sum-length.ts";
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
          // This leaves NaN in the engine's workspace.
          await compute(engine, plan, { ...operands, [a]: new Float32Array(countOf(problem, a)).fill(Number.NaN) });
          expect(bits(await compute(engine, plan, operands))).toEqual(first);
          const inputs = tensorsOf(engine, plan, operands);
          expect(bits(await runGuarded(engine, plan, inputs))).toEqual(first);
          for (const tensor of Object.values(inputs)) tensor.destroy();
        }));

      for (const [where, at] of Object.entries(PLACES)) {
        for (const operand of [0, 1] as const) {
          it(`spreads NaN and infinity ${where} of ${FACTORS[pass][operand]} no further than it states`, () =>
            by(async (plan) => {
              for (const value of [Number.NaN, Infinity, -Infinity])
                await expectReach(engine, plan, value, operand, at);
            }));
        }
      }

      const strided = { stride: 2, paddingMode: "reflect" as const };
      const problem = convProblem(pass, describedFor(algorithm, strided));
      // A strided gradient has many kernels: skip it where compiling is slow.
      const computed = inject("selection") === "all" && candidatesOf(method, problem, DEFAULT_TRAITS).length > 0;
      it.each(computed ? Object.entries(PLACES) : [])(
        "spreads NaN %s no further than it states through strides and padding that repeats the input",
        (_, at) => by((plan) => expectReach(engine, plan, Number.NaN, 0, at), strided),
      );

      it("keeps large numbers", () =>
        by(async (plan) => {
          // Plain sums are exact up to the largest number; transforms first add up a tile, so leave room for its sum.
          const scale = isPlain(plan) ? 3e38 : 1e34;
          const [a, b] = FACTORS[pass];
          const data = uniform(countOf(plan.problem, a), 5).map((one) => scale * one);
          // One term of each sum is not 0.
          const operands = { [a]: data, [b]: unit(plan.problem, b) };
          const expected = reference(plan.problem, operands);
          const values = await compute(engine, plan, operands);
          const most = isPlain(plan) ? 0 : scale * 1e-5;
          expect(values.findIndex((one, at) => !(Math.abs(one - expected[at]!) <= most))).toBe(-1);
        }));

      it("keeps small numbers to within the smallest normal number per term", () =>
        by(async (plan) => {
          const [a] = FACTORS[pass];
          const operands = factorsFor(plan.problem, 6);
          operands[a] = operands[a]!.map((one) => 1e-38 * one);
          const expected = reference(plan.problem, operands);
          const values = await compute(engine, plan, operands);
          // As in the forward pass, every product and sum may be flushed to zero.
          const cells = isPlain(plan) ? 1 : SIZE * SIZE;
          const most = 2 * sumLength(plan.problem) * plan.errorGrowth * cells * 2 ** -126;
          expect(values.findIndex((one, at) => !(Math.abs(one - expected[at]!) <= most))).toBe(-1);
        }));
    });
  }
}
