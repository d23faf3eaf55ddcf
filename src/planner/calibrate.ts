// Measures the rates of an adapter, with kernels that load and compute as those of the algorithms do. Takes 0.1 to 0.2 s, half of it compiling;
// in Firefox, which polls for completion every 50 to 100 ms, half a second.
import calibrateShader from "../../shaders/planner/calibrate.wgsl";
import streamShader from "../../shaders/planner/stream.wgsl";
import type { Rates } from "../algorithms/cost.ts";
import { maxBindingBytes } from "../gpu/binding-limit.ts";
import type { GpuContext } from "../gpu/context.ts";
import { Executable, type OperandBuffers } from "../gpu/executable.ts";
import { type Recorder, Stopwatch } from "../gpu/stopwatch.ts";
import { TENSOR_USAGE } from "../gpu/usage.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { BINDING, type Step, WORKGROUP_SIZE } from "../kernel/step.ts";
import type { ClassTraits } from "./adapter.ts";

/** Seconds of a sample: forty times what browsers round timestamps to, and short, since rates need only be right to a few percent. */
const SAMPLE_SECONDS = 0.003;

const SAMPLES = 2;

/** Multiply-adds of one iteration of the loop in calibrate.wgsl, and numbers that it loads. */
const ITERATION = { multiplyAdds: 128, loads: 48 };

/** Iterations of a thread: many, so that its start-up does not count. A workgroup alone has more, to last longer than its dispatch. */
const ITERATIONS = 32;
const ITERATIONS_ALONE = 512;

/** Vectors in a row of the left matrix (32 rows, four terms an iteration) and of the right one (64 columns). */
const LEFT_ROW = ITERATIONS;
const RIGHT_ROW = 16;

/** Vectors of the right matrix, the larger one; the left matrix is a part of the same buffer. */
const VECTORS = 4 * ITERATIONS * RIGHT_ROW;
const VECTOR_BYTES = 16;

/** Workgroups of the dispatches to try, until one lasts long enough to measure or even the largest GPU is busy. */
const WORKGROUPS = { least: 8, most: 8192, factor: 8 };
const LONG_SECONDS = 0.0005;

/** The smallest share of an iteration that counts as its loads, whatever the measurements say: they are noisy. */
const LEAST_LOADING = 0.1;

/** Dispatches in a row by which the time of one is measured, and the shortest that counts, in seconds: the clock may round it to 0. */
const EMPTY_DISPATCHES = 16;
const LEAST_DISPATCH = 1e-7;

/** Bytes to copy to measure the memory of an adapter that computes on the CPU: more than its caches hold. */
const COPY_BYTES = 2 ** 24;

/**
 * Bytes to read to measure the memory of a GPU: several times its last cache, of which chips of one class have more or less, and more than what some
 * have behind it. The window to measure the last cache is a part of it that is larger than the caches of the cores.
 */
const MEMORY_BYTES = { caches: 4, least: 2 ** 26, most: 2 ** 28 };
const CACHE_SHARE = 0.5;

/** Threads that read a window, and vectors that each reads in a turn of its loop (stream.wgsl). */
const STREAM_THREADS = 2 ** 17;
const STREAM_VECTORS = 4;

/**
 * Measures an adapter.
 * @param assumed the traits of its class: what is not measured is taken to be better or worse than there in the same proportion
 * @param signal stops between two measurements
 */
export async function calibrate(gpu: GpuContext, assumed: ClassTraits, signal?: AbortSignal): Promise<Rates> {
  signal?.throwIfAborted();
  const { rates: table, cacheBytes } = assumed;
  const { caches, least, most } = MEMORY_BYTES;
  const wanted = Math.min(most, Math.max(least, caches * cacheBytes));
  const size = table.overlap ? Math.min(wanted, maxBindingBytes(gpu.device)) : COPY_BYTES;
  const buffer = (bytes: number): GPUBuffer =>
    gpu.memory.allocate("tensors", { label: "convoke calibration", size: bytes, usage: TENSOR_USAGE });
  const numbers = buffer(size);
  const results = buffer(table.overlap ? VECTORS * VECTOR_BYTES : size);
  // Ones overflow nothing, and no adapter is faster on them than on other nonzero numbers.
  gpu.device.queue.writeBuffer(numbers, 0, new Float32Array(VECTORS * 4).fill(1));
  const bench = new Bench(gpu, { x: numbers, y: results }, signal);
  try {
    const memory = table.overlap ? streamStep(size, size) : undefined;
    const cache = table.overlap ? streamStep(size, Math.floor(cacheBytes * CACHE_SHARE)) : undefined;
    await bench.compile([step(true, 1, 0), step(false, 1, 0), ...(memory ? [memory] : [])]);
    const dispatchSeconds = Math.max(LEAST_DISPATCH, await bench.empty());
    const net = (seconds: number): number => Math.max(seconds - dispatchSeconds, seconds * LEAST_LOADING);
    const [iteration, loadingIteration, alone, fromMemory, fromCache] = (await bench.measureAll([
      () => bench.iteration(false, net),
      () => bench.iteration(true, net),
      () => bench.time([step(false, 1, ITERATIONS_ALONE)]),
      () => (memory ? bench.time([memory]) : bench.copy(numbers, results)),
      () => (cache ? bench.time([cache]) : Promise.resolve(0)),
    ])) as [number, number, number, number, number];
    const loading = table.overlap
      ? loadingIteration
      : Math.max(loadingIteration - iteration, loadingIteration * LEAST_LOADING);
    const loads = ITERATION.loads / loading;
    const bytes = (memory ? streamBytes(memory) : 2 * COPY_BYTES) / net(fromMemory);
    const traffic = cache ? streamBytes(cache) / net(fromCache) : bytes * (table.traffic / table.bytes);
    return {
      ...table,
      multiplyAdds: ITERATION.multiplyAdds / iteration,
      loads,
      bytes,
      workgroupLoads: loads * (table.workgroupLoads / table.loads),
      traffic: Math.max(bytes, traffic),
      dispatch: dispatchSeconds,
      threads: Math.max(1, Math.round(net(alone) / (WORKGROUP_SIZE * ITERATIONS_ALONE) / iteration)) * WORKGROUP_SIZE,
    };
  } finally {
    bench.destroy();
    gpu.memory.free(numbers);
    gpu.memory.free(results);
  }
}

