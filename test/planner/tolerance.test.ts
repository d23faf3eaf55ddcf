// "auto" keeps to its tolerance, whatever a tuning table says: the growth of what it picks is never larger. What the growth itself promises is
// measured by test/tolerance.browser.test.ts.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { leastAccurate, temptation, tolerated } from "../fuzz/tolerances.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { algorithms } from "../../src/algorithms/index.ts";
import { ConvError } from "../../src/base/error.ts";
import { candidates, choose } from "../../src/planner/choose.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

/** The same cases in every run, unless others are asked for. */
const settings = {
  numRuns: Number(process.env["CONVOKE_FUZZ_RUNS"] ?? 2000),
  seed: Number(process.env["CONVOKE_FUZZ_SEED"] ?? 20),
};

test('"auto" never exceeds its tolerance, by estimates or by a table that ranks the least accurate first', () => {
  let inexact = 0;
  fc.assert(
    fc.property(tolerated("wide"), fc.boolean(), (one, software) => {
      const traits = software ? SOFTWARE_TRAITS : DEFAULT_TRAITS;
      const { problem, tolerance, tempted } = one;
      const ways = tempted ? leastAccurate(one, traits) : [];
      const table = temptation(ways);
      const { algorithm, variant } = choose(algorithms, problem, traits, { tolerance }, table);
      const growth = algorithm.errorGrowth(problem, variant);
      expect(growth).toBeLessThanOrEqual(tolerance);
      // A table is followed as far as the tolerance allows, to the number: at the growth of a way it is taken, just below it another.
      const [worst] = ways;
      if (tempted) expect(growth).toBe(ways.find(({ errorGrowth }) => errorGrowth <= tolerance)!.errorGrowth);
      if (worst && worst.errorGrowth > 1) {
        const firstAt = (limit: number): number =>
          candidates(algorithms, problem, traits, { tolerance: limit }, table).ranked[0]!.errorGrowth;
        expect(firstAt(worst.errorGrowth)).toBe(worst.errorGrowth);
        expect(firstAt(Math.max(1, worst.errorGrowth * (1 - 2 ** -52)))).toBeLessThan(worst.errorGrowth);
      }
      if (growth > 1) inexact++;
    }),
    settings,
  );
  // Otherwise nothing was tempting.
  expect(inexact).toBeGreaterThan(settings.numRuns / 40);
});

test("what no way serves within the tolerance is refused with the growths that there are", () => {
  const transforms = algorithms.filter(({ name }) => name === "winograd" || name === "fft");
  let [refused, served] = [0, 0];
  fc.assert(
    fc.property(tolerated("wide"), (one) => {
      const { problem, tolerance, tempted } = one;
      const table = tempted ? temptation(leastAccurate(one, SOFTWARE_TRAITS)) : [];
      try {
        const { algorithm, variant } = choose(transforms, problem, SOFTWARE_TRAITS, { tolerance }, table);
        expect(algorithm.errorGrowth(problem, variant)).toBeLessThanOrEqual(tolerance);
        served++;
      } catch (error) {
        if (!(error instanceof ConvError)) throw error;
        expect(error.code).toBe("unsupported");
        for (const way of transforms) {
          const reason = way.supports(problem, SOFTWARE_TRAITS);
          const words =
            reason === true ? `its error growth [\\d.e+]+ is over the tolerance ${tolerance}` : "..........";
          expect(error.message).toMatch(new RegExp(`${way.name}: ${words}`));
        }
        refused++;
      }
    }),
    { ...settings, numRuns: Math.ceil(settings.numRuns / 4) },
  );
  expect(Math.min(refused, served)).toBeGreaterThan(settings.numRuns / 100);
});
