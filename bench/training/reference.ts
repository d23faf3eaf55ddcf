// Trains a network of the suite in float64: what the losses of all engines are compared with (networks.ts). Slow: a step of MobileNet v2 takes 13 s.
import * as reference from "../../src/reference.ts";
import { LEARNING_RATE, MOMENTUM, type TrainedNetwork, forward, parametersOf, trainingData } from "./networks.ts";
import { type Learned, type Operations, Tape, type Variable } from "./tape.ts";

type NdArray = reference.NdArray;

const OPERATIONS: Operations<NdArray> = { ...reference, free() {} };

/** Yields the loss before each step. */
export function* referenceLosses(network: TrainedNetwork): Generator<number, never> {
  const learned = parametersOf(network).map(({ shape, values }): Learned<NdArray> => ({
    value: { shape, data: values },
    velocity: { shape, data: new Float64Array(values.length) },
  }));
  const { images, labels } = trainingData(network);
  const classes = { shape: [labels.length], data: labels };
  for (;;) {
    const tape = new Tape(OPERATIONS);
    const input: Variable<NdArray> = { value: { shape: images.shape, data: images.values }, wanted: false };
    const scores = forward(network, learned, input, tape);
    yield reference.crossEntropy(scores.value, classes).data[0]!;
    tape.play(scores, reference.crossEntropyBackward(scores.value, classes));
    for (const one of learned) {
      const { velocity } = one;
      const options = { learningRate: LEARNING_RATE, momentum: MOMENTUM, velocity };
      const stepped = reference.sgd(one.value, one.gradient!, options);
      one.value = stepped.w;
      one.velocity = stepped.velocity!;
    }
  }
}
