// Every algorithm and pass at the extremes of half precision: tensors are halves, every product, sum and intermediate value is float32, and
// only the result is rounded, when it is stored. docs/reliability.md states the promises.
// Tests run concurrently, since some browsers poll for finished work only every 100 ms.
import { afterAll, describe, expect, it } from "vitest";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { type ConvPlan, createEngine, convBackwardBias } from "../../src/index.ts";
import { PASSES } from "../../src/problem/problem.ts";
import { errorBounds } from "../suite/bounds.ts";
import {
  PLACES,
  compute,
  countOf,
  describedFor,
  expectReach,
  factorsFor,
  rounded,
  unit,
  withPlan,
} from "../suite/extremes.ts";
import { FACTORS, type Operands, reference } from "../suite/passes.ts";
import { integers, uniform } from "../suite/random.ts";

/** The largest half, and the midpoint to the next number there would be: from there on numbers round to infinity. */
const LARGEST = 65_504;
const OVERFLOW = 65_520;

/** The spacing of subnormal halves; the smallest normal half is 2^-14. */
const LEAST = 2 ** -24;

const engine = await createEngine({ tuning: "forget" });
afterAll(() => engine.destroy());
const hasHalves = engine.device.features.has("shader-f16");

const isPlain = ({ errorSpread }: ConvPlan): boolean => errorSpread.every((extent) => extent === 0);

const most = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => Math.max(a, Math.abs(b)), 0);

/** Checks a result against the reference: elements that a half can store within their bounds, larger ones infinite. Counts both. */
function expectStored(plan: ConvPlan, operands: Operands, values: Float32Array): { finite: number; infinite: number } {
  const { problem } = plan;
  const expected = reference(problem, operands);
  const norm = plan.errorNorm;
  const bounds = errorBounds(problem, operands, plan.errorGrowth, plan.errorSpread, norm);
  const counts = { finite: 0, infinite: 0 };
  const wrong = expected.findIndex((value, at) => {
    const [got, bound] = [values[at]!, bounds[at]!];
    if (Math.abs(value) + bound < OVERFLOW) {
      counts.finite++;
      return !(Math.abs(got - value) <= bound);
    }
    if (Math.abs(value) - bound < OVERFLOW) return Number.isNaN(got);
    counts.infinite++;
    return got !== Math.sign(value) * Infinity;
  });
  expect(wrong, `element ${wrong} is ${values[wrong]}, not ${expected[wrong]} +- ${bounds[wrong]}`).toBe(-1);
  return counts;
}

for (const { name: algorithm } of hasHalves ? algorithms : []) {
  describe(`${algorithm} f16`, { concurrent: true }, () => {
    for (const pass of PASSES) {
      const by = (work: (plan: ConvPlan) => Promise<void>) =>
        withPlan(engine, pass, describedFor(algorithm, { dtype: "f16" }), algorithm, work);
      const [a, b] = FACTORS[pass];

      it(`${pass}: overflows only where a result is too large for a half`, () =>
        by(async (plan) => {
          const { problem } = plan;
          const operands = factorsFor(problem, 8);
          // A few results are too large; the terms of all sums add up to far more in magnitude.
          const size = most(reference(problem, operands));
          const scale = Math.min(LARGEST, (1.4 * LARGEST) / size);
          operands[a] = rounded(
            problem,
            operands[a]!.map((one) => scale * one),
          );
          const values = await compute(engine, plan, operands);
          const { finite, infinite } = expectStored(plan, operands, values);
          expect(Math.min(finite, infinite)).toBeGreaterThan(0);
          // The terms of one sign alone would overflow, where the sum is finite.
          const sizes = { [a]: operands[a].map(Math.abs), [b]: operands[b]!.map(Math.abs) };
          const beyond = reference(problem, sizes).filter((sum, at) => sum > OVERFLOW && Number.isFinite(values[at]));
          expect(beyond.length).toBeGreaterThan(0);
        }));

      it(`${pass}: keeps the largest halves`, () =>
        by(async (plan) => {
          const { problem } = plan;
          const data = integers(countOf(problem, a), 9, 1).map((one) => LARGEST * one);
          const operands = { [a]: data, [b]: unit(problem, b) };
          const values = await compute(engine, plan, operands);
          expect(expectStored(plan, operands, values).infinite).toBe(0);
          const expected = reference(problem, operands);
          if (isPlain(plan)) expect(values).toEqual(Float32Array.from(expected));
        }));

      it(`${pass}: keeps subnormal halves`, () =>
        by(async (plan) => {
          const { problem } = plan;
          const data = integers(countOf(problem, a), 10, 1000).map((one) => LEAST * one);
          const alone = { [a]: data, [b]: unit(problem, b) };
          const values = await compute(engine, plan, alone);
          expectStored(plan, alone, values);
          if (isPlain(plan)) expect(values.map((one) => one + 0)).toEqual(Float32Array.from(reference(problem, alone)));
          // Sums whose products vary in size and whose results are subnormal halves.
          const few = rounded(
            problem,
            uniform(countOf(problem, b), 11).map((one) => one / 64),
          );
          const summed = { [a]: data, [b]: few };
          expectStored(plan, summed, await compute(engine, plan, summed));
        }));

      it(`${pass}: spreads NaN and infinity no further than it states`, () =>
        by(async (plan) => {
          for (const value of [Number.NaN, Infinity, -Infinity])
            await expectReach(engine, plan, value, 0, PLACES["in the middle"]!);
          await expectReach(engine, plan, Number.NaN, 1, PLACES["in a corner"]!);
        }));
    }

    it("adds the residual and activates before it rounds: a sum too large for a half may become small enough", () =>
      withPlan(
        engine,
        "forward",
        describedFor(algorithm, { dtype: "f16", residual: true, activation: "leaky-relu" }),
        algorithm,
        async (plan) => {
          const { problem } = plan;
          const data = integers(countOf(problem, "x"), 12, 1).map((one) => 60_000 * one);
          const operands = { x: data, w: unit(problem, "w").map((one) => 2 * one), residual: data.map((one) => -one) };
          const values = await compute(engine, plan, operands);
          expect(expectStored(plan, operands, values).infinite).toBe(0);
          expect(most(values)).toBe(60_000);
        },
      ));
  });
}

it.skipIf(!hasHalves)(
  "the gradient of a bias overflows only when it is stored, and keeps subnormal halves",
  async () => {
    const sums = async (data: Float32Array): Promise<Float32Array> => {
      const dy = engine.tensor(data, [1, 1, 24, 24], { dtype: "f16" });
      const db = convBackwardBias(dy);
      const values = await db.read();
      for (const tensor of [dy, db]) tensor.destroy();
      return values;
    };
    const data = new Float32Array(576).fill(LARGEST);
    expect([...(await sums(data))]).toEqual([Infinity]);
    // Halfway through, the sum is 288 times the largest half.
    expect([...(await sums(data.map((one, at) => (at < 288 ? one : at < 575 ? -one : 0))))]).toEqual([LARGEST]);
    expect([...(await sums(data.fill(LEAST)))]).toEqual([576 * LEAST]);
  },
);
