// The cost model, which ranks candidates before any is measured. It estimates the seconds of a dispatch from its work, which the algorithm counts,
// and from the rates of the adapter, measured or from a table.
import { F32_BYTES } from "../kernel/element-types.ts";
import { WORKGROUP_SIZE } from "../kernel/step.ts";

/** The work of one dispatch. On an adapter that computes on the CPU only the first four fields and `workgroupLoads` count. */
export interface Work {
  /** Invocations that compute something. */
  readonly threads: number;
  /** Multiply-adds of single numbers, including those wasted where a tile reaches past an edge. */
  readonly multiplyAdds: number;
  /**
   * Single numbers loaded from and stored to memory or its caches: a vector of four counts as four. Other costs (the address of a cell, the test for
   * padding, thread start-up) count as equivalent loads: the number of loads that takes as long, by measurement.
   */
  readonly loads: number;
  /** Bytes that must be read from or written to memory, each once. Scratch memory that stays in the last cache counts as `traffic` alone. */
  readonly bytes: number;
  /** Invocations of a workgroup; WORKGROUP_SIZE unless given. */
  readonly workgroupSize?: number;
  /** Single numbers loaded from and stored to workgroup memory; none unless given. */
  readonly workgroupLoads?: number;
  /** Workgroups, if they are the tiles of a matrix or the like: so many that they divide evenly among the cores unless given. */
  readonly workgroups?: number;
  /**
   * Cache lines that a load touches, on average, for each that it would if neighbouring threads loaded neighbouring numbers: 8 for single numbers
   * of which neighbouring threads load every eighth, at most 32. 1 unless given.
   */
  readonly lines?: number;
  /** Bytes from and to the last cache, which all cores share. A byte counts once for each workgroup that loads it. `bytes` unless given. */
  readonly traffic?: number;
  /** Barriers that each of `workgroups` comes to, or steps that wait for what they load, one after the other; none unless given. */
  readonly barriers?: number;
  /** Instructions of the inner loop beside multiply-adds and loads, which take their turns; none unless given. */
  readonly instructions?: number;
  /** Whether it prepares a gradient in the role of the weights: once for all ranges of the outputs. */
  readonly prepares?: boolean;
}

/** The work of no computation, to which what it moves is added. */
export const NO_WORK = { threads: 0, multiplyAdds: 0, loads: 0 } as const;

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
  /** Single numbers from and to workgroup memory. */
  readonly workgroupLoads: number;
  /** Bytes from and to the last cache that all cores share. */
  readonly traffic: number;
  /** Cores, among which workgroups are divided. */
  readonly cores: number;
}

/** Thread start-up cost, in equivalent loads, including the addresses of its outputs. */
const THREAD_LOADS = 25;

/** Cost of an output, in equivalent loads: its epilogue, its address, the store. */
export const OUTPUT_LOADS = 4;

/**
 * Cost of a number loaded by itself, relative to one loaded within a vector: the same on SwiftShader, half as much again on lavapipe.
 */
export const SCALAR_LOADS = 1.25;

/** Cost of a number loaded from uniforms where weights are bound as such, relative to one loaded from storage. */
export const UNIFORM_LOADS = 0.1;

/**
 * Cost of a number that a product loads, on adapters that gain by textures: on lavapipe 0.5 ns from a texture, 13 where A and B are storage, and 1.4
 * in other kernels, since a load from storage is a loop there, around which the sums leave the registers.
 */
export const PRODUCT_LOADS = { texture: 0.35, storage: 9 };

/** Invocations of a workgroup where weights are bound as uniforms: few, since a range of them keeps few busy. */
export const UNIFORM_WORKGROUP = 8;

/** Cost of loading an input cell at an arbitrary position, padding included, in equivalent loads: its address costs more than the load. */
export const CELL_LOADS = 3;

/** Bytes of float32 numbers, given one or more counts of them. */
export function numberBytes(...numbers: readonly number[]): number {
  return numbers.reduce((sum, count) => sum + count, 0) * F32_BYTES;
}

/** Seconds that a workgroup alone on its core waits at a barrier: for what it loads before it, mostly. Others compute meanwhile, up to RESIDENT. */
const BARRIER_SECONDS = 1.5e-7;
const RESIDENT = 4;

/** How many times the waits of one workgroup a core spends idle, if `perCore` workgroups take turns on it. */
function exposed(perCore: number): number {
  const resident = Math.min(RESIDENT, Math.max(1, perCore));
  return Math.max(1, perCore / RESIDENT) / resident;
}

