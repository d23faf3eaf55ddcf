// Runs a model on ONNX Runtime Web, with inputs and results in GPU buffers.
import { type Model, type ModelValue, onnxModel } from "./onnx-model.ts";
import type { OperationRunner } from "./operations.ts";

type Ort = typeof import("onnxruntime-web/webgpu");
type OrtTensor = import("onnxruntime-web/webgpu").Tensor;

/** An input of a model, and its values. */
export interface Fed {
  readonly value: ModelValue;
  readonly values: Float32Array<ArrayBuffer>;
}

/** Makes a buffer with values, of whole vectors of four, as its kernels bind. */
function upload(device: GPUDevice, values: Float32Array<ArrayBuffer>): GPUBuffer {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const buffer = device.createBuffer({ size: Math.ceil(values.byteLength / 16) * 16, usage });
  device.queue.writeBuffer(buffer, 0, values);
  return buffer;
}

/** Creates a session of a model; results have the names of its outputs. */
export async function runModel(ort: Ort, model: Model, fed: readonly Fed[]): Promise<OperationRunner> {
  const session = await ort.InferenceSession.create(onnxModel(model), {
    executionProviders: [{ name: "webgpu", preferredLayout: "NCHW" }],
    graphOptimizationLevel: "all",
    logSeverityLevel: 3, // errors
    preferredOutputLocation: "gpu-buffer",
  });
  // The first session creates it.
  const device = await ort.env.webgpu.device;
  const buffers: GPUBuffer[] = [];
  const feeds: Record<string, OrtTensor> = {};
  for (const { value, values } of fed) {
    const buffer = upload(device, values);
    buffers.push(buffer);
    feeds[value.name] = ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims: value.shape });
  }
  let last: Readonly<Record<string, OrtTensor>> = {};
  const free = (): void => {
    for (const tensor of Object.values(last)) tensor.dispose();
    last = {};
  };
  return {
    async run() {
      free();
      last = await session.run(feeds);
    },
    sync: () => device.queue.onSubmittedWorkDone(),
    async read() {
      const read = Object.entries(last).map(async ([name, tensor]): Promise<[string, ArrayLike<number>]> => {
        const values: ArrayLike<number> | BigInt64Array = await tensor.getData();
        return [name, values instanceof BigInt64Array ? Float64Array.from(values, Number) : values];
      });
      return Object.fromEntries(await Promise.all(read));
    },
    dispose() {
      free();
      for (const buffer of buffers) buffer.destroy();
      // Nothing waits for this, and a failure has no remedy.
      session.release().catch(() => undefined);
    },
  };
}
