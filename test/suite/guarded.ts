// Runs a plan on poisoned memory: output, workspace and the memory of prepacked weights are filled with NaN first, and a guard follows output and
// workspace. Afterwards every guard word must be unchanged, and so must the half word after an odd number of halves. Outputs that are not written, or are read before, show as NaN.
import { expect } from "vitest";
import { bytesFor, fromFloat16Bits } from "../../src/base/dtype.ts";
import { elementCount } from "../../src/base/shape.ts";
import { resultName } from "../../src/conv/operands.ts";
import type { GpuContext } from "../../src/gpu/context.ts";
import type { ConvInputs, ConvPlan, Engine } from "../../src/index.ts";

const GUARD_WORDS = 64;
const POISON = 0x7fc07ead; // a quiet NaN with a payload that arithmetic does not produce; as two halves, both NaN

function poison(buffer: GPUBuffer): GPUBuffer {
  new Uint32Array(buffer.getMappedRange()).fill(POISON);
  buffer.unmap();
  return buffer;
}

function poisoned(device: GPUDevice, bytes: number): GPUBuffer {
  const size = bytes + GUARD_WORDS * 4;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  return poison(device.createBuffer({ size, usage, mappedAtCreation: true }));
}

/** Leaves nothing in an engine's pool but poisoned memory for the plan's prepacked weights. */
function poisonPool({ memory }: GpuContext, size: number): void {
  memory.drain();
  if (size === 0) return;
  const usage = GPUBufferUsage.STORAGE;
  memory.recycle(poison(memory.allocate("weights", { size, usage, mappedAtCreation: true })));
}

/** The output of one guarded run. */
export async function runGuarded(engine: Engine, plan: ConvPlan, inputs: ConvInputs): Promise<Float32Array> {
  const { device } = engine;
  const { dtype } = plan.problem;
  const count = elementCount(plan.outputShape);
  const outputBytes = bytesFor(count, dtype);
  const y = poisoned(device, outputBytes);
  const workspace = plan.workspaceBytes > 0 ? poisoned(device, plan.workspaceBytes) : undefined;
  const sizes = [y.size, ...(workspace ? [workspace.size] : [])];
  const staging = device.createBuffer({
    size: sizes.reduce((sum, size) => sum + size, 0),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    poisonPool((inputs.x ?? inputs.dy)!.gpu, plan.preparedBytes);
    const encoder = device.createCommandEncoder();
    plan.encode(encoder, { ...inputs, [resultName(plan.problem)]: y, ...(workspace ? { workspace } : {}) });
    encoder.copyBufferToBuffer(y, 0, staging, 0, y.size);
    if (workspace) encoder.copyBufferToBuffer(workspace, 0, staging, y.size, workspace.size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const words = new Uint32Array(staging.getMappedRange().slice(0));
    let end = 0;
    for (const size of sizes) {
      end += size / 4;
      const guard = words.subarray(end - GUARD_WORDS, end);
      expect(
        guard.every((word) => word === POISON),
        "a guard word was overwritten",
      ).toBe(true);
    }
    if (dtype === "f32") return new Float32Array(words.buffer, 0, count);
    const halves = new Uint16Array(words.buffer, 0, outputBytes / 2);
    if (count % 2 === 1) expect(halves[count], "the half word after the last element").toBe(POISON >>> 16);
    return fromFloat16Bits(halves.subarray(0, count));
  } finally {
    for (const buffer of [y, workspace, staging]) buffer?.destroy();
  }
}
