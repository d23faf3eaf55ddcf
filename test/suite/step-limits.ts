// Checks steps against the limits of compatibility mode, the lowest that WebGPU allows.
import type { Step } from "../../src/kernel/step.ts";
import { uniformBytes } from "../../src/kernel/uniforms.ts";
import { COMPATIBILITY } from "./compatibility.ts";

/** The default of maxStorageBuffersPerShaderStage. */
const STORAGE_BUFFERS = 8;

/** Describes a limit that a step exceeds, on a device that allows workgroups of so many invocations; undefined if it exceeds none. */
export function exceededLimit(
  { kernel, bindings, uniforms, workgroups }: Step,
  most = COMPATIBILITY.maxComputeInvocationsPerWorkgroup,
): string | undefined {
  const invocations = Number(kernel.constants["WORKGROUP_SIZE"]);
  if (!(invocations <= most)) return `${invocations} invocations`;
  if (bindings.length > STORAGE_BUFFERS) return `${bindings.length} storage buffers`;
  const { byteLength } = uniformBytes(kernel.shaders, kernel.constants, uniforms);
  if (byteLength > COMPATIBILITY.maxUniformBufferBindingSize) return `${byteLength} bytes of uniforms`;
  if (workgroups.some((count) => !(count >= 1 && count <= 65_535))) return `a grid of ${workgroups.join(" x ")}`;
  return undefined;
}
