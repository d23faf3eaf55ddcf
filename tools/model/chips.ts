// The GPUs of the model: how fast each chip is by its data sheet, and what planning assumes of it, which WebGPU does not tell apart from the others
// of its class.
import type { Rates } from "../../src/algorithms/cost.ts";
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { type Chip, chip, traitsOf } from "../../src/planner/gpu-classes.ts";

export interface ModelledGpu {
  readonly name: string;
  /** What it does, by its data sheet. */
  readonly rates: Rates;
  /** What an engine plans with there. */
  readonly traits: DeviceTraits;
}

function modelled(
  name: string,
  [vendor, architecture]: readonly [vendor: string, architecture: string],
  sheet: Omit<Chip, "maxSums">,
  own: Partial<DeviceTraits> = {},
): ModelledGpu {
  const assumed = traitsOf({ vendor, architecture, description: "", isFallback: false });
  return {
    name,
    rates: chip({ ...sheet, maxSums: assumed.maxSums }).rates,
    traits: { ...DEFAULT_TRAITS, ...assumed, ...own },
  };
}

export const GPUS: readonly ModelledGpu[] = [
  modelled("M2 Pro", ["apple", "metal-3"], {
    ...{ cores: 19, lanes: 128, gigahertz: 1.4, returned: 0.125, memory: 200, cache: 600, cacheMebibytes: 24 },
  }),
  modelled("RTX 4070", ["nvidia", "lovelace"], {
    ...{ cores: 46, lanes: 128, gigahertz: 2.48, returned: 0.25, memory: 504, cache: 2500, cacheMebibytes: 36 },
  }),
  modelled("H100", ["nvidia", ""], {
    ...{ cores: 132, lanes: 128, gigahertz: 1.98, returned: 0.25, memory: 3350, cache: 5500, cacheMebibytes: 50 },
  }),
  // Chrome has `subgroup-size-control` from 152 on.
  modelled(
    "Xe 96",
    ["intel", "gen-12lp"],
    { cores: 6, lanes: 128, gigahertz: 1.35, returned: 0.25, memory: 68, cache: 250, cacheMebibytes: 4 },
    { subgroupSize: 8, maxSums: 64 },
  ),
];
