// Trains a network of the suite with Convoke: a tape of what the layers computed, played backwards.
import {
  type Engine,
  type Tensor,
  type TensorDtype,
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
  EPSILON,
  LEARNING_RATE,
  type LayerComputer,
  MOMENTUM,
  type Nonlinearity,
  type TrainedNetwork,
  forward,
  networkOf,
  parametersOf,
  trainingData,
} from "./networks.ts";

/** A trained tensor and its velocity, and in a step its gradient. */
interface Learned {
  readonly value: Tensor;
  readonly velocity: Tensor;
  gradient?: Tensor;
}

/** A tensor of the forward pass, and in the backward pass its gradient: the sum over its uses. */
class Variable {
  readonly value: Tensor;
  gradient: Tensor | undefined;
  /** Whether its gradient is wanted. */
  readonly wanted: boolean;

  constructor(value: Tensor, wanted = true) {
    this.value = value;
    this.wanted = wanted;
  }

  /** Adds a gradient, which it takes over. */
  give(gradient: Tensor): void {
    const { gradient: known } = this;
    this.gradient = known ? add(known, gradient) : gradient;
    if (known) for (const tensor of [known, gradient]) tensor.destroy();
  }
}

/** Computes layers, and records how to go back. */
class Tape implements LayerComputer<Variable, Learned> {
  readonly #backward: (() => void)[] = [];
  readonly #made: Tensor<TensorDtype>[] = [];

  conv(...[input, layer, w, bias]: Parameters<LayerComputer<Variable, Learned>["conv"]>): Variable {
    const { stride, padding, depthwise, activation } = layer;
    const x = input.value;
    const options = { stride, padding, groups: depthwise ? x.shape[1]! : 1 };
    const through = activation && { activation };
    const y = this.#variable(conv(x, w.value, { ...options, ...through, ...(bias && { bias: bias.value }) }));
    return this.#record(y, (dy) => {
      const gradient = { ...options, ...(activation && { activation, output: y.value }) };
      w.gradient = convBackwardWeights(x, dy, { ...gradient, kernelShape: w.value.shape });
      if (bias) bias.gradient = convBackwardBias(dy, through && { ...through, output: y.value });
      if (input.wanted) input.give(convBackwardData(dy, w.value, { ...gradient, inputShape: x.shape }));
    });
  }

  norm(input: Variable, scale: Learned, bias: Learned, activation: Nonlinearity | undefined): Variable {
    const x = input.value;
    const affine = { scale: scale.value, bias: bias.value, epsilon: EPSILON };
    const { y, mean, inverseDeviation } = batchNormTraining(x, affine);
    this.#made.push(mean, inverseDeviation);
    const normal = this.#record(this.#variable(y), (dy) => {
      const { dx, dscale, dbias } = batchNormBackward(dy, x, { mean, inverseDeviation, scale: scale.value });
      [scale.gradient, bias.gradient] = [dscale, dbias];
      input.give(dx);
    });
    if (!activation) return normal;
    const active = this.#variable(activate(y, activation));
    return this.#record(active, (dy) => normal.give(activateBackward(dy, { activation, output: active.value })));
  }

  averagePool(input: Variable): Variable {
    const window = { kernelSize: 2 };
    const inputShape = input.value.shape;
    return this.#record(this.#variable(averagePool(input.value, window)), (dy) =>
      input.give(averagePoolBackward(dy, { ...window, inputShape })),
    );
  }

  globalAveragePool(input: Variable): Variable {
    const inputShape = input.value.shape;
    const mean = this.#record(this.#variable(globalAveragePool(input.value)), (dy) =>
      input.give(globalAveragePoolBackward(dy, { inputShape })),
    );
    return this.flatten(mean);
  }

  flatten(input: Variable): Variable {
    const inputShape = input.value.shape;
    const rows = reshape(input.value, [inputShape[0]!, -1]);
    return this.#record(this.#variable(rows), (dy) => input.give(reshape(dy, inputShape)));
  }

  linear(input: Variable, w: Learned, bias: Learned, activation: Nonlinearity | undefined): Variable {
    const through = activation && { activation };
    const y = this.#variable(linear(input.value, w.value, { bias: bias.value, ...through }));
    return this.#record(y, (dy) => {
      const gradient = through && { ...through, output: y.value };
      const { dx, dw, db } = linearBackward(dy, input.value, w.value, gradient);
      [w.gradient, bias.gradient] = [dw, db];
      input.give(dx);
    });
  }

  add(a: Variable, b: Variable, activation: Nonlinearity | undefined): Variable {
    const through = activation && { activation };
    const sum = this.#variable(add(a.value, b.value, through));
    return this.#record(sum, (dy) => {
      const { da, db } = addBackward(dy, through && { ...through, output: sum.value });
      a.give(da);
      b.give(db);
    });
  }

  share(x: Variable): Variable {
    return x;
  }

  /** Computes all gradients from that of the result, and frees everything that was recorded. */
  play(result: Variable, gradient: Tensor): void {
    result.give(gradient);
    for (const back of this.#backward.toReversed()) back();
    for (const tensor of this.#made) tensor.destroy();
  }

  #variable(value: Tensor): Variable {
    this.#made.push(value);
    return new Variable(value);
  }

  #record(result: Variable, back: (dy: Tensor) => void): Variable {
    this.#backward.push(() => {
      const dy = result.gradient!;
      back(dy);
      dy.destroy();
    });
    return result;
  }
}

function trainer(engine: Engine, network: TrainedNetwork): Trainer {
  const learned = parametersOf(network).map(({ shape, values }): Learned => ({
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
      const tape = new Tape();
      const scores = forward(network, learned, new Variable(images, false), tape);
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
