// What a problem costs to plan where it is many correlations.
import { expect, test } from "vitest";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/index.ts";
import { candidatesFor } from "../../src/algorithms/passes.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

test("the phases of a stride are listed once a problem, not once an algorithm or a phase", () => {
  const problem = convProblem("backward-data", {
    inputShape: [1, 1, 16, 16],
    kernelShape: [1, 1, 16, 16],
    stride: 16,
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
  expect(lowering.correlations.length).toBe(256);
  // A list of phases reads the stride a few times.
  expect(read).toBeLessThan(32);
  for (const algorithm of algorithms) candidatesFor(algorithm, lowering);
  expect(read).toBeLessThan(32);
});
