// The law of algorithm.ts: what an algorithm offers can be planned, with exactly the dispatches and bytes that it says and within the limits of
// the device that it was asked for (of compatibility mode, where that says nothing), and is offered again by its name. That it is right is
// shown by algorithms.browser.test.ts. Each problem is planned for one of four devices, in turn, from the seed of the run on.
import { expect, inject, it } from "vitest";
import type { Algorithm, Candidate } from "../../src/algorithms/algorithm.ts";
import { algorithms } from "../../src/algorithms/index.ts";
import { candidatesFor, lower } from "../../src/algorithms/passes.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { type Plan, STORAGE_ALIGNMENT } from "../../src/kernel/step.ts";
import { type ConvProblem, PASSES, convProblem } from "../../src/problem/problem.ts";
import { stepsOf } from "../suite/candidates.ts";
import { COMPATIBILITY } from "../suite/compatibility.ts";
import { problems } from "../suite/problems.ts";
import { exceededLimit } from "../suite/step-limits.ts";
import { SOFTWARE_TRAITS } from "../suite/traits.ts";

const DEVICES: readonly DeviceTraits[] = [
  DEFAULT_TRAITS,
  SOFTWARE_TRAITS,
  { ...SOFTWARE_TRAITS, maxWorkspaceBytes: 4096 },
  { ...DEFAULT_TRAITS, maxWorkspaceBytes: 20_000, maxBindingBytes: 12_000, maxDispatches: 20 },
].map((device) => ({ ...device, maxWorkgroupInvocations: COMPATIBILITY.maxComputeInvocationsPerWorkgroup }));

/** The end of the last range of an operand that any step binds. */
function boundBytes(plan: Plan, operand: "workspace" | "prepared"): number {
  const ranges = stepsOf(plan).flatMap(({ bindings }) => bindings.filter((one) => one.operand === operand));
  return Math.max(0, ...ranges.map(({ offset, size }) => offset + size));
}

/** What a candidate breaks, in words. */
function* violations(candidate: Candidate<Plan>, device: DeviceTraits): Generator<string> {
  const { variant, workspaceBytes, preparedBytes, dispatches, work, error } = candidate;
  const plan = candidate.plan();
  const steps = stepsOf(plan);
  if (plan.variant !== variant) yield `its plan is of ${plan.variant}`;
  if (steps.length !== dispatches) yield `${dispatches} dispatches said, ${steps.length} planned`;
  if (dispatches > device.maxDispatches) yield `${dispatches} dispatches`;
  if (plan.workspaceBytes !== workspaceBytes)
    yield `${workspaceBytes} bytes of workspace said, ${plan.workspaceBytes} planned`;
  if ((plan.preparation?.bytes ?? 0) !== preparedBytes) yield `${preparedBytes} prepared bytes said`;
  // Ranges start at multiples of the alignment: less than that may lie unused behind the last.
  for (const [operand, said] of [
    ["workspace", workspaceBytes],
    ["prepared", preparedBytes],
  ] as const) {
    const spare = said - boundBytes(plan, operand);
    if (spare < 0 || spare >= STORAGE_ALIGNMENT) yield `${said} bytes of ${operand} said, ${said - spare} bound`;
  }
  if (workspaceBytes + preparedBytes > device.maxWorkspaceBytes) yield `${workspaceBytes + preparedBytes} bytes`;
  const scratch = steps.flatMap(({ bindings }) =>
    bindings.filter(({ operand }) => operand === "workspace" || operand === "prepared"),
  );
  if (scratch.some(({ size }) => size > device.maxBindingBytes)) yield "a binding is too large";
  for (const step of steps) {
    const limit = exceededLimit(step);
    if (limit !== undefined) yield limit;
  }
  if (!(error.growth >= 1)) yield `an error growth of ${error.growth}`;
  const numbers = work.flatMap((one) => Object.values(one) as number[]);
  if (!numbers.every((one) => Number.isFinite(one) && one >= 0)) yield "work that cannot be";
}

function* violationsOf(algorithm: Algorithm, problem: ConvProblem, device: DeviceTraits): Generator<string> {
  const lowering = lower(problem, device);
  const list = candidatesFor(algorithm, lowering);
  if ("reason" in list) return;
  if (list.length === 0) yield "neither candidates nor a reason";
  for (const candidate of list) {
    for (const found of violations(candidate, device)) yield `${candidate.variant}: ${found}`;
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
      for (const violation of violationsOf(algorithm, convProblem(pass, descriptor), DEVICES[at]!))
        found.push(`${pass} ${name}, device ${at}: ${violation}`);
    }
  }
  expect(found.slice(0, 10)).toEqual([]);
});
