// Trains a network of the suite with jax-js: one traced function for a step, which takes and returns parameters and velocities. A function consumes
// its arguments, and `ref` adds a reference.
import type { Array as JaxArray } from "@jax-js/jax";
import type { Trainer } from "../training/measure.ts";
import {
  EPSILON,
  LEARNING_RATE,
  type LayerComputer,
  MOMENTUM,
  type Nonlinearity,
  type TrainedNetwork,
  forward,
  parametersOf,
  trainingData,
} from "../training/networks.ts";

type Jax = typeof import("@jax-js/jax");

function computer({ numpy: np, nn, lax }: Jax): LayerComputer<JaxArray, JaxArray> {
  const activated = (x: JaxArray, activation: Nonlinearity | undefined): JaxArray =>
    activation === undefined ? x : nn[activation](x);
  const each = (values: JaxArray): JaxArray => np.reshape(values, [1, values.shape[0]!, 1, 1]);
  return {
    conv(x, { stride, padding, depthwise, activation }, w, bias) {
      const pads: [number, number][] = [
        [padding, padding],
        [padding, padding],
      ];
      const featureGroupCount = depthwise ? x.shape[1]! : 1;
      const y = lax.convGeneralDilated(x, w, [stride, stride], pads, { rhsDilation: [1, 1], featureGroupCount });
      return activated(bias ? np.add(y, each(bias)) : y, activation);
    },
    norm(x, scale, bias, activation) {
      const centred = np.subtract(x.ref, np.mean(x, [0, 2, 3], { keepdims: true }));
      const variance = np.mean(np.square(centred.ref), [0, 2, 3], { keepdims: true });
      const normal = np.multiply(centred, np.reciprocal(np.sqrt(np.add(variance, EPSILON))));
      return activated(np.add(np.multiply(normal, each(scale)), each(bias)), activation);
    },
    averagePool(x) {
      const [N, C, H, W] = x.shape as [number, number, number, number];
      return np.mean(np.reshape(x, [N, C, H / 2, 2, W / 2, 2]), [3, 5]);
    },
    globalAveragePool: (x) => np.mean(x, [2, 3]),
    flatten: (x) => np.reshape(x, [x.shape[0]!, -1]),
    linear: (x, w, bias, activation) => activated(np.add(np.matmul(x, np.matrixTranspose(w)), bias), activation),
    add: (a, b, activation) => activated(np.add(a, b), activation),
    share: (x) => x.ref,
  };
}

export async function jaxTrainer(jax: Jax, device: GPUDevice, network: TrainedNetwork): Promise<Trainer> {
  const { numpy: np, nn } = jax;
  const on = computer(jax);
  const array = ({ shape, values }: { shape: readonly number[]; values: Float32Array }): JaxArray =>
    np.array(values, { shape: [...shape] });
  let parameters = parametersOf(network).map(array);
  let velocities = parameters.map(({ shape }) => np.zeros(shape));
  const { images, labels } = trainingData(network);
  const x = array(images);
  const { classes } = network;
  const target = array({
    shape: [labels.length, classes],
    values: Float32Array.from({ length: labels.length * classes }, (_, at) =>
      labels[Math.floor(at / classes)] === at % classes ? 1 : 0,
    ),
  });
  await jax.blockUntilReady([x, target, ...parameters, ...velocities]);
  const lossOf = (learned: JaxArray[], input: JaxArray, wanted: JaxArray): JaxArray => {
    const scores = forward(network, learned, input, on);
    const picked = np.sum(np.multiply(nn.logSoftmax(scores, 1), wanted));
    return np.multiply(picked, -1 / labels.length);
  };
  const lossAndGradients = jax.valueAndGrad(lossOf);
  const step = jax.jit((learned: JaxArray[], moving: JaxArray[], input: JaxArray, wanted: JaxArray) => {
    const [loss, gradients] = lossAndGradients(
      learned.map((one) => one.ref),
      input,
      wanted,
    );
    const next = moving.map((one, at) => np.add(np.multiply(one, MOMENTUM), gradients[at]!));
    const updated = learned.map((one, at) => np.subtract(one, np.multiply(next[at]!.ref, LEARNING_RATE)));
    return [loss, updated, next] as [JaxArray, JaxArray[], JaxArray[]];
  });
  let loss: JaxArray | undefined;
  return {
    async run() {
      loss?.dispose();
      [loss, parameters, velocities] = step(parameters, velocities, x.ref, target.ref);
      // Evaluation is lazy: this submits the work.
      await loss.ref.gpuBuffer();
    },
    sync: () => device.queue.onSubmittedWorkDone(),
    loss: async () => (await loss!.ref.data())[0]!,
    dispose() {
      for (const one of [...parameters, ...velocities, x, target, loss]) one?.dispose();
      step.dispose();
    },
  };
}
