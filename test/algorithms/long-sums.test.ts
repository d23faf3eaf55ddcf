// Sums of more terms than an invocation may have iterations are cut or refused, and the law holds for what they are cut into.
import { expect, it } from "vitest";
import { lower } from "../../src/algorithms/gradients.ts";
import { algorithms } from "../../src/algorithms/hardware.ts";
import { MAX_ITERATIONS, boundedCandidates, iterationsOf } from "../../src/algorithms/long-sums.ts";
import { candidatesFor } from "../../src/algorithms/passes.ts";
import { DEFAULT_TRAITS } from "../../src/algorithms/traits.ts";
import { LAYOUTS, convProblem } from "../../src/problem/problem.ts";
import { COMPATIBILITY } from "../suite/compatibility.ts";
import { violations } from "../suite/law.ts";
import { inLayout } from "../suite/layouts.ts";
import { LONG_SUMS } from "../suite/long-sums.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const DEVICES = [DEFAULT_TRAITS, SOFTWARE_TRAITS].map((device) => ({
  ...device,
  maxWorkgroupInvocations: COMPATIBILITY.maxComputeInvocationsPerWorkgroup,
}));

it.each(LONG_SUMS)("%s: cut, or refused, by every algorithm that needs to", (_, pass, given) => {
  const found: string[] = [];
  let cut = 0;
  for (const layout of LAYOUTS) {
    for (const device of DEVICES) {
      const lowering = lower(convProblem(pass, inLayout(given, layout)), device);
      for (const algorithm of algorithms) {
        const name = `${algorithm.name}, ${layout}, ${device.gpu}`;
        for (const c of lowering.correlations) {
          const bounded = boundedCandidates(algorithm, c, lowering.share);
          const plain = algorithm.candidates(c, lowering.share);
          if ("reason" in plain) continue;
          cut += plain.filter((one) => iterationsOf(c, one) > MAX_ITERATIONS).length;
          for (const one of "reason" in bounded ? [] : bounded)
            if (iterationsOf(c, one) > MAX_ITERATIONS) found.push(`${name}: ${iterationsOf(c, one)} iterations`);
        }
        const list = candidatesFor(algorithm, lowering);
        if ("reason" in list) continue;
        for (const candidate of list)
          for (const violation of violations(candidate, device)) found.push(`${name}: ${violation}`);
      }
    }
  }
  expect(found).toEqual([]);
  expect(cut).toBeGreaterThan(0);
});
