// Trains a network of the suite with TensorFlow.js: its automatic gradients and its optimiser, channels-last like its models.
import type { Scalar, Tensor, Tensor2D, Tensor4D, Variable } from "@tensorflow/tfjs-core";
import type { Trainer } from "../training/measure.ts";
import {
  EPSILON,
  LEARNING_RATE,
  type LayerComputer,
  MOMENTUM,
  type Nonlinearity,
  type Parameter,
  TRAINING_BATCH,
  type TrainedNetwork,
  forward,
  parametersOf,
  trainingData,
} from "../training/networks.ts";
import { toChannelsLast, toHwio } from "./layouts.ts";

type TensorFlow = typeof import("@tensorflow/tfjs-core");
type Four = [number, number, number, number];

function computer(tf: TensorFlow): LayerComputer<Tensor, Tensor> {
  const activated = (x: Tensor, activation: Nonlinearity | undefined): Tensor =>
    activation === undefined ? x : tf[activation](x);
  return {
    conv(x, { stride, padding, depthwise, activation }, w, bias) {
      const compute = depthwise ? tf.depthwiseConv2d : tf.conv2d;
      const y: Tensor = compute(x as Tensor4D, w as Tensor4D, stride, padding === 0 ? "valid" : padding);
      return activated(bias ? tf.add(y, bias) : y, activation);
    },
    norm(x, scale, bias, activation) {
      const { mean, variance } = tf.moments(x, [0, 1, 2]);
      const y = tf.batchNorm(x as Tensor4D, mean as never, variance as never, bias as never, scale as never, EPSILON);
      return activated(y, activation);
    },
    averagePool: (x) => tf.avgPool(x as Tensor4D, 2, 2, "valid"),
    globalAveragePool: (x) => tf.mean(x, [1, 2]),
    flatten: (x) => tf.reshape(x, [TRAINING_BATCH, -1]),
    linear: (x, w, bias, activation) => activated(tf.add(tf.matMul(x, w, false, true), bias), activation),
    add: (a, b, activation) => activated(tf.add(a, b), activation),
    share: (x) => x,
  };
}

/** Returns a parameter as a variable, in its layout. */
function variableOf(tf: TensorFlow, { shape, values }: Parameter): Variable {
  if (shape.length !== 4) return tf.variable(tf.tensor(values, [...shape]));
  const [K, C, R, S] = shape as Four;
  // One kernel for each channel: [R, S, channels, 1].
  const depthwise = C === 1 && K > 6;
  return tf.variable(tf.tensor4d(toHwio(values, shape), depthwise ? [R, S, K, 1] : [R, S, C, K]));
}

export function tfjsTrainer(tf: TensorFlow, sync: () => Promise<void>, network: TrainedNetwork): Trainer {
  const parameters = parametersOf(network).map((one) => variableOf(tf, one));
  const { images, labels } = trainingData(network);
  const [N, C, H, W] = images.shape as Four;
  const x = tf.tensor4d(toChannelsLast(images.values, images.shape), [N, H, W, C]);
  const target = tf.oneHot(tf.tensor1d(labels, "int32"), network.classes) as Tensor2D;
  const optimizer = tf.train.momentum(LEARNING_RATE, MOMENTUM);
  const on = computer(tf);
  let loss: Scalar | null = null;
  return {
    run() {
      loss?.dispose();
      loss = optimizer.minimize(
        () => tf.losses.softmaxCrossEntropy(target, forward(network, parameters, x as Tensor, on)),
        true,
        parameters,
      );
    },
    sync,
    loss: async () => (await loss!.data())[0]!,
    dispose() {
      optimizer.dispose();
      for (const tensor of [...parameters, x, target, loss]) tensor?.dispose();
    },
  };
}
