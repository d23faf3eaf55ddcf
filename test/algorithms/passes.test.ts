// What a problem costs to plan where it is many correlations.
import { expect, test } from "vitest";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { candidatesFor } from "../../src/algorithms/passes.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

test("the phases of a stride are found once a problem, not once an algorithm, a phase or a tap", () => {
  const problem = convProblem("backward-data", {
    inputShape: [1, 1, 2_000_000],
    kernelShape: [1, 1, 1_500_000],
    stride: 1_000_000,
  });
  let read = 0;
  const counted = {
    ...problem,
    get stride() {
      read++;
      return problem.stride;
    },
  };
  const lowering = lower(counted, SOFTWARE_TRAITS);
  expect(lowering.correlations.map(({ K, kernel }) => [K, kernel[2]])).toEqual([
    [500_000, 2],
    [500_000, 1],
  ]);
  // To find the phases of an axis reads the stride a few times.
  expect(read).toBeLessThan(32);
  for (const algorithm of algorithms) candidatesFor(algorithm, lowering);
  expect(read).toBeLessThan(32);
});
