// "auto" keeps to maxErrorGrowth, whatever a tuning table says: the growth of what it picks is never larger. What the growth itself promises is
// measured by test/promises/tolerance.browser.test.ts.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { ConvError } from "../../src/base/error.ts";
import { type Ranked, choose, rank } from "../../src/planner/choose.ts";
import { leastAccurate, temptation, problemsWithLimit } from "../fuzz/error-limits.ts";
import { candidatesOf } from "../suite/candidates.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

/** The same cases in every run, unless others are asked for. */
const settings = {
  numRuns: Number(process.env["CONVOKE_FUZZ_RUNS"] ?? 2000),
  seed: Number(process.env["CONVOKE_FUZZ_SEED"] ?? 20),
};

const growthOf = ({ candidate }: Ranked): number => candidate.error.growth;

test('"auto" never exceeds maxErrorGrowth, by estimates or by a table that ranks the least accurate first', () => {
  let inexact = 0;
  fc.assert(
    fc.property(problemsWithLimit("wide"), fc.boolean(), (one, software) => {
      const traits = software ? SOFTWARE_TRAITS : DEFAULT_TRAITS;
      const { problem, maxErrorGrowth, tempted } = one;
      const ways = tempted ? leastAccurate(one, traits) : [];
      const table = temptation(ways);
      const growth = growthOf(choose(algorithms, lower(problem, traits), { maxErrorGrowth }, table).chosen);
      expect(growth).toBeLessThanOrEqual(maxErrorGrowth);
      // A table is followed as far as maxErrorGrowth allows, to the number: at the growth of a candidate it is taken, just below it another.
      const [worst] = ways.map(growthOf);
      if (tempted) expect(growth).toBe(ways.map(growthOf).find((limit) => limit <= maxErrorGrowth));
      if (worst !== undefined && worst > 1) {
        const firstAt = (limit: number): number =>
          growthOf(rank(algorithms, lower(problem, traits), { maxErrorGrowth: limit }, table).ranked[0]!);
        expect(firstAt(worst)).toBe(worst);
        expect(firstAt(Math.max(1, worst * (1 - 2 ** -52)))).toBeLessThan(worst);
      }
      if (growth > 1) inexact++;
    }),
    settings,
  );
  // Otherwise nothing was tempting.
  expect(inexact).toBeGreaterThan(settings.numRuns / 40);
});

test("what no candidate computes within maxErrorGrowth is refused with the growths that there are", () => {
  const transforms = algorithms.filter(({ name }) => name === "winograd" || name === "fft");
  let [refused, served] = [0, 0];
  fc.assert(
    fc.property(problemsWithLimit("wide"), (one) => {
      const { problem, maxErrorGrowth, tempted } = one;
      const table = tempted ? temptation(leastAccurate(one, SOFTWARE_TRAITS)) : [];
      try {
        const { chosen } = choose(transforms, lower(problem, SOFTWARE_TRAITS), { maxErrorGrowth }, table);
        expect(growthOf(chosen)).toBeLessThanOrEqual(maxErrorGrowth);
        served++;
      } catch (error) {
        if (!(error instanceof ConvError)) throw error;
        expect(error.code).toBe("unsupported");
        for (const way of transforms) {
          const isOffered = candidatesOf(way, problem, SOFTWARE_TRAITS).length > 0;
          const words = isOffered
            ? `its error growth [\\d.e+]+ is over maxErrorGrowth, ${maxErrorGrowth}`
            : "..........";
          expect(error.message).toMatch(new RegExp(`${way.name}: ${words}`));
        }
        refused++;
      }
    }),
    { ...settings, numRuns: Math.ceil(settings.numRuns / 4) },
  );
  expect(Math.min(refused, served)).toBeGreaterThan(settings.numRuns / 100);
});
