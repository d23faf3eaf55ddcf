// TensorFlow.js on its WebGPU backend (@tensorflow/tfjs-backend-webgpu), channels-last like its models.
import type { Tensor, Tensor4D } from "@tensorflow/tfjs-core";
import { type ConvProblem, tensorShape } from "../../src/problem/problem.ts";
import type { BenchPass } from "../layer.ts";
import { type Peer, type PeerEngine, type Runner, type Task, operand } from "./adapter.ts";
import { alike, isDepthwise, isPlanar, isSame, isUnpadded, plane } from "./geometry.ts";
import { fromHwio, toChannelsFirst, toChannelsLast, toHwio } from "./layouts.ts";
import { tfjsOperations } from "./tfjs-operations.ts";
import { tfjsTrainer } from "./training-tfjs.ts";

type TensorFlow = typeof import("@tensorflow/tfjs-core");
type Four = [number, number, number, number];

/** The members of its backend needed to wait for the GPU: it batches kernels before it submits them. */
interface Backend {
  readonly device: GPUDevice;
  readonly commandEncoder: GPUCommandEncoder | null;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

function supports(problem: ConvProblem, pass: BenchPass): true | string {
  if (!isPlanar(problem)) return "it is timed on 2-D maps alone";
  if (!alike([...plane(problem, problem.padBegin), ...plane(problem, problem.padEnd)]))
    return "its padding is the same on every side";
  const dilated = problem.dilation.some((size) => size > 1);
  if (dilated && problem.stride.some((size) => size > 1)) return "it has no strided convolution with dilation";
  if (pass === "forward")
    return problem.groups === 1 || isDepthwise(problem) ? true : "it has no grouped convolution but the depthwise one";
  if (problem.groups > 1) return "it has no groups in this pass";
  if (dilated) return "it has no dilation in this pass";
  return true;
}

/** Returns "same" where that is equivalent, since its models use it, else the cells on each side. */
function padding(problem: ConvProblem): "same" | "valid" | number {
  if (isUnpadded(problem)) return "valid";
  return isSame(problem) ? "same" : plane(problem, problem.padBegin)[0];
}

/** Returns the channels-last shape of a map. */
function mapShape(problem: ConvProblem, which: "x" | "y"): Four {
  const [N, channels, height, width] = tensorShape(problem, which) as Four;
  return [N, height, width, channels];
}

function prepareCall(tf: TensorFlow, task: Task): { inputs: Tensor[]; call: () => Tensor } {
  const { problem } = task;
  const pad = padding(problem);
  const stride = plane(problem, problem.stride);
  const map = (name: "x" | "dy"): Tensor4D => {
    const { values, shape } = operand(task, name);
    return tf.tensor4d(toChannelsLast(values, shape), mapShape(problem, name === "x" ? "x" : "y"));
  };
  const [height, width] = plane(problem, problem.kernel);
  const weights = (shape: Four): Tensor4D => {
    const w = operand(task, "w");
    return tf.tensor4d(toHwio(w.values, w.shape), shape);
  };
  const inner = problem.C / problem.groups;
  if (problem.pass === "backward-weights") {
    const [x, dy] = [map("x"), map("dy")];
    const attributes = { strides: stride, pad, dataFormat: "NHWC", filterShape: [height, width, inner, problem.K] };
    return { inputs: [x, dy], call: () => tf.engine().runKernel("Conv2DBackpropFilter", { x, dy }, attributes) };
  }
  if (problem.pass === "backward-data") {
    const [dy, w] = [map("dy"), weights([height, width, inner, problem.K])];
    const shape = mapShape(problem, "x");
    return { inputs: [dy, w], call: () => tf.conv2dTranspose(dy, w, shape, stride, pad) };
  }
  const x = map("x");
  const dilation = plane(problem, problem.dilation);
  if (isDepthwise(problem)) {
    // Its outputs follow their channels, in the order used here.
    const w = weights([height, width, problem.C, problem.K / problem.C]);
    return { inputs: [x, w], call: () => tf.depthwiseConv2d(x, w, stride, pad, "NHWC", dilation) };
  }
  const w = weights([height, width, inner, problem.K]);
  return { inputs: [x, w], call: () => tf.conv2d(x, w, stride, pad, "NHWC", dilation) };
}

/** Returns the result as channels-first weights or maps. */
function resultOf(problem: ConvProblem, values: ArrayLike<number>): Float32Array {
  if (problem.pass === "backward-weights") return fromHwio(values, tensorShape(problem, "w"));
  return toChannelsFirst(values, tensorShape(problem, problem.pass === "forward" ? "y" : "x"));
}

/** Submits what the backend has batched, and waits for the GPU. */
export async function syncWebGpu(tf: Pick<TensorFlow, "backend">): Promise<void> {
  const backend = tf.backend() as unknown as Backend;
  backend.endComputePassEncoder();
  if (backend.commandEncoder) backend.submitQueue();
  await backend.device.queue.onSubmittedWorkDone();
}

async function prepare(tf: TensorFlow, task: Task): Promise<Runner> {
  const { inputs, call } = prepareCall(tf, task);
  let last: Tensor | undefined;
  return {
    run() {
      last?.dispose();
      last = call();
    },
    sync: () => syncWebGpu(tf),
    read: async () => resultOf(task.problem, await last!.data()),
    dispose() {
      for (const tensor of [last, ...inputs]) tensor?.dispose();
    },
  };
}

export const tfjs: Peer = {
  package: "@tensorflow/tfjs-backend-webgpu",

  supports,

  async open(): Promise<PeerEngine> {
    const tf = await import("@tensorflow/tfjs-core");
    await import("@tensorflow/tfjs-backend-webgpu");
    // The core alone has no gradients.
    await import("@tensorflow/tfjs-core/dist/register_all_gradients");
    if (!(await tf.setBackend("webgpu"))) throw new Error("TensorFlow.js cannot start its WebGPU backend here");
    await tf.ready();
    return {
      device: (tf.backend() as unknown as Backend).device,
      prepare: (task) => prepare(tf, task),
      operations: tfjsOperations(tf, () => syncWebGpu(tf)),
      train: (network) => tfjsTrainer(tf, () => syncWebGpu(tf), network),
    };
  },
};
