// What the adapter uses of TensorFlow.js' WebGPU backend, most of which its types call private. `checkVersion` holds it to versions that have it.
import { getKernel, version_core } from "@tensorflow/tfjs-core";
import { ConvError } from "../base/error.ts";

/** The name under which TensorFlow.js knows the backend. */
export const BACKEND = "webgpu";

/** The identity of a tensor's data, shared by all tensors of other shapes with the same data. */
export type DataId = object;

/** A tensor of TensorFlow.js, as its kernels get it. */
export interface TensorInfo {
  readonly dataId: DataId;
  readonly shape: number[];
  readonly dtype: string;
}

/** The backend's record of a tensor's data. */
interface TensorData {
  readonly dtype: string;
  readonly resource?: unknown;
}

/** The backend. */
export interface Backend {
  readonly device: GPUDevice;
  readonly tensorMap: { get(dataId: DataId): TensorData; has(dataId: DataId): boolean };
  /** The encoder of what is not submitted yet, if there is any. */
  readonly commandEncoder: GPUCommandEncoder | null;
  /** The open pass of that encoder. */
  computePassEncoder: GPUComputePassEncoder | null;
  /** Data that the encoder uses: their buffers are reused only after the submit. */
  readonly commandQueueOwnedIds: WeakSet<DataId>;
  dispatchCountInPass: number;
  /** What `tf.time` and `tf.profile` collect, if one runs: the time of each program. */
  readonly activeTimers?: { name: string; query: Promise<number> }[];
  readonly supportTimestampQuery: boolean;
  querySet: GPUQuerySet | null;
  readonly querySetCount: number;
  getQueryTime(): Promise<number>;
  /** Promises of pipelines, which checkCompileCompletionAsync awaits. */
  readonly pipelineCache: Record<string, unknown>;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  numDataIds(): number;
  makeTensorInfo(shape: number[], dtype: "float32"): TensorInfo;
  uploadToGPU(dataId: DataId): void;
  disposeData(dataId: DataId): boolean;
  /** Frees the buffer of data that no encoder uses any more, before the data is forgotten. */
  releaseResource(dataId: DataId): void;
}

/** @throws ConvError `unsupported` if another version of TensorFlow.js is loaded than the adapter knows, or its WebGPU backend is not */
export function checkVersion(): void {
  if (!version_core.startsWith("4.22."))
    throw new ConvError("unsupported", `@tensorflow/tfjs-core: got version ${version_core}, expected 4.22`);
  if (!getKernel("Conv2D", BACKEND))
    throw new ConvError(
      "unsupported",
      `@tensorflow/tfjs-backend-webgpu: got no kernels of the backend "${BACKEND}", expected those of the same @tensorflow/tfjs-core`,
    );
}
