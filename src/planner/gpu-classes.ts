// What planning assumes of an adapter by its vendor and architecture, as far as WebGPU does not tell: registers, workgroup memory, cores, caches, and
// the rates until they are measured. WebGPU does not say which chip of an architecture it is, so these are the figures of one in the middle of
// those in use; docs/gpu.md has the sources.
import { DEFAULT_RATES, type Rates } from "../algorithms/cost.ts";
import type { DeviceTraits, GpuClass } from "../algorithms/traits.ts";
import { type AdapterDescription, isSoftware } from "../gpu/adapter.ts";
import { type AdapterTraits, type ClassTraits, SOFTWARE } from "./adapter.ts";

/** The classes of vendors, by WebGPU's normalised names. */
const VENDORS: Readonly<Record<string, GpuClass>> = {
  apple: "apple",
  nvidia: "nvidia",
  amd: "amd",
  intel: "intel",
  arm: "mobile",
  qualcomm: "mobile",
  "img-tec": "mobile",
  samsung: "mobile",
};

/** A chip as its data sheet describes it. */
export interface Chip {
  readonly maxSums: number;
  readonly workgroupBytes?: number;
  readonly cores: number;
  /** Multiply-adds of a core in a cycle. */
  readonly lanes: number;
  readonly gigahertz: number;
  /** Numbers that a core's cache or workgroup memory returns for each multiply-add that it could do meanwhile. */
  readonly returned: number;
  /** Gigabytes a second of memory, and of the last cache. */
  readonly memory: number;
  readonly cache: number;
  readonly cacheMebibytes: number;
}

/** Seconds of an empty dispatch and of waiting for the one before it, on every GPU. */
const DISPATCH_SECONDS = 5e-6;

/** Invocations that keep a core busy: two for each lane, since a tile's multiply-adds do not wait for each other. */
const BUSY_LANES = 2;

/** The traits of a chip. */
export function chip({
  maxSums,
  workgroupBytes = 16_384,
  cores,
  lanes,
  gigahertz,
  returned,
  ...bandwidth
}: Chip): ClassTraits {
  const multiplyAdds = cores * lanes * gigahertz * 1e9;
  const rates: Rates = {
    multiplyAdds,
    loads: multiplyAdds * returned,
    workgroupLoads: multiplyAdds * returned,
    bytes: bandwidth.memory * 1e9,
    traffic: bandwidth.cache * 1e9,
    dispatch: DISPATCH_SECONDS,
    threads: cores * lanes * BUSY_LANES,
    cores,
    overlap: true,
  };
  return { maxSums, workgroupBytes, cores, cacheBytes: bandwidth.cacheMebibytes * 2 ** 20, rates };
}

/** M1 to M4 have 8 to 10 cores, their Pro and Max 14 to 40. Four registers a sum: 64 sums fit the 128 at which a core is full. */
const APPLE: Chip = {
  ...{
    maxSums: 64,
    cores: 16,
    lanes: 128,
    gigahertz: 1.4,
    returned: 0.125,
    memory: 150,
    cache: 500,
    cacheMebibytes: 8,
  },
};

/** RTX 4060 to 4080: 24 to 76 multiprocessors and 24 to 64 MiB of L2. */
const NVIDIA: Chip = {
  ...{
    maxSums: 64,
    cores: 46,
    lanes: 128,
    gigahertz: 2.4,
    returned: 0.25,
    memory: 500,
    cache: 2500,
    cacheMebibytes: 32,
  },
};

/** RX 6600 to 7700 XT: 28 to 54 compute units. The L2 is small; what is behind it (the Infinity Cache) not much faster than memory. */
const AMD: Chip = {
  ...{ maxSums: 64, cores: 36, lanes: 64, gigahertz: 2.4, returned: 0.5, memory: 300, cache: 1500, cacheMebibytes: 4 },
};

/** Xe-LP, Intel's integrated GPUs since 2020: up to 96 execution units in 6 subslices. 64 registers a lane at the 16 lanes that Dawn asks for. */
const INTEL: Chip = {
  ...{ maxSums: 16, cores: 6, lanes: 128, gigahertz: 1.3, returned: 0.25, memory: 60, cache: 250, cacheMebibytes: 4 },
};

