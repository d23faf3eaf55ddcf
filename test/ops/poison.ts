// An engine on a device that fills new storage buffers with NaN instead of WebGPU's zeros, and that has no pool of used ones: elements that an operation does not write, or reads before
// writing, show in its results.
import { afterAll, beforeAll } from "vitest";
import { type Engine, createEngine } from "../../src/index.ts";
import { newDevice } from "../suite/counting.ts";

const POISON = 0x7fc07ead; // a quiet NaN with a payload that arithmetic does not produce; as two halves, both NaN

/** A device with shader-f16 where the adapter supports it. */
async function poisonedDevice(): Promise<GPUDevice> {
  const device = await newDevice(["shader-f16"]);
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const storage = (descriptor.usage & GPUBufferUsage.STORAGE) !== 0;
    if (!storage || descriptor.mappedAtCreation) return createBuffer(descriptor);
    const buffer = createBuffer({ ...descriptor, mappedAtCreation: true });
    new Uint32Array(buffer.getMappedRange()).fill(POISON);
    buffer.unmap();
    return buffer;
  };
  return device;
}

/** Declares an engine for the tests of a file, or of the enclosing suite, and returns its accessor. */
export function poisonedEngine(): () => Engine {
  let engine: Engine;
  beforeAll(async () => {
    engine = await createEngine({ device: await poisonedDevice(), tuning: "forget" });
    using any = engine.empty([1]);
    const { memory } = any.gpu;
    memory.recycle = (buffer) => memory.free(buffer);
  });
  afterAll(() => {
    engine.destroy();
    engine.device.destroy();
  });
  return () => engine;
}
