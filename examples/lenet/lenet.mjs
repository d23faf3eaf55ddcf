// LeNet-5 (LeCun et al., Gradient-Based Learning Applied to Document Recognition, 1998, figure 2) as it is built today: max pooling instead of
// trained subsampling, relu instead of tanh, and softmax with cross-entropy instead of distances to prototypes; 61 706 weights. Everything is
// computed on the engine: images go in, losses and scores come out.
import { conv, convBackwardBias, convBackwardData, convBackwardWeights } from "convoke";
import {
  adam,
  crossEntropy,
  crossEntropyBackward,
  flatten,
  flattenBackward,
  linear,
  linearBackward,
  maxPoolBackward,
  maxPoolWithIndices,
} from "convoke/ops";
import { CLASSES, SIDE, chance } from "./drawings.mjs";

/** The shape of each layer's weights: [K, C, R, S] of convolutions, [out, in] of fully connected layers. */
const SHAPES = {
  conv1: [6, 1, 5, 5],
  conv2: [16, 6, 5, 5],
  full1: [120, 400],
  full2: [84, 120],
  full3: [CLASSES, 84],
};

const POOLING = { kernelSize: 2 };

const count = (shape) => shape.reduce((product, size) => product * size, 1);

export class LeNet5 {
  #engine;
  #layers = {};
  #steps = 0;

  /**
   * @param engine from convoke's createEngine
   * @param seed determines the initial weights
   */
  constructor(engine, seed = 1) {
    this.#engine = engine;
    const random = chance(seed);
    for (const [name, shape] of Object.entries(SHAPES)) {
      // Uniform with variance 2 / terms, which preserves the magnitude of activations from layer to layer (He et al. 2015).
      const bound = Math.sqrt(6 / (count(shape) / shape[0]));
      const weights = Float32Array.from({ length: count(shape) }, () => bound * (2 * random() - 1));
      this.#layers[name] = { w: this.#learned(shape, weights), bias: this.#learned([shape[0]]) };
    }
  }

  /**
   * Takes a step of Adam on the mean loss of a batch.
   * @param images [N, 1, 28, 28]
   * @param labels [N], the digits
   * @returns the loss before the step, a tensor of one number that the caller owns; only reading it waits for the GPU
   */
  step(images, labels, learningRate) {
    const { conv1, conv2, full1, full2, full3 } = this.#layers;
    const made = this.#forward(images);
    const keep = (results) => {
      Object.assign(made, results);
      return results;
    };
    const loss = crossEntropy(made.scores, labels);
    const dscores = crossEntropyBackward(made.scores, labels);
    keep({ dscores });
    const gradients = { full3: linearBackward(dscores, made.hidden2, full3.w.value) };
    const relu = (output) => ({ activation: "relu", output });
    gradients.full2 = linearBackward(gradients.full3.dx, made.hidden1, full2.w.value, relu(made.hidden2));
    gradients.full1 = linearBackward(gradients.full2.dx, made.flat, full1.w.value, relu(made.hidden1));
    const { dpool2 } = keep({ dpool2: flattenBackward(gradients.full1.dx, { inputShape: made.pool2.shape }) });
    const { dmap2 } = keep({
      dmap2: maxPoolBackward(dpool2, made.switches2, { ...POOLING, inputShape: made.map2.shape }),
    });
    gradients.conv2 = this.#convBackward(dmap2, made.pool1, conv2, relu(made.map2), 0);
    const { dpool1 } = keep({
      dpool1: convBackwardData(dmap2, conv2.w.value, { ...relu(made.map2), inputShape: made.pool1.shape }),
    });
    const { dmap1 } = keep({
      dmap1: maxPoolBackward(dpool1, made.switches1, { ...POOLING, inputShape: made.map1.shape }),
    });
    gradients.conv1 = this.#convBackward(dmap1, images, conv1, relu(made.map1), 2);

    this.#steps++;
    for (const [name, { dx, dw, db }] of Object.entries(gradients)) {
      const { w, bias } = this.#layers[name];
      this.#update(w, dw, learningRate);
      this.#update(bias, db, learningRate);
      for (const gradient of [dx, dw, db]) gradient?.destroy();
    }
    for (const tensor of Object.values(made)) tensor.destroy();
    return loss;
  }

  /**
   * Classifies images.
   * @param images [N, 1, 28, 28]
   * @returns a promise of N digits
   */
  async classify(images) {
    const made = this.#forward(images);
    try {
      const scores = await made.scores.read();
      return Array.from({ length: images.shape[0] }, (_, at) => {
        const own = scores.subarray(at * CLASSES, (at + 1) * CLASSES);
        return own.indexOf(Math.max(...own));
      });
    } finally {
      for (const tensor of Object.values(made)) tensor.destroy();
    }
  }

  /** Frees the weights. */
  destroy() {
    for (const { w, bias } of Object.values(this.#layers))
      for (const tensor of [w, bias].flatMap(Object.values)) tensor.destroy();
  }

  /** A trained tensor, and the moments of its gradient. */
  #learned(shape, values) {
    const engine = this.#engine;
    const value = values ? engine.tensor(values, shape) : engine.empty(shape);
    return { value, m: engine.empty(shape), v: engine.empty(shape) };
  }

  #update({ value, m, v }, gradient, learningRate) {
    adam(value, gradient, { m, v, step: this.#steps, learningRate });
  }

  #convBackward(dy, x, { w }, through, padding) {
    const dw = convBackwardWeights(x, dy, { ...through, padding, kernelShape: w.value.shape });
    return { dw, db: convBackwardBias(dy, through) };
  }

  /** The scores [N, 10] of images, and the intermediate tensors. */
  #forward(images) {
    const { conv1, conv2, full1, full2, full3 } = this.#layers;
    const filter = (x, { w, bias }, padding) => conv(x, w.value, { bias: bias.value, padding, activation: "relu" });
    const full = (x, { w, bias }, options) => linear(x, w.value, { bias: bias.value, ...options });
    const map1 = filter(images, conv1, 2);
    const { y: pool1, indices: switches1 } = maxPoolWithIndices(map1, POOLING);
    const map2 = filter(pool1, conv2, 0);
    const { y: pool2, indices: switches2 } = maxPoolWithIndices(map2, POOLING);
    const flat = flatten(pool2);
    const hidden1 = full(flat, full1, { activation: "relu" });
    const hidden2 = full(hidden1, full2, { activation: "relu" });
    const scores = full(hidden2, full3, {});
    return { map1, switches1, pool1, map2, switches2, pool2, flat, hidden1, hidden2, scores };
  }
}

/** Creates a tensor of images. */
export function imageTensor(engine, { images }, first, size) {
  return engine.tensor(images.subarray(first * SIDE * SIDE, (first + size) * SIDE * SIDE), [size, 1, SIDE, SIDE]);
}
