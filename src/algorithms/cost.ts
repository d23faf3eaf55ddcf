// The cost model, which ranks candidates before any is measured. It estimates the seconds of a dispatch from its work, which the algorithm counts,
// and from the rates of the adapter, measured or from a table.
import { F32_BYTES } from "../kernel/element-types.ts";

/** The work of one dispatch. */
export interface Work {
  /** Invocations that compute something. */
  readonly threads: number;
  /** Multiply-adds of single numbers, including those wasted where a tile reaches past an edge. */
  readonly multiplyAdds: number;
  /**
   * Single numbers loaded and stored: a vector of four counts as four. Other costs (the address of a cell, the test for padding, thread
   * start-up) count as equivalent loads: the number of loads that takes as long, by measurement.
   */
  readonly loads: number;
  /** Bytes that must be read from or written to memory, each once. */
  readonly bytes: number;
}

/** What an adapter does in a second, at the speed that kernels with register tiles reach. */
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

/** Thread start-up cost, in equivalent loads, including the addresses of its outputs. */
const THREAD_LOADS = 25;

/** Cost of an output, in equivalent loads: its epilogue, its address, the store. */
export const OUTPUT_LOADS = 4;

/**
 * Cost of a number loaded by itself, relative to one loaded within a vector: the same on SwiftShader, half as much again on lavapipe.
 */
export const SCALAR_LOADS = 1.25;

/** Cost of loading an input cell at an arbitrary position, padding included, in equivalent loads: its address costs more than the load. */
export const CELL_LOADS = 3;

/** Bytes of float32 numbers, given one or more counts of them. */
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

/** Most seconds of a dispatch by estimate: nothing else can use the GPU meanwhile, and a browser may take it for hung. */
export const MAX_SECONDS = 0.2;

/** Divides the work of a dispatch evenly among several. */
export function divide({ threads, multiplyAdds, loads, bytes }: Work, count: number): Work[] {
  const share = {
    threads: threads / count,
    multiplyAdds: multiplyAdds / count,
    loads: loads / count,
    bytes: bytes / count,
  };
  return Array.from({ length: count }, () => share);
}

/**
 * The rates of adapters that were not measured: of one that computes on the CPU (SwiftShader on two cores), and of a GPU of a few TFLOP/s whose
 * caches feed a quarter of its arithmetic.
 */
export const DEFAULT_RATES = {
  software: { multiplyAdds: 7e9, loads: 7e8, bytes: 1.5e10, dispatch: 2e-5, threads: 128, overlap: false },
  hardware: { multiplyAdds: 2e12, loads: 5e11, bytes: 2e11, dispatch: 5e-6, threads: 32_768, overlap: true },
} as const satisfies Record<string, Rates>;
