// Declares the parts of the peers' packages that are used here, so that these sources are type-checked where the packages are not installed.
// Where they are, these declarations come before their own.

declare module "@jax-js/jax" {
  interface Array {
    readonly shape: number[];
    readonly ndim: number;
    readonly size: number;
    /** Adds a reference. */
    readonly ref: Array;
    dispose(): void;
    data(): Promise<Float32Array>;
    gpuBuffer(): Promise<GPUBuffer>;
  }
  export type { Array };

  /** A traced function. */
  type Jitted<Compute> = Compute & { dispose(): void };

  export function init(...devices: string[]): Promise<string[]>;
  export function defaultDevice(device: string): string;
  export function getWebGPUDevice(): GPUDevice;
  export function blockUntilReady(arrays: readonly Array[]): Promise<unknown>;
  export function jit<Compute extends (...given: Array[]) => unknown>(compute: Compute): Jitted<Compute>;
  export function jit<Given extends unknown[], Result>(
    compute: (...given: Given) => Result,
  ): Jitted<(...given: Given) => Result>;
  /** The value of a function, and its gradient by the first argument. */
  export function valueAndGrad<Rest extends Array[]>(
    compute: (at: Array[], ...rest: Rest) => Array,
  ): (at: Array[], ...rest: Rest) => [Array, Array[]];
  export function vjp(compute: (at: Array) => Array, at: [Array]): [Array, (cotangent: Array) => [Array]];

  type Value = Array | number;
  interface Keep {
    readonly keepdims: boolean;
  }
  type Unary = (x: Value) => Array;
  type Binary = (x: Value, y: Value) => Array;
  type Reduction = (x: Array, axis?: number | number[], options?: Keep) => Array;

  export const numpy: {
    array(values: Float32Array, options: { shape: number[] }): Array;
    zeros(shape: number[]): Array;
    astype(x: Array, type: "int32"): Array;
    readonly add: Binary;
    readonly subtract: Binary;
    readonly multiply: Binary;
    readonly trueDivide: Binary;
    readonly maximum: Binary;
    readonly power: Binary;
    readonly greater: Binary;
    readonly notEqual: Binary;
    readonly exp: Unary;
    readonly sqrt: Unary;
    readonly square: Unary;
    readonly reciprocal: Unary;
    readonly sum: Reduction;
    readonly mean: Reduction;
    readonly max: Reduction;
    argmax(x: Array, axis: number): Array;
    where(condition: Array, x: Value, y: Value): Array;
    clip(x: Array, min: number, max: number): Array;
    matmul(x: Array, y: Array): Array;
    matrixTranspose(x: Array): Array;
    transpose(x: Array, permutation?: number[]): Array;
    reshape(x: Array, shape: number[]): Array;
    broadcastTo(x: Array, shape: number[]): Array;
    repeat(x: Array, repeats: number, axis: number): Array;
    concatenate(parts: Array[], axis: number): Array;
    split(x: Array, sections: number, axis: number): Array[];
    pad(x: Array, widths: [number, number][]): Array;
  };
  export const nn: {
    readonly relu: Unary;
    readonly relu6: Unary;
    gelu(x: Array, options: { approximate: boolean }): Array;
    softmax(x: Array, axis: number): Array;
    logSoftmax(x: Array, axis: number): Array;
    oneHot(x: Array, classes: number): Array;
  };
  export const lax: {
    convGeneralDilated(
      x: Array,
      w: Array,
      strides: number[],
      padding: [number, number][],
      options: { rhsDilation: number[]; featureGroupCount: number },
    ): Array;
    convTranspose(
      x: Array,
      w: Array,
      strides: number[],
      padding: [number, number][],
      options: { rhsDilation: number[]; transposeKernel: boolean },
    ): Array;
    reduceWindow(x: Array, compute: (cells: Array) => Array, window: number[], strides: number[]): Array;
    readonly erf: Unary;
  };
}

declare module "@litertjs/core" {
  export class Tensor {
    constructor(values: Float32Array, shape: number[]);
    moveTo(place: "webgpu"): Promise<Tensor>;
    copyTo(place: "wasm"): Promise<Tensor>;
    toTypedArray(): Float32Array;
    delete(): void;
  }
  interface CompiledModel {
    run(inputs: Tensor[]): Promise<Tensor[]>;
    delete(): void;
  }

