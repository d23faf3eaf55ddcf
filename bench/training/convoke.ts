// Trains a network of the suite with Convoke.
import {
  type Engine,
  type Tensor,
  conv,
  convBackwardBias,
  convBackwardData,
  convBackwardWeights,
  createEngine,
} from "../../src/index.ts";
import {
  activate,
  activateBackward,
  add,
  addBackward,
  averagePool,
  averagePoolBackward,
  batchNormBackward,
  batchNormTraining,
  crossEntropy,
  crossEntropyBackward,
  globalAveragePool,
  globalAveragePoolBackward,
  linear,
  linearBackward,
  reshape,
  sgd,
} from "../../src/ops/index.ts";
import { type Trainer, type TrainingOrder, type TrainingResult, measureTraining } from "./measure.ts";
import {
  LEARNING_RATE,
  MOMENTUM,
  type TrainedNetwork,
  forward,
  networkOf,
  parametersOf,
  trainingData,
} from "./networks.ts";
import { type Learned, type Operations, Tape } from "./tape.ts";

const OPERATIONS: Operations<Tensor> = {
  ...{ conv, convBackwardBias, convBackwardData, convBackwardWeights },
  ...{ batchNormTraining, batchNormBackward, activate, activateBackward, add, addBackward },
  ...{ averagePool, averagePoolBackward, globalAveragePool, globalAveragePoolBackward },
  ...{ linear, linearBackward, reshape },
  free: (tensor) => tensor.destroy(),
};

function trainer(engine: Engine, network: TrainedNetwork): Trainer {
  const learned = parametersOf(network).map(({ shape, values }): Learned<Tensor> => ({
    value: engine.tensor(values, shape),
    velocity: engine.empty(shape),
  }));
  const data = trainingData(network);
  const images = engine.tensor(data.images.values, data.images.shape);
  const labels = engine.tensor(data.labels, [data.labels.length]);
  const [values, velocities] = [learned.map(({ value }) => value), learned.map(({ velocity }) => velocity)];
  let loss: Tensor | undefined;
  return {
    run() {
      const tape = new Tape(OPERATIONS);
      const scores = forward(network, learned, { value: images, wanted: false }, tape);
      loss?.destroy();
      loss = crossEntropy(scores.value, labels);
      tape.play(scores, crossEntropyBackward(scores.value, labels));
      const gradients = learned.map(({ gradient }) => gradient!);
      sgd(values, gradients, { learningRate: LEARNING_RATE, momentum: MOMENTUM, velocity: velocities });
      for (const gradient of gradients) gradient.destroy();
    },
    sync: () => engine.device.queue.onSubmittedWorkDone(),
    settled: () => engine.settled(),
    loss: async () => (await loss!.read())[0]!,
    dispose() {
      for (const { value, velocity } of learned) for (const tensor of [value, velocity]) tensor.destroy();
      for (const tensor of [images, labels, loss]) tensor?.destroy();
    },
  };
}

/** Trains on an engine of its own. */
export async function runTraining({ network, samples }: TrainingOrder): Promise<TrainingResult> {
  const engine = await createEngine({ tuning: "forget" });
  const trouble: string[] = [];
  engine.device.addEventListener("uncapturederror", (event) => trouble.push(event.error.message));
  try {
    const result = await measureTraining((one) => trainer(engine, one), networkOf(network), samples);
    if (trouble.length > 0) throw new Error(trouble[0]);
    const { tensors, weights } = engine.memory;
    if (tensors + weights > 0) throw new Error(`${tensors + weights} bytes of GPU memory were not freed`);
    return result;
  } finally {
    engine.destroy();
  }
}
