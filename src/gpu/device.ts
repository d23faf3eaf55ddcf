// Getting a GPUDevice: what is asked of the adapter and why, and clear errors where there is none.
import { ConvError } from "../base/error.ts";

/** Limits raised to what the adapter offers. All kernels run on WebGPU's defaults; these lift what a problem may span. */
const LIMITS = [
  // One tensor is one binding, and the default of 128 MiB is a batch of 10 of 64 channels at 224 x 224.
  "maxStorageBufferBindingSize",
  // Tiles of a GEMM and spectra of an FFT are shared in a workgroup; larger ones load less.
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  // A workspace holds several regions, each bound on its own: it may be larger than one binding.
  "maxBufferSize",
] as const;

/** Features taken where the adapter has them. */
const FEATURES: readonly GPUFeatureName[] = [
  // A device has only the features it was made with: callers who time their own passes on engine.device need it.
  "timestamp-query",
  // Tensors of half precision.
  "shader-f16",
  // Neighbouring invocations share what they load.
  "subgroups",
];

/** Where the GPU comes from: exactly one of these, or none for the environment's own. */
export interface DeviceSource {
  /** Share an existing device; the engine does not destroy it. */
  device?: GPUDevice;
  /** Make a device on this adapter. */
  adapter?: GPUAdapter;
  /** The GPU object of a WebGPU implementation, where there is no `navigator.gpu` (package `webgpu` in Node). */
  gpu?: GPU;
}

export interface OpenedDevice {
  readonly device: GPUDevice;
  /** Whether the engine made the device and so has to destroy it. */
  readonly owned: boolean;
  readonly adapterInfo: GPUAdapterInfo;
}

export async function openDevice(source: DeviceSource): Promise<OpenedDevice> {
  if (source.device) return { device: source.device, owned: false, adapterInfo: source.device.adapterInfo };
  const adapter = source.adapter ?? (await findAdapter(source.gpu));
  const requiredFeatures = FEATURES.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]]));
  try {
    const device = await adapter.requestDevice({ label: "convoke", requiredFeatures, requiredLimits });
    return { device, owned: true, adapterInfo: adapter.info };
  } catch (cause) {
    throw new ConvError(
      "no-device",
      `adapter: got a refusal to make a device (${String(cause)}), expected an unused adapter`,
      { cause },
    );
  }
}

async function findAdapter(given: GPU | undefined): Promise<GPUAdapter> {
  const gpu = given ?? (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) {
    throw new ConvError(
      "no-webgpu",
      "navigator.gpu: got nothing, expected WebGPU: a current browser on a secure page (https or localhost), or in Node the option gpu from package webgpu",
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new ConvError(
      "no-adapter",
      "requestAdapter: got no adapter, expected a GPU that the browser allows WebGPU on (see chrome://gpu or about:support)",
    );
  }
  return adapter;
}
