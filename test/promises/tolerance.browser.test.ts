// "auto" stays within maxErrorGrowth: the error of its choice is at most that many times the bound of a sequential float32 sum. Tried on random
// problems, half of them with a tuning table that ranks the least accurate candidate first: a few problems with few kernels (fewer where
// compiling is slow), or two thousand of all kinds with `npm run test:soak`.
import * as fc from "fast-check";
import { expect, inject, it } from "vitest";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { DTYPES } from "../../src/base/dtype.ts";
import { type ConvInputs, type Engine, createEngine } from "../../src/index.ts";
import { deviceTraits } from "../../src/planner/device-traits.ts";
import { traitsOf } from "../../src/planner/gpu-classes.ts";
import { environmentOf, tuningKey } from "../../src/planner/tuning.ts";
import { sumLength } from "../../src/problem/sum-length.ts";
import { type ProblemWithLimit, leastAccurate, temptation, problemsWithLimit } from "../fuzz/error-limits.ts";
import { numbersFor } from "../fuzz/oracle.ts";
import { errorBounds } from "../suite/bounds.ts";
import { reference, shapeOf } from "../suite/passes.ts";

const soak = inject("soak");
const RUNS = soak ? 2000 : inject("selection") === "all" ? 60 : 30;
const SEED = 31;

/** Replace the engine after this many problems, before its cached kernels fill the page's memory. */
const RUNS_OF_AN_ENGINE = 200;

interface Measured {
  readonly algorithm: string;
  readonly growth: number;
  /** The largest error, as a share of what maxErrorGrowth allows. */
  readonly ofLimit: number;
  /** The largest error, as a share of what the plan states. */
  readonly ofGrowth: number;
}

async function measure(engine: Engine, one: ProblemWithLimit): Promise<Measured> {
  const { pass, descriptor, maxErrorGrowth, tempted } = one;
  if (tempted) {
    const traits = deviceTraits(engine.device, traitsOf(engine.info.adapter), DEFAULT_TRAITS.maxWorkspaceBytes);
    const entry = {
      ...environmentOf(engine.info.adapter),
      key: tuningKey(one.problem, { maxErrorGrowth }),
      ranked: temptation(leastAccurate(one, traits)),
    };
    expect(await engine.tuning.import({ format: 1, entries: [entry] })).toMatchObject({ usable: 1 });
  }
  const plan = await engine.plan(pass, descriptor, { maxErrorGrowth });
  expect(plan.errorGrowth).toBeLessThanOrEqual(maxErrorGrowth);
  if (tempted) expect(plan.explain()).toMatch(/^ 1 .*measured/);
  // Shaders get numbers as float32.
  const problem = { ...plan.problem, paddingValue: Math.fround(plan.problem.paddingValue) };
  const { layout, dtype } = problem;
  const operands = numbersFor(one, one.call);
  const inputs: ConvInputs = Object.fromEntries(
    Object.entries(operands).map(([name, values]) => [
      name,
      engine.tensor(values, shapeOf(problem, name as keyof ConvInputs), { layout, dtype }),
    ]),
  );
  const y = plan.run(inputs);
  try {
    const values = await y.read();
    const expected = reference(problem, operands);
    const norm = plan.errorNorm;
    const worst = (growth: number): number => {
      const bounds = errorBounds(problem, operands, growth, plan.errorSpread, norm);
      // Subnormal products may be flushed to 0.
      const least = 2 * (sumLength(problem) + 2) * 2 ** -126;
      // NaN counts as an infinite error.
      return expected.reduce((most, value, at) => {
        const ratio = Math.abs(value - values[at]!) / (bounds[at]! + least);
        return Math.max(most, Number.isNaN(ratio) ? Infinity : ratio);
      }, 0);
    };
    return {
      algorithm: plan.algorithm,
      growth: plan.errorGrowth,
      ofLimit: worst(maxErrorGrowth),
      // In the soak run only: it doubles the work on the CPU, and the shared suite covers it.
      ofGrowth: soak ? worst(plan.errorGrowth) : 0,
    };
  } finally {
    plan.destroy();
    for (const tensor of [y, ...Object.values(inputs)]) tensor.destroy();
  }
}

it('errs by no more than maxErrorGrowth allows, whatever "auto" chose', async () => {
  let engine = await createEngine({ tuning: "forget" });
  const dtypes = DTYPES.filter((dtype) => dtype === "f32" || engine.device.features.has("shader-f16"));
  const counts: Record<string, number> = {};
  let [runs, inexact, worst, worstOfGrowth] = [0, 0, 0, 0];
  const shown = (): string =>
    `${runs} problems, ${inexact} by inexact ways; the largest error is ${worst.toPrecision(3)} of what maxErrorGrowth allows${soak ? `, ${worstOfGrowth.toPrecision(3)} of what the plan states` : ""}; ${JSON.stringify(counts)}`;
  try {
    const property = fc.asyncProperty(problemsWithLimit(soak ? "wide" : "pools", dtypes), async (one) => {
      if (++runs % RUNS_OF_AN_ENGINE === 0) {
        engine.destroy();
        engine = await createEngine({ tuning: "forget" });
      }
      const { algorithm, growth, ofLimit, ofGrowth } = await measure(engine, one);
      counts[algorithm] = (counts[algorithm] ?? 0) + 1;
      if (growth > 1) inexact++;
      worst = Math.max(worst, ofLimit);
      worstOfGrowth = Math.max(worstOfGrowth, ofGrowth);
      expect(ofLimit).toBeLessThanOrEqual(1);
      expect(ofGrowth).toBeLessThanOrEqual(1);
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS });
    console.info(shown());
    // Otherwise the tuning tables tempted nothing.
    expect(inexact).toBeGreaterThan(RUNS / 12);
  } finally {
    engine.destroy();
  }
}, 3_600_000);
