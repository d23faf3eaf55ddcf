// What planning knows of an adapter that computes on the CPU, such as the ones that these tests run on.
import { DEFAULT_TRAITS, type GpuTraits } from "../../src/algorithms/algorithm.ts";
import { DEFAULT_RATES } from "../../src/algorithms/cost.ts";

export const SOFTWARE_TRAITS: GpuTraits = {
  ...DEFAULT_TRAITS,
  software: true,
  quads: true,
  rates: DEFAULT_RATES.software,
};
