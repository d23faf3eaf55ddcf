// Programs that run TensorFlow.js on its WebGPU backend, each as its documentation shows.
import * as tf from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import "@tensorflow/tfjs";
import type { Calls } from "../calls.ts";
import { inputValues, modelOf } from "../models/list.ts";
import type { ProgramName } from "../tfjs/list.ts";
import { syncWebGpu } from "./tfjs.ts";

/** A program that is loaded, before its first run. */
export interface Program extends Calls {
  /** Runs it, and returns what it computed. */
  first(): Promise<number[]>;
  dispose(): void;
}

type Load = (files: string) => Promise<Program>;

/** A picture of a given size, with values from 0 to 255. */
function picture(size: number): tf.Tensor3D {
  const { format, file, ...model } = modelOf("default-model");
  const input = { ...model.input, shape: [1, size, size, 3] };
  return tf.tensor3d(inputValues({ ...model, format, file, input }), [size, size, 3]);
}

function loadUpscaler(definition: () => Promise<object>, file: string, size: number): Load {
  return async (files) => {
    const { default: Upscaler } = await import("upscaler");
    // Its own address of the network is on the internet.
    const upscaler = new Upscaler({ model: { ...(await definition()), path: `${files}/${file}` } });
    const x = picture(size);
    let last: tf.Tensor | undefined;
    const run = async (): Promise<void> => {
      last?.dispose();
      last = await upscaler.upscale(x, { output: "tensor" });
    };
    return {
      run,
      sync: () => syncWebGpu(tf),
      async first() {
        await run();
        return [...(await last!.data())];
      },
      dispose() {
        x.dispose();
        last?.dispose();
        void upscaler.dispose();
      },
    };
  };
}

const loadClassifier: Load = async () => {
  const { load } = await import("nsfwjs/core");
  const { MobileNetV2Model } = await import("nsfwjs/models/mobilenet_v2");
  const network = await load("MobileNetV2", { modelDefinitions: [MobileNetV2Model] });
  const x = picture(224);
  const probabilities = async (): Promise<number[]> => {
    const classes = await network.classify(x);
    return classes.toSorted((a, b) => (a.className < b.className ? -1 : 1)).map(({ probability }) => probability);
  };
  return {
    run: async () => void (await probabilities()),
    sync: () => syncWebGpu(tf),
    first: probabilities,
    dispose() {
      x.dispose();
      network.dispose();
    },
  };
};

/** Steps whose losses are compared. */
const STEPS = 5;
const BATCH = 32;

const loadTraining: Load = async () => {
  const seeds = { kernelInitializer: layers.initializers.glorotUniform({ seed: 1 }) };
  const conv = { kernelSize: 3, padding: "same", activation: "relu", ...seeds } as const;
  const model = layers.sequential({
    layers: [
      layers.layers.conv2d({ ...conv, filters: 32, inputShape: [28, 28, 1] }),
      layers.layers.conv2d({ ...conv, filters: 32 }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.conv2d({ ...conv, filters: 64 }),
      layers.layers.maxPooling2d({ poolSize: 2 }),
      layers.layers.flatten(),
      layers.layers.dense({ units: 10, activation: "softmax", ...seeds }),
    ],
  });
  model.compile({ optimizer: tf.train.sgd(0.05), loss: "categoricalCrossentropy" });
  const labels = tf.tensor1d(
    Array.from({ length: BATCH }, (_, at) => at % 10),
    "int32",
  );
  const y = tf.oneHot(labels, 10);
  labels.dispose();
  // A bright stripe marks the class of an image, so that the network can learn it.
  const x = tf.tensor4d(
    Float32Array.from({ length: BATCH * 784 }, (_, at) => {
      const [sample, row] = [Math.floor(at / 784), Math.floor((at % 784) / 28)];
      return (Math.floor(row / 3) === sample % 10 ? 1 : 0) + 0.1 * Math.sin(at);
    }),
    [BATCH, 28, 28, 1],
  );
  const step = async (): Promise<number> => (await model.trainOnBatch(x, y)) as number;
  return {
    run: async () => void (await step()),
    sync: () => syncWebGpu(tf),
    async first() {
      const losses: number[] = [];
      while (losses.length < STEPS) losses.push(await step());
      return losses;
    },
    dispose() {
      tf.dispose([x, y]);
      model.dispose();
    },
  };
};

export const programs: Readonly<Record<ProgramName, Load>> = {
  "default-model": loadUpscaler(
    async () => (await import("@upscalerjs/default-model")).default,
    "@upscalerjs/default-model/models/model.json",
    96,
  ),
  "esrgan-slim-x4": loadUpscaler(
    async () => (await import("@upscalerjs/esrgan-slim/4x")).default,
    "@upscalerjs/esrgan-slim/models/x4/model.json",
    48,
  ),
  "mobilenet-v2": loadClassifier,
  training: loadTraining,
};
