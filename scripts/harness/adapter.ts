// What an adapter is, in words.

/** What WebGPU says of an adapter; any of the strings may be empty. */
export interface AdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallback: boolean;
}

/** The names of an adapter, and whether it is a GPU. */
export function describeAdapter(info: AdapterInfo): string {
  const names = [info.vendor, info.architecture, info.device, info.description].filter(
    (name, index, all) => name !== "" && all.indexOf(name) === index,
  );
  const kind = isSoftware(info) ? "software adapter: it runs on the CPU" : "GPU";
  return `${names.join(" ") || "unnamed"} (${kind})`;
}

/** Whether an adapter computes on the CPU, by its flag or by the names of the known ones. */
export function isSoftware(info: AdapterInfo): boolean {
  const names = `${info.vendor} ${info.architecture} ${info.device} ${info.description}`;
  return info.isFallback || /swiftshader|llvmpipe|lavapipe|software|basic render|\bwarp\b/i.test(names);
}