  export function loadLiteRt(folder: string): Promise<unknown>;
  export function getWebGpuDevice(): GPUDevice | null;
  export function loadAndCompile(
    model: Uint8Array,
    options: { accelerator: "webgpu"; gpuOptions: { precision: "fp32" } },
  ): Promise<CompiledModel>;
}

declare module "flatbuffers" {
  export class Builder {
    startVector(elementBytes: number, count: number, alignment: number): void;
    endVector(): number;
    startObject(fields: number): void;
    endObject(): number;
    addInt32(value: number): void;
    addFloat32(value: number): void;
    addOffset(offset: number): void;
    addFieldInt8(field: number, value: number, usual: number): void;
    addFieldInt32(field: number, value: number, usual: number): void;
    addFieldOffset(field: number, offset: number, usual: number): void;
    createString(text: string): number;
    finish(root: number, identifier: string): void;
    asUint8Array(): Uint8Array;
  }
}

/** Registers itself. */
declare module "@tensorflow/tfjs-backend-wasm" {
  export function setWasmPaths(folder: string): void;
}

declare module "@tensorflow/tfjs-layers" {
  import type { Optimizer, Tensor } from "@tensorflow/tfjs-core";
  interface LayersModel {
    readonly outputNames: string[];
    predict(x: Tensor): Tensor | Tensor[];
    compile(options: { optimizer: Optimizer; loss: string }): void;
    trainOnBatch(x: Tensor, y: Tensor): Promise<number | number[]>;
    dispose(): unknown;
  }
  type Initializer = { readonly initializer: unique symbol };
  type Layer = { readonly layer: unique symbol };
  interface Weights {
    activation?: "relu" | "softmax";
    kernelInitializer: Initializer;
  }
  export function loadLayersModel(address: string): Promise<LayersModel>;
  export function sequential(options: { layers: Layer[] }): LayersModel;
  export const initializers: { glorotUniform(options: { seed: number }): Initializer };
  export const layers: {
    conv2d(options: Weights & { filters: number; kernelSize: number; padding: "same"; inputShape?: number[] }): Layer;
    maxPooling2d(options: { poolSize: number }): Layer;
    flatten(): Layer;
    dense(options: Weights & { units: number }): Layer;
  };
}

/** The packages of TensorFlow.js together, with gradients and chained operations. */
declare module "@tensorflow/tfjs" {}

declare module "@tensorflow/tfjs-core/dist/register_all_gradients" {}

declare module "upscaler" {
  import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
  export default class Upscaler {
    constructor(options: { model: object });
    upscale(picture: Tensor3D, options: { output: "tensor" }): Promise<Tensor>;
    dispose(): Promise<void>;
  }
}

declare module "@upscalerjs/default-model" {
  const definition: object;
  export default definition;
}

declare module "@upscalerjs/esrgan-slim/4x" {
  const definition: object;
  export default definition;
}

declare module "nsfwjs/core" {
  import type { Tensor3D } from "@tensorflow/tfjs-core";
  interface Classifier {
    classify(picture: Tensor3D): Promise<{ className: string; probability: number }[]>;
    dispose(): void;
  }
  export function load(name: "MobileNetV2", options: { modelDefinitions: object[] }): Promise<Classifier>;
}

declare module "nsfwjs/models/mobilenet_v2" {
  export const MobileNetV2Model: object;
}

declare module "onnxruntime-web/webgpu" {
  export class Tensor {
    constructor(type: "float32", values: Float32Array, dims: readonly number[]);
    static fromGpuBuffer(buffer: GPUBuffer, options: { dataType: "float32"; dims: readonly number[] }): Tensor;
    getData(): Promise<Float32Array>;
    dispose(): void;
  }
  interface Session {
    run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
    release(): Promise<void>;
  }

  export const InferenceSession: {
    create(
      model: Uint8Array,
      options: {
        executionProviders: ({ name: "webgpu"; preferredLayout: "NCHW" } | { name: "wasm" })[];
        graphOptimizationLevel: "all";
        logSeverityLevel: number;
        preferredOutputLocation?: "gpu-buffer";
      },
    ): Promise<Session>;
  };
  export const env: {
    wasm: { wasmPaths: string; numThreads: number };
    webgpu: { readonly device: Promise<GPUDevice> };
    logLevel: string;
  };
}
