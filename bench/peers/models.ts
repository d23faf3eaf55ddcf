// Whole models on the peers: TensorFlow.js with layers-models, ONNX Runtime Web with ONNX files, each on WebGPU or in WebAssembly.
import { GpuBytes } from "../models/gpu-bytes.ts";
import { type LoadModel, measureModel } from "../models/measure.ts";
import type { PeerBackend, PeerModelOrder, PeerModelResult } from "../models/peers.ts";
import type { PeerName } from "./names.ts";
import manifest from "./package.json";
import { syncWebGpu } from "./tfjs.ts";

/** Starts a peer, before anything is timed. */
type Start = (backend: PeerBackend, files: string) => Promise<LoadModel>;

async function startTfjs(backend: PeerBackend, files: string): Promise<LoadModel> {
  const tf = await import("@tensorflow/tfjs-core");
  const layers = await import("@tensorflow/tfjs-layers");
  if (backend === "webgpu") await import("@tensorflow/tfjs-backend-webgpu");
  else (await import("@tensorflow/tfjs-backend-wasm")).setWasmPaths(`${files}/@tensorflow/tfjs-backend-wasm/dist/`);
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js cannot start its backend ${backend} here`);
  await tf.ready();
  return async ({ input }, address, values) => {
    const model = await layers.loadLayersModel(address);
    const x = tf.tensor4d(values, input.shape as [number, number, number, number]);
    let last: import("@tensorflow/tfjs-core").Tensor[] = [];
    return {
      run() {
        for (const tensor of last) tensor.dispose();
        last = [model.predict(x)].flat();
      },
      sync: async () => (backend === "wasm" ? undefined : syncWebGpu(tf)),
      async read() {
        const read = last.map(async (tensor, at) => [model.outputNames[at]!, await tensor.data()] as const);
        return Object.fromEntries(await Promise.all(read));
      },
      dispose: () => model.dispose(),
    };
  };
}

async function startOnnx(backend: PeerBackend, files: string): Promise<LoadModel> {
  const ort = await import("onnxruntime-web/webgpu");
  ort.env.wasm.wasmPaths = `${files}/onnxruntime-web/dist/`;
  ort.env.wasm.numThreads = backend === "wasm" ? navigator.hardwareConcurrency : 1;
  ort.env.logLevel = "error";
  return async ({ input }, address, values) => {
    const file = new Uint8Array(await (await fetch(address)).arrayBuffer());
    const onGpu = backend === "webgpu";
    const session = await ort.InferenceSession.create(file, {
      executionProviders: [onGpu ? { name: "webgpu", preferredLayout: "NCHW" } : { name: "wasm" }],
      graphOptimizationLevel: "all",
      logSeverityLevel: 3, // errors
      ...(onGpu && { preferredOutputLocation: "gpu-buffer" }),
    });
    const device = onGpu ? await ort.env.webgpu.device : undefined;
    let buffer: GPUBuffer | undefined;
    if (device) {
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
      buffer = device.createBuffer({ size: values.byteLength, usage });
      device.queue.writeBuffer(buffer, 0, values);
    }
    const x = buffer
      ? ort.Tensor.fromGpuBuffer(buffer, { dataType: "float32", dims: input.shape })
      : new ort.Tensor("float32", values, input.shape);
    let last: Record<string, import("onnxruntime-web/webgpu").Tensor> = {};
    return {
      async run() {
        for (const tensor of Object.values(last)) tensor.dispose();
        last = await session.run({ [input.name]: x });
      },
      sync: async () => device?.queue.onSubmittedWorkDone(),
      async read() {
        const read = Object.entries(last).map(async ([name, tensor]) => [name, await tensor.getData()] as const);
        return Object.fromEntries(await Promise.all(read));
      },
      dispose() {
        buffer?.destroy();
        // Nothing waits for this, and a failure has no remedy.
        session.release().catch(() => undefined);
      },
    };
  };
}

const PEERS: Readonly<Partial<Record<PeerName, { readonly package: string; readonly start: Start }>>> = {
  tfjs: { package: "@tensorflow/tfjs-layers", start: startTfjs },
  onnx: { package: "onnxruntime-web", start: startOnnx },
};

/** Measures a model on a peer that this page has not started yet. */
export async function runPeerModel(order: PeerModelOrder, files: string): Promise<PeerModelResult> {
  const peer = PEERS[order.peer];
  if (!peer) throw new Error(`${order.peer} runs no models`);
  const bytes = new GpuBytes();
  const load = await peer.start(order.backend, files);
  const versions: Record<string, string> = manifest.dependencies;
  return { version: `${peer.package} ${versions[peer.package]}`, result: await measureModel(load, bytes, order) };
}
