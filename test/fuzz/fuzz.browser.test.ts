// A short run of the fuzzer: the same calls each time, with few kernels, since compiling takes most of the time on a software adapter.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type OpenedBench, openBench } from "./bench.ts";
import { campaign } from "./campaign.ts";
import { perform } from "./perform.ts";

const SEED = 7;
const RUNS = 150;

let bench: OpenedBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

it("computes or refuses any call", async () => {
  const report = await campaign({ space: "pools", seed: SEED, runs: RUNS, dtypes: bench.dtypes }, (call) =>
    perform(bench, call),
  );
  expect(report.failures).toEqual([]);
  expect(bench.trouble).toEqual([]);
  // Fewer would mean that the generator is wrong.
  expect(report.computed).toBeGreaterThan(RUNS / 4);
  expect(report.refused).toBeGreaterThan(RUNS / 8);
});
