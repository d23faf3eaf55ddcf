// A device whose buffers, and textures that hold operands, are counted, and an engine on it. The counts are of what was requested; when memory is really freed is up to the GPU.
import { type Engine, createEngine } from "../../src/index.ts";

export interface Counted {
  readonly device: GPUDevice;
  /** The buffers and textures created and not yet destroyed, and their bytes. */
  readonly live: () => { buffers: number; bytes: number };
}

/** Requests a device with the default limits and those of the features that the adapter has. */
export async function newDevice(features: readonly GPUFeatureName[] = []): Promise<GPUDevice> {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter!.requestDevice({ requiredFeatures: features.filter((feature) => adapter!.features.has(feature)) });
}

/** Counts the buffers of a device, and its textures of operands, from now on. */
export function count(device: GPUDevice): Counted {
  const live = new Map<GPUBuffer | GPUTexture, number>();
  const createBuffer = device.createBuffer.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    live.set(buffer, buffer.size);
    const destroy = buffer.destroy.bind(buffer);
    buffer.destroy = () => {
      live.delete(buffer);
      return destroy();
    };
    return buffer;
  };
  // The copies of operands that kernels load as textures.
  const createTexture = device.createTexture.bind(device);
  device.createTexture = (descriptor) => {
    const texture = createTexture(descriptor);
    if (texture.format !== "rgba32float") return texture;
    live.set(texture, 16 * texture.width * texture.height);
    const destroy = texture.destroy.bind(texture);
    texture.destroy = () => {
      live.delete(texture);
      return destroy();
    };
    return texture;
  };
  return {
    device,
    live: () => ({ buffers: live.size, bytes: [...live.values()].reduce((sum, bytes) => sum + bytes, 0) }),
  };
}

export async function onCountedDevice(body: (engine: Engine, counted: Counted) => Promise<void>): Promise<void> {
  const counted = count(await newDevice());
  const engine = await createEngine({ device: counted.device, tuning: "forget" });
  try {
    await body(engine, counted);
  } finally {
    engine.destroy();
    counted.device.destroy();
  }
}