/** Reads a buffer of `size` bytes through, as many bytes as it has, within a window from its start. */
function streamStep(size: number, windowBytes: number): Step {
  const window = Math.floor(Math.min(windowBytes, size) / VECTOR_BYTES);
  const threads = Math.min(STREAM_THREADS, Math.floor(window / WORKGROUP_SIZE) * WORKGROUP_SIZE);
  const results = VECTORS * VECTOR_BYTES;
  return dispatch({
    threads,
    shaders: [streamShader],
    constants: {},
    ranges: [
      { binding: BINDING.first, operand: "x", offset: 0, size },
      { binding: BINDING.output, operand: "y", offset: 0, size: results },
    ],
    uniforms: { turns: Math.max(1, Math.floor(size / (threads * VECTOR_BYTES * STREAM_VECTORS))), window },
  });
}

/** The bytes that a step reads. */
function streamBytes({ uniforms }: Step): number {
  const { threads, turns } = uniforms as { threads: number; turns: number };
  return threads * turns * STREAM_VECTORS * VECTOR_BYTES;
}

function step(loads: boolean, workgroups: number, iterations: number): Step {
  const size = VECTORS * VECTOR_BYTES;
  return dispatch({
    threads: workgroups * WORKGROUP_SIZE,
    shaders: [calibrateShader],
    constants: { LOADS: loads },
    ranges: [
      { binding: BINDING.first, operand: "x", offset: 0, size },
      { binding: BINDING.output, operand: "y", offset: 0, size },
    ],
    uniforms: { iterations, leftRow: LEFT_ROW, rightRow: RIGHT_ROW },
  });
}

class Bench {
  readonly #gpu: GpuContext;
  readonly #stopwatch: Stopwatch;
  readonly #buffers: OperandBuffers;
  readonly #signal: AbortSignal | undefined;
  readonly #executables: Executable[] = [];

  constructor(gpu: GpuContext, buffers: OperandBuffers, signal?: AbortSignal) {
    this.#gpu = gpu;
    this.#stopwatch = new Stopwatch(gpu.device, SAMPLE_SECONDS);
    this.#buffers = buffers;
    this.#signal = signal;
  }

  async compile(steps: readonly Step[]): Promise<void> {
    await Promise.all(steps.map(({ kernel }) => this.#gpu.pipelines.prepare(kernel)));
  }

  /** Runs measurements one after the other, or all at once if timestamps time them: waiting for the results takes most of the time. */
  async measureAll(measures: readonly (() => Promise<number>)[]): Promise<number[]> {
    if (this.#stopwatch.stamped) {
      // Wait for all even if one fails: they share buffers.
      const settled = await Promise.allSettled(measures.map((measure) => measure()));
      return settled.map((one) => {
        if (one.status === "rejected") throw one.reason;
        return one.value;
      });
    }
    const results: number[] = [];
    for (const measure of measures) results.push(await measure());
    return results;
  }

  /**
   * Seconds of an iteration when the whole adapter is busy, with loads or without: the shortest of the dispatches tried.
   * @param net the seconds of a dispatch without those of an empty one
   */
  async iteration(loads: boolean, net: (seconds: number) => number): Promise<number> {
    let least = Infinity;
    for (let workgroups = WORKGROUPS.least; workgroups <= WORKGROUPS.most; workgroups *= WORKGROUPS.factor) {
      const seconds = await this.time([step(loads, workgroups, ITERATIONS)]);
      least = Math.min(least, net(seconds) / (workgroups * WORKGROUP_SIZE * ITERATIONS));
      if (seconds > LONG_SECONDS) break;
    }
    return least;
  }

  /** Seconds of an empty dispatch, one of several in a pass. */
  async empty(): Promise<number> {
    const steps = Array.from({ length: EMPTY_DISPATCHES }, () => step(false, 1, 0));
    return (await this.time(steps)) / EMPTY_DISPATCHES;
  }

  /** Seconds of dispatches in one pass. */
  async time(steps: readonly Step[]): Promise<number> {
    const executable = this.#executable(steps);
    return this.#time((encoder, count) => {
      for (let run = 0; run < count; run++) executable.encode(encoder, this.#buffers);
    });
  }

  /** Seconds of one copy. */
  async copy(from: GPUBuffer, to: GPUBuffer): Promise<number> {
    // Only passes have timestamps.
    const marks = this.#executable([step(false, 1, 0)]);
    return this.#time((encoder, count) => {
      marks.encode(encoder, this.#buffers);
      for (let run = 0; run < count; run++) encoder.copyBufferToBuffer(from, 0, to, 0, COPY_BYTES);
      marks.encode(encoder, this.#buffers);
    });
  }

  #executable(steps: readonly Step[]): Executable {
    const executable = new Executable(this.#gpu, steps);
    this.#executables.push(executable);
    return executable;
  }

  destroy(): void {
    for (const executable of this.#executables) executable.destroy();
  }

  async #time(record: Recorder): Promise<number> {
    this.#signal?.throwIfAborted();
    return this.#stopwatch.sampler(record).fastest(SAMPLES);
  }
}
