// The contract that every algorithm fulfils: stateless, pure, data out. Adding one costs a file in this folder, its shader in
// shaders/ and a line in index.ts.
import type { Plan } from "../plan.ts";
import type { ConvProblem, Pass } from "../problem.ts";

/** What planning may know of the GPU and of the caller's constraints. */
export interface GpuTraits {
  /** Bytes that one storage binding may span. */
  readonly maxBindingBytes: number;
  /** Bytes of workspace and prepared weights that a plan may ask for, together. */
  readonly maxWorkspaceBytes: number;
  /** Bytes of memory that a workgroup may share, and invocations it may have. */
  readonly maxWorkgroupBytes: number;
  readonly maxWorkgroupInvocations: number;
  /** Whether the adapter computes on the CPU: loads and branches cost more there, parallelism less. */
  readonly software: boolean;
}

/** WebGPU's default limits, which every adapter has, on a hardware GPU. */
export const DEFAULT_TRAITS: GpuTraits = {
  maxBindingBytes: 128 * 2 ** 20,
  maxWorkspaceBytes: 256 * 2 ** 20,
  maxWorkgroupBytes: 16_384,
  maxWorkgroupInvocations: 256,
  software: false,
};

/** Why a problem is refused, in words that a user can act on. */
export interface Unsupported {
  readonly reason: string;
}

/** One way to shape the kernels of an algorithm: tile sizes and the like. Names are stable within a release. */
export interface Variant {
  readonly name: string;
}

export interface Algorithm<V extends Variant = Variant> {
  /** Stable: users and tuning caches store it. */
  readonly name: string;
  readonly passes: readonly Pass[];
  /** Whether the problem can be planned within the traits. */
  supports(problem: ConvProblem, gpu: GpuTraits): true | Unsupported;
  /** The variants worth trying for a supported problem; the first is the default. */
  variants(problem: ConvProblem, gpu: GpuTraits): readonly V[];
  plan(problem: ConvProblem, gpu: GpuTraits, variant: V): Plan;
  /** How much larger than the bound of a sequential float32 sum, gamma_n sum |x||w|, this algorithm's error bound is. */
  errorGrowth(problem: ConvProblem): number;
  /** Estimated seconds, for ranking only. */
  cost(problem: ConvProblem, gpu: GpuTraits, variant: V): number;
}
