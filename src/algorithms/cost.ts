// What a dispatch does, in numbers that any adapter can be held against, and how long an adapter takes for it: the model by which plans are
// ranked before anything is measured. A method counts the work of its kernels; the rates are the adapter's, measured or from a table.
import { F32_BYTES } from "../kernel/element-types.ts";

/** The work of one dispatch. */
export interface Work {
  /** Invocations that have something to do. */
  readonly threads: number;
  /** Multiply-adds of single numbers, those that a tile computes in vain beyond an edge included. */
  readonly multiplyAdds: number;
  /**
   * Single numbers loaded and stored: a vector of four counts as four. What else a kernel spends its time on (where a cell lies, whether it
   * is padding, starting a thread) is counted as loads too, as many as were seen to take as long.
   */
  readonly loads: number;
  /** Bytes that have to come from memory or go there at least once. */
  readonly bytes: number;
}

/** What an adapter does in a second, as kernels of register tiles reach it. */
export interface Rates {
  readonly multiplyAdds: number;
  readonly loads: number;
  readonly bytes: number;
  /** Seconds that a dispatch takes by itself. */
  readonly dispatch: number;
  /** Invocations that keep all of the adapter busy; fewer leave a part of it idle. */
  readonly threads: number;
  /** Whether arithmetic waits for loads, as on a CPU, or the two overlap, as on a GPU. */
  readonly overlap: boolean;
}

/** Loads that starting a thread and working out what it makes take as long as. */
const THREAD_LOADS = 25;

/** Loads that an output takes as long as: its epilogue, its address, the store. */
export const OUTPUT_LOADS = 4;

/**
 * A number of those that a kernel loads one by one, where others are loaded in vectors: on SwiftShader the two are alike, on lavapipe single
 * ones take half as long again.
 */
export const SCALAR_LOADS = 1.25;

/** A cell of the input that is loaded wherever it lies, past padding: its address costs more than the load. */
export const GATHER_LOADS = 3;

/** The least bytes of so many numbers. */
export function numberBytes(...numbers: readonly number[]): number {
  return numbers.reduce((sum, count) => sum + count, 0) * F32_BYTES;
}

/** Estimated seconds of one dispatch. */
function dispatchSeconds({ threads, multiplyAdds, loads, bytes }: Work, rates: Rates): number {
  const arithmetic = multiplyAdds / rates.multiplyAdds;
  const loading = (loads + threads * THREAD_LOADS) / rates.loads;
  const busy = Math.min(1, threads / rates.threads);
  const computing = rates.overlap ? Math.max(arithmetic, loading) : arithmetic + loading;
  return rates.dispatch + Math.max(computing / busy, bytes / rates.bytes);
}

/** Estimated seconds of dispatches one after the other. */
export function estimate(work: readonly Work[], rates: Rates): number {
  return work.reduce((sum, one) => sum + dispatchSeconds(one, rates), 0);
}

/**
 * What adapters do where none was measured: one that computes on the CPU (SwiftShader on two cores), and a GPU of a few TFLOP/s whose
 * caches feed a quarter of its arithmetic.
 */
export const DEFAULT_RATES = {
  software: { multiplyAdds: 7e9, loads: 7e8, bytes: 1.5e10, dispatch: 2e-5, threads: 128, overlap: false },
  hardware: { multiplyAdds: 2e12, loads: 5e11, bytes: 2e11, dispatch: 5e-6, threads: 32_768, overlap: true },
} as const satisfies Record<string, Rates>;
