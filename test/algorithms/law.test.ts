// The law of algorithm.ts: what an algorithm offers can be planned, with exactly the dispatches and bytes that it says and within the limits of
// the device that it was asked for (of compatibility mode, where that says nothing), and is offered again by its name. That it is right is
// shown by algorithms.browser.test.ts. Each problem is planned for one of six devices, in turn, from the seed of the run on.
import { expect, inject, it } from "vitest";
import type { Algorithm } from "../../src/algorithms/algorithm.ts";
import { MAX_SECONDS, estimate } from "../../src/algorithms/cost.ts";
import { lower } from "../../src/algorithms/gradients.ts";
import { MAX_ITERATIONS, boundedCandidates, iterationsOf } from "../../src/algorithms/long-sums.ts";
import { candidatesFor } from "../../src/algorithms/passes.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { algorithms as withUniforms } from "../../src/algorithms/uniforms.ts";
import { type ConvProblem, PASSES, convProblem } from "../../src/problem/problem.ts";
import { COMPATIBILITY } from "../suite/compatibility.ts";
import { algorithms } from "../suite/every-kernel.ts";
import { BOUND } from "../suite/lavapipe.ts";
import { violations } from "../suite/law.ts";
import { problems } from "../suite/problems.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const DEVICES: readonly DeviceTraits[] = [
  DEFAULT_TRAITS,
  SOFTWARE_TRAITS,
  { ...SOFTWARE_TRAITS, ...BOUND },
  { ...SOFTWARE_TRAITS, ...BOUND, uniformBytes: 0, maxWorkspaceBytes: 400_000 },
  { ...SOFTWARE_TRAITS, maxWorkspaceBytes: 4096 },
  { ...DEFAULT_TRAITS, maxWorkspaceBytes: 20_000, maxBindingBytes: 12_000, maxDispatches: 20 },
].map((device) => ({ ...device, maxWorkgroupInvocations: COMPATIBILITY.maxComputeInvocationsPerWorkgroup }));

function* violationsOf(algorithm: Algorithm, problem: ConvProblem, device: DeviceTraits): Generator<string> {
  const lowering = lower(problem, device);
  const list = candidatesFor(algorithm, lowering);
  if ("reason" in list) return;
  if (list.length === 0) yield "neither candidates nor a reason";
  for (const c of lowering.correlations) {
    const each = boundedCandidates(algorithm, c, lowering.share);
    for (const one of "reason" in each ? [] : each)
      if (iterationsOf(c, one) > MAX_ITERATIONS) yield `${one.variant}: ${iterationsOf(c, one)} iterations`;
  }
  for (const candidate of list) {
    for (const found of violations(candidate, device)) yield `${candidate.variant}: ${found}`;
    const longest = Math.max(0, ...candidate.work.map((one) => estimate([one], device.rates)));
    if (longest > MAX_SECONDS) yield `${candidate.variant}: a dispatch of ${longest} seconds`;
    const again = candidatesFor(algorithm, lowering, candidate.variant);
    if ("reason" in again || again.length !== 1 || again[0]!.variant !== candidate.variant)
      yield `${candidate.variant} is not offered by its name`;
  }
}

it.each(algorithms.map((one) => [one.name, one] as const))("%s keeps the law in every pass", (_, algorithm) => {
  const found: string[] = [];
  let turn = inject("draw").seed;
  for (const { name, descriptor, passes } of problems) {
    for (const pass of PASSES.filter((one) => passes.includes(one))) {
      const at = turn++ % DEVICES.length;
      // Only its own list has what binds operands as uniforms and textures.
      const own = DEVICES[at]!.textureBytes ? withUniforms.find(({ name: one }) => one === algorithm.name)! : algorithm;
      for (const violation of violationsOf(own, convProblem(pass, descriptor), DEVICES[at]!))
        found.push(`${pass} ${name}, device ${at}: ${violation}`);
    }
  }
  expect(found.slice(0, 10)).toEqual([]);
});
