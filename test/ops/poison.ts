// A device whose new storage buffers are full of NaN, where WebGPU has zeros: what an operation does not write, or reads before it
// is written, shows in its results.
import { newDevice } from "../suite/counting.ts";

const POISON = 0x7fc07ead; // a quiet NaN with a payload that no arithmetic makes, and as two halves NaN twice

/** A device with half precision where there is any. */
export async function poisonedDevice(): Promise<GPUDevice> {
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