/** What a dispatch spends its time on, in seconds. On a GPU these overlap, but for the dispatch and the barriers. */
export type Spent = Readonly<Record<"dispatch" | "arithmetic" | "loads" | "cache" | "memory" | "barriers", number>>;

/** Invocations that a core of a CPU computes at once on SwiftShader; lavapipe may take more. */
export const CPU_LANES = 4;

/**
 * The share of an adapter on the CPU that a dispatch keeps busy. A single workgroup keeps one core busy, however few of its invocations compute
 * something, but for lanes without one: on SwiftShader 21 invocations that take whole sums compute the gradient of 16 kernels of 7x7 at 192 x 192 in
 * a third of the time of split sums.
 */
function busyShare({ threads, workgroupSize = WORKGROUP_SIZE }: Work, rates: Rates): number {
  // A copy has no invocations.
  if (threads === 0) return 1;
  const ofLanes = threads / (CPU_LANES * Math.ceil(threads / CPU_LANES));
  const ofWorkgroups = (threads * WORKGROUP_SIZE) / workgroupSize / rates.threads;
  return Math.min(1, Math.max(ofLanes / rates.cores, ofWorkgroups));
}

/** Estimates what one dispatch spends its time on. */
export function spent(work: Work, rates: Rates): Spent {
  const { threads, multiplyAdds, bytes, workgroupLoads = 0, instructions = 0, traffic = bytes, barriers = 0 } = work;
  const arithmetic = multiplyAdds / rates.multiplyAdds;
  const loads = (work.loads + threads * THREAD_LOADS) / rates.loads;
  const fromWorkgroup = workgroupLoads / rates.workgroupLoads;
  const memory = bytes / rates.bytes;
  if (!rates.overlap) {
    const busy = busyShare(work, rates);
    return {
      dispatch: rates.dispatch,
      arithmetic: arithmetic / busy,
      loads: (loads + fromWorkgroup) / busy,
      ...{ cache: 0, memory, barriers: 0 },
    };
  }
  const { workgroups = Infinity, lines = 1 } = work;
  // With few threads no core computes at full speed. With few workgroups some cores have none, and at the end half of them have none on average.
  const perCore = workgroups / rates.cores;
  const slower = Math.max(rates.threads / threads, 1 / perCore, 1 + 0.5 / perCore);
  return {
    dispatch: rates.dispatch,
    arithmetic: (arithmetic + instructions / rates.multiplyAdds) * slower,
    // The caches of a core and its workgroup memory have one way to the registers.
    loads: (loads * lines + fromWorkgroup) * slower,
    cache: traffic / rates.traffic,
    memory,
    barriers: barriers > 0 ? barriers * BARRIER_SECONDS * exposed(perCore) : 0,
  };
}

/** Estimated seconds of one dispatch. */
function dispatchSeconds(work: Work, rates: Rates): number {
  const { dispatch, arithmetic, loads, cache, memory, barriers } = spent(work, rates);
  const computing = rates.overlap ? Math.max(arithmetic, loads) + barriers : arithmetic + loads;
  return dispatch + Math.max(computing, cache, memory);
}

/** Estimated seconds of dispatches one after the other. */
export function estimate(work: readonly Work[], rates: Rates): number {
  return work.reduce((sum, one) => sum + dispatchSeconds(one, rates), 0);
}

/** Most seconds of a dispatch by estimate: nothing else can use the GPU meanwhile, and a browser may take it for hung. */
export const MAX_SECONDS = 0.2;

/** Divides the work of a dispatch evenly among several. */
export function divide(work: Work, count: number): Work[] {
  const { lines: _, barriers: __, prepares: ___, workgroupSize: ____, ...amounts } = work;
  const share = Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, amount / count]));
  return Array.from({ length: count }, () => ({ ...work, ...share }));
}

/**
 * The rates of adapters that were not measured: of one that computes on the CPU (SwiftShader on two cores), and of a GPU of a few TFLOP/s whose
 * caches feed a quarter of its arithmetic.
 */
export const DEFAULT_RATES = {
  software: {
    ...{ multiplyAdds: 7e9, loads: 7e8, bytes: 1.5e10, dispatch: 2e-5, threads: 128, overlap: false },
    // A barrier there makes loads from workgroup memory take three times as long as from the caches.
    ...{ workgroupLoads: 7e8 / 3, traffic: 1.5e10, cores: 2 },
  },
  hardware: {
    ...{ multiplyAdds: 2e12, loads: 5e11, bytes: 2e11, dispatch: 5e-6, threads: 32_768, overlap: true },
    ...{ workgroupLoads: 5e11, traffic: 1e12, cores: 32 },
  },
} as const satisfies Record<string, Rates>;