/** Adreno and Mali, some of which keep workgroup memory in the caches. */
const MOBILE: Chip = {
  ...{ maxSums: 16, workgroupBytes: 0, cores: 8, lanes: 64, gigahertz: 0.8, returned: 0.25 },
  ...{ memory: 40, cache: 120, cacheMebibytes: 2 },
};

/** The traits of each class. */
export const CLASSES: Readonly<Record<GpuClass, ClassTraits>> = {
  software: SOFTWARE,
  apple: chip(APPLE),
  nvidia: chip(NVIDIA),
  amd: chip(AMD),
  intel: chip(INTEL),
  mobile: chip(MOBILE),
  unknown: { maxSums: 16, workgroupBytes: 16_384, cores: 32, cacheBytes: 8 * 2 ** 20, rates: DEFAULT_RATES.hardware },
};

/** Architectures that differ from the rest of their class, by the names of Chrome. */
const ARCHITECTURES: readonly (readonly [vendor: GpuClass, architecture: RegExp, traits: ClassTraits])[] = [
  // An H100: Dawn has no name for Hopper.
  [
    "nvidia",
    /^(?:hopper)?$/,
    chip({ ...NVIDIA, cores: 132, gigahertz: 1.98, memory: 3350, cache: 5500, cacheMebibytes: 50 }),
  ],
  // Before Lovelace: 3 to 6 MiB of L2.
  [
    "nvidia",
    /pascal|volta|turing|ampere/,
    chip({ ...NVIDIA, cores: 32, gigahertz: 1.8, cache: 1500, cacheMebibytes: 4 }),
  ],
  // Arc, on cards of their own. From Xe2 on, registers are twice as wide.
  ["intel", /^gen-12hp/, chip({ ...INTEL, cores: 28, gigahertz: 2.2, memory: 500, cache: 1500, cacheMebibytes: 16 })],
  [
    "intel",
    /^xe-2hpg/,
    chip({ ...INTEL, maxSums: 32, cores: 20, gigahertz: 2.6, memory: 450, cache: 1500, cacheMebibytes: 16 }),
  ],
  [
    "intel",
    /^xe-[23]/,
    chip({ ...INTEL, maxSums: 32, cores: 8, gigahertz: 2, memory: 120, cache: 400, cacheMebibytes: 8 }),
  ],
  // 24 execution units in three subslices, and caches shared with the CPU.
  [
    "intel",
    /^gen-([789]|11)/,
    chip({ ...INTEL, cores: 3, lanes: 64, gigahertz: 1.1, memory: 35, cache: 100, cacheMebibytes: 1 }),
  ],
];

/** Most sums of a thread on a GPU: with their operands, they take the 128 registers that leave a core half full or better. */
const MOST_SUMS = 64;

/** Lanes of a subgroup at which Intel's registers hold 64 sums. */
const FEW_LANES = 8;

/** On Intel kernels ask for small subgroups where they can, since registers are divided among the lanes of a subgroup. */
function smallSubgroups({ features, adapterInfo }: GPUDevice): Partial<DeviceTraits> {
  const has = (features as ReadonlySet<string>).has("subgroup-size-control");
  return has && (adapterInfo?.subgroupMinSize ?? 0) === FEW_LANES
    ? { subgroupSize: FEW_LANES, maxSums: MOST_SUMS }
    : {};
}

/** Returns what planning assumes of an adapter. */
export function traitsOf(adapter: AdapterDescription): AdapterTraits {
  const gpu = isSoftware(adapter) ? "software" : (VENDORS[adapter.vendor.toLowerCase()] ?? "unknown");
  const own = ARCHITECTURES.find(([of, name]) => of === gpu && name.test(adapter.architecture.toLowerCase()));
  return {
    gpu,
    ...(own?.[2] ?? CLASSES[gpu]),
    ...(gpu === "intel" && { onDevice: smallSubgroups }),
  };
}
