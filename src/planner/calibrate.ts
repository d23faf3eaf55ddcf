// Measures the rates of an adapter, with kernels that load and compute as those of the algorithms do. Takes a tenth or two of a second, half
// of it compiling; in Firefox, which looks for finished work every 50 to 100 ms, half a second.
import calibrateShader from "../../shaders/planner/calibrate.wgsl";
import type { Rates } from "../algorithms/cost.ts";
import type { GpuContext } from "../gpu/context.ts";
import { Executable, type OperandBuffers } from "../gpu/executable.ts";
import { type Recorder, Stopwatch } from "../gpu/stopwatch.ts";
import { TENSOR_USAGE } from "../gpu/usage.ts";
import { dispatch } from "../kernel/dispatch.ts";
import { BINDING, type Step, WORKGROUP_SIZE } from "../kernel/step.ts";

/** Seconds of a sample: short, because rates are wanted to a few percent. */
const SAMPLE_SECONDS = 0.003;

const SAMPLES = 2;

/** Multiply-adds and numbers loaded by a turn of the loop in calibrate.wgsl. */
const TURN = { multiplyAdds: 128, loads: 48 };

/** Turns of a thread: many, so that its start-up does not count. */
const TURNS = 32;

/** Vectors of a row of the matrix on the left, 32 rows with four terms a turn, and of the one on the right, 64 columns. */
const LEFT_ROW = TURNS;
const RIGHT_ROW = 16;

/** Vectors of the larger of the two, the one on the right; the left one is a part of the same. */
const VECTORS = 4 * TURNS * RIGHT_ROW;

/** Workgroups of the dispatches that are tried, until one lasts long enough to tell or the largest GPU is busy. */
const WORKGROUPS = { least: 8, most: 8192, factor: 8 };
const LONG_SECONDS = 0.0005;

/** The least share of a turn that counts as its loads, whatever noise says. */
const LEAST_LOADING = 0.1;

/** The least seconds of a dispatch, which the clock may round to 0. */
const LEAST_DISPATCH = 1e-7;

/** Bytes that are copied to measure memory: more than the caches of most adapters hold. */
const COPY_BYTES = 2 ** 24;

/**
 * Measures an adapter.
 * @param overlap whether it is a GPU, where arithmetic and loads overlap
 * @param signal stops between two measurements
 */
export async function calibrate(gpu: GpuContext, overlap: boolean, signal?: AbortSignal): Promise<Rates> {
  signal?.throwIfAborted();
  const buffer = (size: number): GPUBuffer =>
    gpu.memory.allocate("tensors", { label: "convoke calibration", size, usage: TENSOR_USAGE });
  const numbers = buffer(COPY_BYTES);
  const results = buffer(COPY_BYTES);
  // Ones: they overflow nothing, and no adapter is faster on them than on other numbers that are not zero.
  gpu.device.queue.writeBuffer(numbers, 0, new Float32Array(VECTORS * 4).fill(1));
  const bench = new Bench(gpu, { x: numbers, y: results }, signal);
  try {
    await bench.compile();
    const [turn, loadingTurn, alone, empty, copy] = (await bench.inTurn([
      () => bench.turn(false),
      () => bench.turn(true),
      () => bench.time(false, 1, TURNS),
      () => bench.time(false, 1, 0),
      () => bench.copy(numbers, results),
    ])) as [number, number, number, number, number];
    const loading = overlap ? loadingTurn : Math.max(loadingTurn - turn, loadingTurn * LEAST_LOADING);
    return {
      multiplyAdds: TURN.multiplyAdds / turn,
      loads: TURN.loads / loading,
      bytes: (2 * COPY_BYTES) / copy,
      dispatch: Math.max(empty, LEAST_DISPATCH),
      threads: Math.max(1, Math.round(alone / (WORKGROUP_SIZE * TURNS) / turn)) * WORKGROUP_SIZE,
      overlap,
    };
  } finally {
    bench.destroy();
    gpu.memory.free(numbers);
    gpu.memory.free(results);
  }
}

function step(loads: boolean, workgroups: number, turns: number): Step {
  const size = VECTORS * 16;
  return dispatch({
    threads: workgroups * WORKGROUP_SIZE,
    shaders: [calibrateShader],
    constants: { LOADS: loads },
    ranges: [
      { binding: BINDING.first, operand: "x", offset: 0, size },
      { binding: BINDING.output, operand: "y", offset: 0, size },
    ],
    uniforms: { turns, leftRow: LEFT_ROW, rightRow: RIGHT_ROW },
  });
}

class Bench {
  readonly #gpu: GpuContext;
  readonly #stopwatch: Stopwatch;
  readonly #buffers: OperandBuffers;
  readonly #signal: AbortSignal | undefined;
  readonly #made: Executable[] = [];

  constructor(gpu: GpuContext, buffers: OperandBuffers, signal?: AbortSignal) {
    this.#gpu = gpu;
    this.#stopwatch = new Stopwatch(gpu.device, SAMPLE_SECONDS);
    this.#buffers = buffers;
    this.#signal = signal;
  }

  async compile(): Promise<void> {
    await Promise.all([true, false].map((loads) => this.#gpu.pipelines.prepare(step(loads, 1, 0).kernel)));
  }

  /** Measures one after the other, or all at once where timestamps tell and waiting for them takes most of the time. */
  async inTurn(measures: readonly (() => Promise<number>)[]): Promise<number[]> {
    if (this.#stopwatch.stamped) {
      // All are waited for, also when one fails: they share buffers.
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

  /** Seconds of a turn of the whole adapter, with loads or without: the least of the dispatches tried. */
  async turn(loads: boolean): Promise<number> {
    let least = Infinity;
    for (let workgroups = WORKGROUPS.least; workgroups <= WORKGROUPS.most; workgroups *= WORKGROUPS.factor) {
      const seconds = await this.time(loads, workgroups, TURNS);
      least = Math.min(least, seconds / (workgroups * WORKGROUP_SIZE * TURNS));
      if (seconds > LONG_SECONDS) break;
    }
    return least;
  }

  /** Seconds of one dispatch. */
  async time(loads: boolean, workgroups: number, turns: number): Promise<number> {
    const executable = new Executable(this.#gpu, [step(loads, workgroups, turns)]);
    this.#made.push(executable);
    return this.#time((encoder, count) => {
      for (let run = 0; run < count; run++) executable.encode(encoder, this.#buffers);
    });
  }

  async copy(from: GPUBuffer, to: GPUBuffer): Promise<number> {
    return this.#time((encoder, count) => {
      for (let turn = 0; turn < count; turn++) encoder.copyBufferToBuffer(from, 0, to, 0, COPY_BYTES);
    });
  }

  destroy(): void {
    for (const executable of this.#made) executable.destroy();
  }

  /** The least of the samples: what disturbs a measurement makes it longer, never shorter. */
  async #time(record: Recorder): Promise<number> {
    this.#signal?.throwIfAborted();
    return Math.min(...(await this.#stopwatch.time(record, SAMPLES)).samples);
  }
}
