// What planning may know of a device: what it allows, what it offers and how fast it is. Plain data, so that a plan for any device can be
// made and tested without one.
import { DEFAULT_RATES, type Rates } from "./cost.ts";

/**
 * Dispatches that a plan may have. Each takes about a millisecond to plan and to compile, and kilobytes of the page's memory: these are
 * seconds, and no plan may take longer. The gradient of the input under a stride of 32 along two axes needs a thousand.
 */
export const MAX_DISPATCHES = 4096;

/** A device as planning sees it, with the caller's cap on memory. */
export interface DeviceTraits {
  /** Who made the GPU and of which generation it is, as the adapter says; empty where it says nothing. */
  readonly vendor: string;
  readonly architecture: string;
  /** Invocations of a subgroup, at least and at most; 0 without the feature `subgroups`. */
  readonly minSubgroupSize: number;
  readonly maxSubgroupSize: number;
  /** Optional features that the device was made with, sorted. */
  readonly features: readonly string[];
  /** Bytes that one storage binding may span. */
  readonly maxBindingBytes: number;
  /** Bytes of workspace and prepacked weights that a plan may need, together. */
  readonly maxWorkspaceBytes: number;
  /** Dispatches that a plan may have, those of its preparation included. */
  readonly maxDispatches: number;
  /** Bytes of workgroup memory, and invocations that a workgroup may have. */
  readonly maxWorkgroupBytes: number;
  readonly maxWorkgroupInvocations: number;
  /** Whether the adapter computes on the CPU: parallelism counts less there, and what hides latency on a GPU is in the way. */
  readonly software: boolean;
  /** Whether loads are expensive and neighbouring invocations are known to lie in quads of subgroups, so that they can share them. */
  readonly quads: boolean;
  /** How fast the adapter is. */
  readonly rates: Rates;
}

/** WebGPU's default limits, which every adapter has, on a GPU that is not known otherwise. */
export const DEFAULT_TRAITS: DeviceTraits = {
  vendor: "",
  architecture: "",
  minSubgroupSize: 0,
  maxSubgroupSize: 0,
  features: [],
  maxBindingBytes: 128 * 2 ** 20,
  maxWorkspaceBytes: 256 * 2 ** 20,
  maxDispatches: MAX_DISPATCHES,
  maxWorkgroupBytes: 16_384,
  maxWorkgroupInvocations: 256,
  software: false,
  quads: false,
  rates: DEFAULT_RATES.hardware,
};
