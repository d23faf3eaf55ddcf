// Device traits: everything that planning knows of a device (limits, features, speed). Plain data, so that a plan for any device can be made and
// tested without it.
import { DEFAULT_RATES, type Rates } from "./cost.ts";

/**
 * Most dispatches of a plan. Each takes about a millisecond to plan and to compile, and kilobytes of the page's memory, so this many take
 * seconds. The gradient of the input under a stride of 32 along two axes needs a thousand.
 */
export const MAX_DISPATCHES = 4096;

/** A device as planning sees it, with the caller's cap on memory. */
export interface DeviceTraits {
  /** Largest storage binding, in bytes. */
  readonly maxBindingBytes: number;
  /** Most bytes of workspace and prepacked weights, together, of a plan. */
  readonly maxWorkspaceBytes: number;
  /** Most dispatches of a plan, including those of its preparation. */
  readonly maxDispatches: number;
  /** Most invocations of a workgroup. */
  readonly maxWorkgroupInvocations: number;
  /** Whether the adapter computes on the CPU, where parallelism counts less and techniques that hide latency on a GPU only cost time. */
  readonly software: boolean;
  /** Whether invocations should share loads in quads: loads are expensive, and neighbouring invocations are known to be neighbours in a subgroup. */
  readonly quads: boolean;
  /** How fast the adapter is. */
  readonly rates: Rates;
}

/** The traits of an unknown GPU with WebGPU's default limits, which every adapter supports. */
export const DEFAULT_TRAITS: DeviceTraits = {
  maxBindingBytes: 128 * 2 ** 20,
  maxWorkspaceBytes: 256 * 2 ** 20,
  maxDispatches: MAX_DISPATCHES,
  maxWorkgroupInvocations: 256,
  software: false,
  quads: false,
  rates: DEFAULT_RATES.hardware,
};
