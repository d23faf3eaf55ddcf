// The cost model, which ranks candidates before anything is measured: the work of a dispatch, counted by the algorithm that plans it, and the
// rates of an adapter, measured or from a table, give seconds.
import { F32_BYTES } from "../kernel/element-types.ts";

/** The work of one dispatch. */
export interface Work {
  /** Invocations that have something to do. */
  readonly threads: number;
  /** Multiply-adds of single numbers, including those that a tile computes in vain beyond an edge. */
  readonly multiplyAdds: number;
  /**
   * Single numbers loaded and stored: a vector of four counts as four. What else a kernel spends its time on (where a cell lies, whether it
   * is padding, thread start-up) counts as equivalent loads: as many as take as long by measurement.
   */
  readonly loads: number;
  /** Bytes that must be read from or written to memory, each once. */
  readonly bytes: number;
}

/** What an adapter does in a second, as kernels with register tiles reach it. */
export interface Rates {
  readonly multiplyAdds: number;
  readonly loads: number;
  readonly bytes: number;
  /** Seconds of an empty dispatch. */
  readonly dispatch: number;
  /** Invocations that keep all of the adapter busy; fewer leave a part of it idle. */
  readonly threads: number;
  /** Whether arithmetic waits for loads, as on a CPU, or the two overlap, as on a GPU. */
  readonly overlap: boolean;
}

/** Thread start-up cost, in equivalent loads: where its outputs lie included. */
const THREAD_LOADS = 25;

/** Cost of an output, in equivalent loads: its epilogue, its address, the store. */
export const OUTPUT_LOADS = 4;

/**
 * Cost of a number that is loaded by itself, in loads of a number within a vector: on SwiftShader the two are alike, on lavapipe single
 * ones take half as long again.
 */
export const SCALAR_LOADS = 1.25;

/** Cost of an input cell at any place, padding included, in equivalent loads: its address costs more than the load. */
export const GATHER_LOADS = 3;

/** Bytes of so many float32 numbers. */
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
