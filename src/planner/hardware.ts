// The platform of an adapter that is a GPU, in a module of its own, which platform.ts loads for such adapters alone.
import { algorithms } from "../algorithms/hardware.ts";
import type { AdapterDescription, Platform } from "./adapter.ts";
import { traitsOf } from "./gpu-classes.ts";

export function hardware(adapter: AdapterDescription): Platform {
  return { algorithms, traits: traitsOf(adapter) };
}
