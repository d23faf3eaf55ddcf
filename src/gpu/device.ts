// Requests a GPUDevice: which limits and features it asks for and why, and clear errors if no device is to be had.
import { ConvError } from "../base/error.ts";

/** Limits requested as high as the adapter allows. All kernels run on WebGPU's defaults; higher limits allow larger or faster problems. */
const LIMITS = [
  // One tensor is one binding, and the default of 128 MiB is a batch of 10 of 64 channels at 224 x 224.
  "maxStorageBufferBindingSize",
  // Workgroups share the tiles of a GEMM; larger workgroups and tiles load less.
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  // A workspace holds several regions, each bound on its own: it may be larger than one binding.
  "maxBufferSize",
] as const;

/** Features requested if the adapter has them. */
const FEATURES: readonly GPUFeatureName[] = [
  // A device has only the features it was requested with, and callers who time their own passes on engine.device need this one.
  "timestamp-query",
  // Tensors of half precision.
  "shader-f16",
  // Neighbouring invocations share their loads.
  "subgroups",
  // Kernels with many sums ask for small subgroups where these have more registers.
  "subgroup-size-control" as GPUFeatureName,
  // Subgroups multiply matrices. A draft, which browsers have behind a flag.
  "chromium-experimental-subgroup-matrix" as GPUFeatureName,
];

/** Where the GPU comes from: at most one of these; by default `navigator.gpu`. */
export interface DeviceSource {
  /** An existing device to share; the engine does not destroy it. */
  device?: GPUDevice;
  /** An adapter to request the device from. */
  adapter?: GPUAdapter;
  /** The GPU object of a WebGPU implementation, for environments without `navigator.gpu` (package `webgpu` in Node). */
  gpu?: GPU;
}

/** A device, and who is to destroy it. */
export interface OpenedDevice {
  readonly device: GPUDevice;
  /** Whether the engine requested the device and so has to destroy it. */
  readonly owned: boolean;
  readonly adapterInfo: GPUAdapterInfo;
}

/**
 * Returns the given device, or requests one, and loads beside it what its adapter needs.
 * @throws ConvError `no-webgpu`, `no-adapter` or `no-device`; what `load` throws
 */
export async function openDevice<T>(
  source: DeviceSource,
  load: (adapterInfo: GPUAdapterInfo) => Promise<T>,
): Promise<OpenedDevice & { readonly loaded: T }> {
  if (source.device) {
    const { adapterInfo } = source.device;
    return { device: source.device, owned: false, adapterInfo, loaded: await load(adapterInfo) };
  }
  const adapter = source.adapter ?? (await findAdapter(source.gpu));
  const [requested, loading] = await Promise.allSettled([requestDevice(adapter), load(adapter.info)]);
  if (requested.status === "rejected") throw requested.reason;
  const device = requested.value;
  if (loading.status === "rejected") {
    device.destroy();
    throw loading.reason;
  }
  return { device, owned: true, adapterInfo: adapter.info, loaded: loading.value };
}

/** What else a device is requested with, if the adapter has it. */
interface Wishes {
  readonly features?: readonly GPUFeatureName[];
  /** Limits to request as high as the adapter allows. */
  readonly limits?: readonly "maxComputeWorkgroupsPerDimension"[];
}

/** @throws ConvError `no-device` */
export async function requestDevice(
  adapter: GPUAdapter,
  { features = [], limits = [] }: Wishes = {},
): Promise<GPUDevice> {
  const requiredFeatures = [...FEATURES, ...features].filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries([...LIMITS, ...limits].map((limit) => [limit, adapter.limits[limit]]));
  try {
    return await adapter.requestDevice({ label: "convoke", requiredFeatures, requiredLimits });
  } catch (cause) {
    throw new ConvError(
      "no-device",
      `adapter: got a refusal to make a device (${String(cause)}), expected an unused adapter`,
      { cause },
    );
  }
}

/** @throws ConvError `no-webgpu` or `no-adapter` */
export async function findAdapter(given?: GPU): Promise<GPUAdapter> {
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
