// The law of a candidate (src/algorithms/algorithm.ts), as far as its plan shows it.
import { type Candidate, candidateBytes } from "../../src/algorithms/algorithm.ts";
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import type { GpuContext } from "../../src/gpu/context.ts";
import { TextureCopies } from "../../src/gpu/textures.ts";
import { type Plan, STORAGE_ALIGNMENT } from "../../src/kernel/step.ts";
import { ROW_BYTES } from "../../src/kernel/textures.ts";
import { stepsOf } from "./candidates.ts";
import { exceededLimit } from "./step-limits.ts";

/** The end of the last range of an operand that any step binds. */
function boundBytes(plan: Plan, operand: "workspace" | "prepared"): number {
  const ranges = stepsOf(plan).flatMap(({ bindings }) => bindings.filter((one) => one.operand === operand));
  return Math.max(0, ...ranges.map(({ offset, size }) => offset + size));
}

/** What a candidate breaks, in words. */
export function* violations(candidate: Candidate<Plan>, device: DeviceTraits): Generator<string> {
  const { variant, workspaceBytes, preparedBytes, textures = [], dispatches, work, error } = candidate;
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
  const bound = new TextureCopies({} as GpuContext, plan.steps).rows.map((rows) => rows * ROW_BYTES);
  if (bound.join() !== textures.join()) yield `textures of ${textures.join()} bytes said, of ${bound.join()} bound`;
  if (bound.some((bytes) => bytes > (device.textureBytes ?? 0))) yield "a texture is too large";
  if (candidateBytes(candidate) > device.maxWorkspaceBytes) yield `${candidateBytes(candidate)} bytes`;
  const scratch = steps.flatMap(({ bindings }) =>
    bindings.filter(({ operand }) => operand === "workspace" || operand === "prepared"),
  );
  if (scratch.some(({ size }) => size > device.maxBindingBytes)) yield "a binding is too large";
  for (const step of steps) {
    const limit = exceededLimit(step, device.maxWorkgroupInvocations);
    if (limit !== undefined) yield limit;
  }
  if (!(error.growth >= 1)) yield `an error growth of ${error.growth}`;
  const numbers = work.flatMap((one) => Object.values({ ...one, prepares: 0 }));
  if (!numbers.every((one) => Number.isFinite(one) && one >= 0)) yield "work that cannot be";
}
