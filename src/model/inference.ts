// Shapes of results without a GPU: an operation is called on tensors that have no memory, in a context whose recorder drops the call. So what it
// refuses and what it returns are its own checks and its own geometry.
import type { TensorDtype } from "../base/dtype.ts";
import { GpuContext } from "../gpu/context.ts";
import { TensorStorage } from "../gpu/memory.ts";
import type { Recorder } from "../gpu/recorder.ts";
import { Tensor } from "../gpu/tensor.ts";
import type { Result } from "./operator.ts";

/** Stands for every buffer: none is ever used. */
const NO_BUFFER = {} as GPUBuffer;

const DROPPING: Recorder = {
  record: ({ results }) => Object.fromEntries(Object.keys(results).map((result) => [result, NO_BUFFER])),
};

/** All that is asked of a device on the way to the recorder: nothing is too large for it. */
const NO_DEVICE = {
  limits: { maxStorageBufferBindingSize: Infinity, maxBufferSize: Infinity },
  lost: new Promise<GPUDeviceLostInfo>(() => {}),
} as unknown as GPUDevice;

let context: GpuContext | undefined;

/** Returns a tensor without memory, to infer results from. */
export function describedTensor({ shape, layout, dtype }: Result): Tensor<TensorDtype> {
  if (!context) {
    context = new GpuContext(NO_DEVICE);
    context.recorder = DROPPING;
  }
  return new Tensor(context, new TensorStorage(context, NO_BUFFER, false), shape, { layout, dtype });
}
