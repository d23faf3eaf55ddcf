// The device traits of a software adapter, like the ones the tests run on.
import { DEFAULT_TRAITS, type DeviceTraits } from "../../src/algorithms/traits.ts";
import { CLASSES } from "../../src/planner/gpu-classes.ts";

export const SOFTWARE_TRAITS: DeviceTraits = {
  ...DEFAULT_TRAITS,
  ...CLASSES.software,
  gpu: "software",
  software: true,
  quads: true,
};
