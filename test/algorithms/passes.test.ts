// What serving a problem costs where it is many correlations.
import { expect, test } from "vitest";
import { algorithms } from "../../src/algorithms/index.ts";
import { convProblem } from "../../src/problem/problem.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

test("the phases of a stride are listed a few times, not once for each of them", () => {
  const problem = convProblem("backward-data", {
    inputShape: [1, 1, 16, 16],
    kernelShape: [1, 1, 16, 16],
    stride: 16,
  });
  const direct = algorithms.find(({ name }) => name === "direct")!;
  let read = 0;
  const counted = {
    ...problem,
    get stride() {
      read++;
      return problem.stride;
    },
  };
  expect(direct.supports(counted, SOFTWARE_TRAITS)).toBe(true);
  direct.variants(counted, SOFTWARE_TRAITS);
  // 256 phases; each list of them reads the stride a few times.
  expect(read).toBeLessThan(64);
});
