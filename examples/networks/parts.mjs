// The layers of networks, each one call or a few, of the package or of its CPU reference. Both have the same names, so that a network is written
// once and runs on either.
import { conv } from "convoke";
import {
  activate,
  add,
  channelShuffle,
  concatenate,
  flatten,
  foldBatchNorm,
  globalAveragePool,
  linear,
  maxPool,
  split,
} from "convoke/ops";

const operations = {
  activate,
  add,
  channelShuffle,
  concatenate,
  conv,
  flatten,
  foldBatchNorm,
  globalAveragePool,
  linear,
  maxPool,
  split,
};

/** Uniform numbers in [-1, 1) from a seed (xorshift32, Marsaglia 2003). */
function randomNumbers(count, seed) {
  let state = seed | 0 || 1;
  return Float32Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 31 - 1;
  });
}

/** Runs networks on an engine. */
export function onEngine(engine) {
  return { operations, array: (data, shape) => engine.tensor(data, shape), free: (tensor) => tensor.destroy() };
}

/** Runs networks on the CPU reference. */
export function onReference(reference) {
  return { operations: reference, array: (data, shape) => ({ data, shape }), free: () => {} };
}

/**
 * The layers of one network on a backend. A layer's weights are generated when it first runs, and kept for the next image. They are pseudorandom
 * and depend only on the order of the layers.
 */
export class Parts {
  #backend;
  #weights = [];
  #at = 0;
  #made = [];

  constructor(backend) {
    this.#backend = backend;
  }

  /** Runs a network and frees its intermediate tensors; the caller owns the result. */
  run(network, x) {
    this.#at = 0;
    const result = network(this, x);
    this.#free(this.#made.splice(0), [result]);
    return result;
  }

  /** Runs a block of layers and frees its intermediate tensors, but not its result. */
  block(layers) {
    const first = this.#made.length;
    const result = layers();
    this.#free(this.#made.splice(first), [result]);
    return this.#keep(result);
  }

  /** Frees the weights. */
  destroy() {
    for (const tensor of this.#weights.flat()) this.#backend.free(tensor);
    this.#weights = [];
  }

  /**
   * A convolution with its batch normalisation folded in, and an activation.
   * @param options those of `conv`, the output `channels`, and the kernel `size` (default 1)
   */
  conv(x, { channels, size = 1, groups = 1, ...options }) {
    const inputs = x.shape[1] / groups;
    const [w, bias] = this.#layer(() => {
      const shape = [channels, inputs, size, size];
      const kernel = this.#random(shape, inputs * size * size);
      const statistics = {
        mean: this.#random([channels], 12),
        variance: this.#positive([channels]),
        scale: this.#positive([channels]),
        bias: this.#random([channels], 12),
      };
      const folded = this.#backend.operations.foldBatchNorm(kernel, statistics);
      for (const tensor of [kernel, ...Object.values(statistics)]) this.#backend.free(tensor);
      return [folded.w, folded.bias];
    });
    return this.#keep(this.#backend.operations.conv(x, w, { bias, groups, padding: size >> 1, ...options }));
  }

  /** A convolution with one filter for each channel. */
  depthwise(x, options) {
    return this.conv(x, { size: 3, channels: x.shape[1], groups: x.shape[1], ...options });
  }

  /** Global average pooling and a fully connected layer: [N, classes]. */
  classify(x, classes) {
    const pooled = this.#keep(this.#backend.operations.globalAveragePool(x));
    const features = x.shape[1];
    const [w, bias] = this.#layer(() => [this.#random([classes, features], features), this.#random([classes], 12)]);
    const flat = this.#keep(this.#backend.operations.flatten(pooled));
    return this.#keep(this.#backend.operations.linear(flat, w, { bias }));
  }

  /** Calls any other operation by name; its results are freed with the block. */
  apply(name, ...given) {
    const result = this.#backend.operations[name](...given);
    for (const one of Array.isArray(result) ? result : [result]) this.#keep(one);
    return result;
  }

  #keep(tensor) {
    this.#made.push(tensor);
    return tensor;
  }

  #free(tensors, but) {
    for (const tensor of tensors) if (!but.includes(tensor)) this.#backend.free(tensor);
  }

  #layer(make) {
    const at = this.#at++;
    this.#weights[at] ??= make();
    return this.#weights[at];
  }

  /** Uniform numbers of variance 2 / terms, which preserve the magnitude of activations from layer to layer (He et al. 2015). */
  #random(shape, terms) {
    const count = shape.reduce((product, size) => product * size, 1);
    const bound = Math.sqrt(6 / terms);
    const seed = 1 + this.#at * 7919 + count;
    return this.#backend.array(
      randomNumbers(count, seed).map((value) => bound * value),
      shape,
    );
  }

  /** Numbers from 0.5 to 1.5. */
  #positive(shape) {
    const count = shape.reduce((product, size) => product * size, 1);
    return this.#backend.array(
      randomNumbers(count, 3 + this.#at * 104_729 + count).map((value) => 1 + value / 2),
      shape,
    );
  }
}
