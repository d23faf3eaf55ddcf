// Checks without a device that a plan keeps to the limits of WebGPU and to its constraints.
import type { DeviceTraits } from "../../src/algorithms/traits.ts";
import { bufferBytes } from "../../src/conv/buffers.ts";
import { operandShape, resultName } from "../../src/conv/operands.ts";
import { assemble } from "../../src/kernel/assemble.ts";
import { BINDING, type Binding, type Plan, STORAGE_ALIGNMENT, type Step } from "../../src/kernel/step.ts";
import type { UniformValue } from "../../src/kernel/uniforms.ts";
import type { ConvProblem } from "../../src/problem/problem.ts";

/** WebGPU's default limits. */
const MAX_WORKGROUPS = 65_535;
const MAX_STORAGE_BINDINGS = 8;

type Bytes = (operand: Binding["operand"]) => number;

function bindingTrouble({ operand, offset, size }: Binding, bytes: Bytes, traits: DeviceTraits): string | undefined {
  const where = `${operand} [${offset}, +${size}]`;
  if (![offset, size].every(Number.isSafeInteger)) return `${where} is no range`;
  if (size <= 0 || size % 4 !== 0) return `${where} is empty, or no whole words`;
  if (offset < 0 || offset % STORAGE_ALIGNMENT !== 0) return `${where} is not aligned`;
  if (offset + size > bytes(operand)) return `${where} reaches beyond its ${bytes(operand)} bytes`;
  return size > traits.maxBindingBytes ? `${where} is more than may be bound` : undefined;
}

/** A kernel may write one range of a buffer and read others only if they are declared writable and do not overlap. */
function sharingTrouble({ bindings, kernel }: Step): string | undefined {
  const output = bindings.find(({ binding }) => binding === BINDING.output);
  if (!output) return "it writes nothing";
  for (const other of bindings) {
    if (other === output || other.operand !== output.operand) continue;
    if (!kernel.readWrite?.includes(other.binding)) return `binding ${other.binding} is read where the kernel writes`;
    if (other.offset < output.offset + output.size && output.offset < other.offset + other.size)
      return `binding ${other.binding} overlaps what the kernel writes`;
  }
  return undefined;
}

function numbersOf(value: UniformValue): readonly number[] {
  if (typeof value === "number") return [value];
  return Array.isArray(value) ? (value as readonly number[]) : Object.values(value).flatMap(numbersOf);
}

function stepTrouble(step: Step, bytes: Bytes, traits: DeviceTraits): string | undefined {
  const { workgroups, uniforms, bindings } = step;
  if (!workgroups.every((count) => Number.isInteger(count) && count >= 1 && count <= MAX_WORKGROUPS))
    return `it dispatches [${workgroups.join(", ")}] workgroups`;
  const odd = numbersOf(uniforms).find((value) => !Number.isFinite(value));
  if (odd !== undefined) return `${odd} is among its uniforms`;
  if (bindings.length > MAX_STORAGE_BINDINGS) return `it binds ${bindings.length} buffers`;
  if (new Set(bindings.map(({ binding }) => binding)).size !== bindings.length) return "it binds one number twice";
  for (const binding of bindings) {
    const trouble = bindingTrouble(binding, bytes, traits);
    if (trouble) return trouble;
  }
  return sharingTrouble(step);
}

/** Returns what is wrong with a plan, or undefined. */
export function planTrouble(problem: ConvProblem, plan: Plan, traits: DeviceTraits): string | undefined {
  const needed = plan.workspaceBytes + (plan.preparation?.bytes ?? 0);
  if (!Number.isSafeInteger(needed) || needed < 0) return `it needs ${needed} bytes`;
  if (needed > traits.maxWorkspaceBytes)
    return `it needs ${needed} bytes, more than the ${traits.maxWorkspaceBytes} allowed`;
  const bytes: Bytes = (operand) => {
    if (operand === "workspace") return plan.workspaceBytes;
    if (operand === "prepared") return plan.preparation?.bytes ?? 0;
    if (operand === "padded" || operand === "db") return 0;
    return bufferBytes(problem, operand);
  };
  const steps = [...(plan.preparation?.steps ?? []), ...plan.steps];
  const isEmpty = operandShape(problem, resultName(problem)).includes(0);
  if (isEmpty !== (steps.length === 0)) return isEmpty ? "it has steps for no results" : "it has no steps";
  // Throws what cannot be written as WGSL. Many steps share a kernel.
  const kernels = new Map(steps.map(({ kernel }) => [JSON.stringify(kernel), kernel]));
  for (const kernel of kernels.values()) assemble(kernel);
  for (const [at, step] of steps.entries()) {
    const trouble = stepTrouble(step, bytes, traits);
    if (trouble) return `step ${at} (${step.kernel.shaders.at(-1)?.name}): ${trouble}`;
  }
  return undefined;
}
