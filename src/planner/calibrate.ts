// Measures the rates of an adapter, with kernels that load and compute as those of the algorithms do. Takes 0.1 to 0.2 s, half of it compiling;
// in Firefox, which polls for completion every 50 to 100 ms, half a second.
import calibrateShader from "../../shaders/planner/calibrate.wgsl";
import type { Rates } from "../algorithms/cost.ts";
import type { GpuContext } from "../gpu/context.ts";
import { Executable, type OperandBuffers } from "../gpu/executable.ts";
import { type Recorder, Stopwatch } from "../gpu/stopwatch.ts";
import { TENSOR_USAGE } from "../gpu/usage.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { BINDING, type Step, WORKGROUP_SIZE } from "../kernel/step.ts";

/** Seconds of a sample: short, since rates need only be right to a few percent. */
const SAMPLE_SECONDS = 0.003;

const SAMPLES = 2;

/** Multiply-adds of one iteration of the loop in calibrate.wgsl, and numbers that it loads. */
const ITERATION = { multiplyAdds: 128, loads: 48 };

/** Iterations of a thread: many, so that its start-up does not count. */
const ITERATIONS = 32;

/** Vectors in a row of the left matrix (32 rows, four terms an iteration) and of the right one (64 columns). */
const LEFT_ROW = ITERATIONS;
const RIGHT_ROW = 16;

/** Vectors of the right matrix, the larger one; the left matrix is a part of the same buffer. */
const VECTORS = 4 * ITERATIONS * RIGHT_ROW;

/** Workgroups of the dispatches to try, until one lasts long enough to measure or even the largest GPU is busy. */
const WORKGROUPS = { least: 8, most: 8192, factor: 8 };
const LONG_SECONDS = 0.0005;

/** The smallest share of an iteration that counts as its loads, whatever the measurements say: they are noisy. */
const LEAST_LOADING = 0.1;

/** The shortest time of a dispatch, in seconds: the clock may round it to 0. */
const LEAST_DISPATCH = 1e-7;

/** Bytes to copy to measure memory: more than the caches of most adapters hold. */
const COPY_BYTES = 2 ** 24;

/**
 * Measures an adapter.
 * @param table the rates of its class: what is not measured is taken to be better or worse than there in the same proportion
 * @param signal stops between two measurements
 */
export async function calibrate(gpu: GpuContext, table: Rates, signal?: AbortSignal): Promise<Rates> {
  signal?.throwIfAborted();
  const buffer = (size: number): GPUBuffer =>
    gpu.memory.allocate("tensors", { label: "convoke calibration", size, usage: TENSOR_USAGE });
  const numbers = buffer(COPY_BYTES);
  const results = buffer(COPY_BYTES);
  // Ones overflow nothing, and no adapter is faster on them than on other nonzero numbers.
  gpu.device.queue.writeBuffer(numbers, 0, new Float32Array(VECTORS * 4).fill(1));
  const bench = new Bench(gpu, { x: numbers, y: results }, signal);
  try {
    await bench.compile();
    const [iteration, loadingIteration, alone, empty, copy] = (await bench.measureAll([
      () => bench.iteration(false),
      () => bench.iteration(true),
      () => bench.time(false, 1, ITERATIONS),
      () => bench.time(false, 1, 0),
      () => bench.copy(numbers, results),
    ])) as [number, number, number, number, number];
    const loading = table.overlap
      ? loadingIteration
      : Math.max(loadingIteration - iteration, loadingIteration * LEAST_LOADING);
    const loads = ITERATION.loads / loading;
    const bytes = (2 * COPY_BYTES) / copy;
    return {
      ...table,
      multiplyAdds: ITERATION.multiplyAdds / iteration,
      loads,
      bytes,
      workgroupLoads: loads * (table.workgroupLoads / table.loads),
      traffic: bytes * (table.traffic / table.bytes),
      dispatch: Math.max(empty, LEAST_DISPATCH),
      threads: Math.max(1, Math.round(alone / (WORKGROUP_SIZE * ITERATIONS) / iteration)) * WORKGROUP_SIZE,
    };
  } finally {
    bench.destroy();
    gpu.memory.free(numbers);
    gpu.memory.free(results);
  }
}

function step(loads: boolean, workgroups: number, iterations: number): Step {
  const size = VECTORS * 16;
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

  async compile(): Promise<void> {
    await Promise.all([true, false].map((loads) => this.#gpu.pipelines.prepare(step(loads, 1, 0).kernel)));
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

  /** Seconds of an iteration when the whole adapter is busy, with loads or without: the shortest of the dispatches tried. */
  async iteration(loads: boolean): Promise<number> {
    let least = Infinity;
    for (let workgroups = WORKGROUPS.least; workgroups <= WORKGROUPS.most; workgroups *= WORKGROUPS.factor) {
      const seconds = await this.time(loads, workgroups, ITERATIONS);
      least = Math.min(least, seconds / (workgroups * WORKGROUP_SIZE * ITERATIONS));
      if (seconds > LONG_SECONDS) break;
    }
    return least;
  }

  /** Seconds of one dispatch. */
  async time(loads: boolean, workgroups: number, iterations: number): Promise<number> {
    const executable = new Executable(this.#gpu, [step(loads, workgroups, iterations)]);
    this.#executables.push(executable);
    return this.#time((encoder, count) => {
      for (let run = 0; run < count; run++) executable.encode(encoder, this.#buffers);
    });
  }

  /** Seconds of one copy. */
  async copy(from: GPUBuffer, to: GPUBuffer): Promise<number> {
    return this.#time((encoder, count) => {
      for (let run = 0; run < count; run++) encoder.copyBufferToBuffer(from, 0, to, 0, COPY_BYTES);
    });
  }

  destroy(): void {
    for (const executable of this.#executables) executable.destroy();
  }

  /** The shortest of the samples: disturbances make a measurement longer, never shorter. */
  async #time(record: Recorder): Promise<number> {
    this.#signal?.throwIfAborted();
    return Math.min(...(await this.#stopwatch.time(record, SAMPLES)).samples);
  }
}
