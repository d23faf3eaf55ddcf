// How an adapter describes itself.

/** The adapter of a device, as it describes itself. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  readonly isFallback: boolean;
}

/** The adapter in plain data; older implementations tell less. */
export function describeAdapter(adapterInfo: GPUAdapterInfo | undefined): AdapterDescription & { device: string } {
  const {
    vendor = "",
    architecture = "",
    device = "",
    description = "",
    isFallbackAdapter: isFallback = false,
  } = adapterInfo ?? {};
  return { vendor, architecture, device, description, isFallback };
}

/** Whether an adapter computes on the CPU. */
export function isSoftware({ vendor, architecture, description, isFallback }: AdapterDescription): boolean {
  // Firefox names no adapter, but marks these as fallback adapters.
  return isFallback || /swiftshader|llvmpipe|lavapipe|software|warp/i.test(`${vendor} ${architecture} ${description}`);
}
