// Times a model from its load to later runs; Convoke and its peers alike.
import { type Calls, timeCalls } from "../calls.ts";
import { type KernelTime, compiling, timeKernels } from "../kernels.ts";
import type { GpuBytes } from "./gpu-bytes.ts";
import { type BenchModel, inputValues, modelOf } from "./list.ts";

/** The address at which the servers have the packages of the models. */
export const MODEL_FILES = "/packages-of-models";

export interface ModelOrder {
  /** The id of a model. */
  readonly model: string;
  readonly samples: number;
  /** Whether to list the kernels that are compiled until the first outputs. */
  readonly kernels?: boolean;
}

/** Times are in milliseconds. */
export interface ModelResult {
  /** Until the model is there: download, and what is prepared before inputs are known. */
  readonly loadMilliseconds: number;
  /** From the beginning to the first outputs on the GPU: with `loadMilliseconds`, compilation and all. */
  readonly firstMilliseconds: number;
  /** A run after the first: the median of the samples. */
  readonly milliseconds: number;
  readonly samples: readonly number[];
  /** The most bytes of buffers on the GPU at once, from the load on. */
  readonly peakBytes: number;
  /** The kernels that are compiled until the first outputs, if asked for. */
  readonly kernels?: readonly KernelTime[];
  /** By the names of the outputs, in the model's own layout. */
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

/** A model that is loaded; each run frees the results of the one before. */
export interface LoadedModel extends Calls {
  /** Where its kernels can be compiled alone. */
  readonly device?: GPUDevice;
  read(): Promise<Record<string, ArrayLike<number>>>;
  dispose(): void;
}

/** Loads a model from its address; `values` are those of its input. */
export type LoadModel = (model: BenchModel, address: string, values: Float32Array<ArrayBuffer>) => Promise<LoadedModel>;

export async function measureModel(load: LoadModel, bytes: GpuBytes, order: ModelOrder): Promise<ModelResult> {
  const model = modelOf(order.model);
  const address = new URL(`${MODEL_FILES}/${model.file}`, location.href).href;
  const values = inputValues(model);
  const before = bytes.live;
  bytes.restart();
  const start = performance.now();
  const loaded = await load(model, address, values);
  try {
    const loadMilliseconds = performance.now() - start;
    const { sources } = await compiling(async () => {
      await loaded.run();
      await loaded.sync();
    });
    const firstMilliseconds = performance.now() - start;
    const read = await loaded.read();
    const timing = await timeCalls(loaded, order.samples);
    return {
      loadMilliseconds,
      firstMilliseconds,
      milliseconds: timing.seconds * 1e3,
      samples: timing.samples.map((seconds) => seconds * 1e3),
      peakBytes: bytes.peak - before,
      ...(order.kernels && loaded.device && { kernels: await timeKernels(loaded.device, sources) }),
      outputs: Object.fromEntries(Object.entries(read).map(([name, numbers]) => [name, Array.from(numbers)])),
    };
  } finally {
    loaded.dispose();
  }
}
