// Operations beside convolution on jax-js, channels first. What it has no function for is composed as its users would, and a gradient is its
// formula where the pullback would compute the forward pass again.
import type { Array as JaxArray } from "@jax-js/jax";
import {
  type NormParameters,
  type OperationPeer,
  type OperationRunner,
  type OperationTask,
  type PeerFunctions,
  type Window,
  callEntry,
} from "./operations.ts";

type Jax = typeof import("@jax-js/jax");
type Arrays = Readonly<Record<string, JaxArray>>;

type Parameters = NormParameters<JaxArray> & { groups: number };

const EPSILON = 1e-5;

/** Returns the functions. `all` are the arrays of the entry, each with as many references as it is used. */
function functionsOf(jax: Jax, all: Arrays): PeerFunctions {
  const { numpy: np, nn, lax } = jax;

  /** The gradient of a function of one array. */
  const pull = (compute: (x: JaxArray) => JaxArray, x: JaxArray, dy: JaxArray): JaxArray => {
    const [y, pullback] = jax.vjp(compute, [x]);
    y.dispose();
    return pullback(dy)[0];
  };
  const pool = (
    x: JaxArray,
    { kernelSize, stride = kernelSize, padding = 0 }: Window,
    reduce: (x: JaxArray) => JaxArray,
    outside: number,
  ): JaxArray => {
    const sides: [number, number][] = [
      [0, 0],
      [0, 0],
      [padding, padding],
      [padding, padding],
    ];
    // Its padding is with zeros.
    if (padding > 0 && outside !== 0) throw new Error("it has no padded pooling but that of zeros");
    const padded = padding > 0 ? np.pad(x, sides) : x;
    return lax.reduceWindow(padded, reduce, [kernelSize, kernelSize], [stride, stride]);
  };
  const averagePool = (x: JaxArray, window: Window): JaxArray => pool(x, window, (cells) => np.mean(cells), 0);
  const sumPool = (x: JaxArray, window: Window): JaxArray => pool(x, window, (cells) => np.sum(cells), 0);
  const maxPool = (x: JaxArray, window: Window): JaxArray => pool(x, window, (cells) => np.max(cells), -Infinity);
  const zeros = (shape: readonly number[]): JaxArray => np.zeros([...shape]);
  const bins = (x: JaxArray, outputSize: number): Window => ({ kernelSize: x.shape[2]! / outputSize });
  const even = (x: JaxArray, outputSize: number): boolean => x.shape[2]! % outputSize === 0;
  const each = (parameter: JaxArray): JaxArray => np.reshape(parameter, [1, parameter.shape[0]!, 1, 1]);

  /** Normalises over axes. */
  const normalise = (x: JaxArray, axis: number[], epsilon = EPSILON): JaxArray => {
    const centred = np.subtract(x.ref, np.mean(x, axis, { keepdims: true }));
    const variance = np.mean(np.square(centred.ref), axis, { keepdims: true });
    return np.multiply(centred, np.reciprocal(np.sqrt(np.add(variance, epsilon))));
  };
  const scaled = (x: JaxArray, scale: JaxArray, bias: JaxArray): JaxArray =>
    np.add(np.multiply(x, each(scale)), each(bias));
  const grouped = (x: JaxArray, groups: number): JaxArray => {
    const shape = x.shape;
    return np.reshape(normalise(np.reshape(x, [shape[0]!, groups, -1]), [2]), [...shape]);
  };
  /** The gradients of a normalisation with a scale. */
  const normaliseBackward = (
    compute: (x: JaxArray) => JaxArray,
    [dy, x, scale]: [JaxArray, JaxArray, JaxArray],
    over: number[],
    shaped: (parameter: JaxArray) => JaxArray,
  ): object => {
    const normal = compute(x.ref);
    return {
      dscale: np.sum(np.multiply(normal, dy.ref), over),
      dbias: np.sum(dy.ref, over),
      dx: pull(compute, x, np.multiply(dy, shaped(scale))),
    };
  };
  const logSoftmax = (x: JaxArray): JaxArray => nn.logSoftmax(x, 1);
  /** [N, C, ...] of classes. */
  const hot = (target: JaxArray, classCount: number): JaxArray => {
    const codes = nn.oneHot(np.astype(target, "int32"), classCount);
    return codes.ndim === 2 ? codes : np.transpose(codes, [0, 3, 1, 2]);
  };
  const gelu = (x: JaxArray): JaxArray => nn.gelu(x, { approximate: false });
  const negativeLogLikelihood = (x: JaxArray, target: JaxArray): JaxArray => {
    const count = x.size / x.shape[1]!;
    return np.multiply(np.sum(np.multiply(hot(target, x.shape[1]!), x)), -1 / count);
  };
  const dense = (x: JaxArray, w: JaxArray): JaxArray => np.matmul(x, np.transpose(w));
  const nearest = (x: JaxArray, scale: number): JaxArray => np.repeat(np.repeat(x, scale, 2), scale, 3);
  const shuffle = (x: JaxArray, groups: number): JaxArray => {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    return np.reshape(np.transpose(np.reshape(x, [n, groups, c / groups, h, w]), [0, 2, 1, 3, 4]), [n, c, h, w]);
  };

  return {
    averagePool,
    sumPool,
    maxPool,
    averagePoolBackward: (dy: JaxArray, { inputShape, ...window }: Window & { inputShape: number[] }) =>
      pull((x) => averagePool(x, window), zeros(inputShape), dy),
    sumPoolBackward: (dy: JaxArray, { inputShape, ...window }: Window & { inputShape: number[] }) =>
      pull((x) => sumPool(x, window), zeros(inputShape), dy),
    maxPoolBackward: (dy: JaxArray, _: unknown, window: Window) => pull((x) => maxPool(x, window), all["x"]!.ref, dy),
    globalAveragePool: (x: JaxArray) => np.mean(x, [2, 3], { keepdims: true }),
    globalAveragePoolBackward: (dy: JaxArray, { inputShape }: { inputShape: number[] }) =>
      pull((x) => np.mean(x, [2, 3], { keepdims: true }), zeros(inputShape), dy),
    globalMaxPool: (x: JaxArray) => np.max(x, [2, 3], { keepdims: true }),
    adaptiveAveragePool(x: JaxArray, { outputSize }: { outputSize: number }) {
      if (!even(x, outputSize)) throw new Error("it has no uneven bins");
      return averagePool(x, bins(x, outputSize));
    },
    adaptiveAveragePoolBackward(
      dy: JaxArray,
      { inputShape, outputSize }: { inputShape: number[]; outputSize: number },
    ) {
      return pull((x) => averagePool(x, bins(x, outputSize)), zeros(inputShape), dy);
    },
    upsample(x: JaxArray, { scale, mode }: { scale: number; mode?: string }) {
      if (mode === "linear") throw new Error("it has no linear interpolation");
      return nearest(x, scale);
    },
    upsampleBackward(
      dy: JaxArray,
      { scale, mode, inputShape }: { scale?: number; mode?: string; inputShape: number[] },
    ) {
      if (mode === "linear" || scale === undefined) throw new Error("it has no such interpolation");
      return pull((x) => nearest(x, scale), zeros(inputShape), dy);
    },
    activate: (x: JaxArray, name: string) => (name === "relu" ? nn.relu(x) : gelu(x)),
    activateBackward: (
      dy: JaxArray,
      { activation, output, preActivation }: { activation: string; output: JaxArray; preActivation: JaxArray },
    ) => (activation === "relu" ? np.where(np.greater(output, 0), dy, 0) : pull((x) => gelu(x), preActivation, dy)),
    add: (a: JaxArray, b: JaxArray, { activation }: { activation?: string } = {}) =>
      activation === "relu" ? nn.relu(np.add(a, b)) : np.add(a, b),
    addBackward(dy: JaxArray, { output, bShape }: { output?: JaxArray; bShape?: number[] }) {
      const da = output ? np.where(np.greater(output, 0), dy, 0) : dy;
      return { da: da.ref, db: bShape ? np.sum(da, [0, 1]) : da };
    },
    multiply: (a: JaxArray, b: JaxArray) => np.multiply(a, b),
    multiplyBackward: (dy: JaxArray, a: JaxArray, b: JaxArray) => ({
      da: np.multiply(dy.ref, b),
      db: np.sum(np.multiply(dy, a), [2, 3], { keepdims: true }),
    }),
    sub: (a: JaxArray, b: JaxArray) => np.subtract(a, b),
    divide: (a: JaxArray, b: JaxArray) => np.trueDivide(a, b),
    divideBackward(dy: JaxArray, a: JaxArray, b: JaxArray) {
      const da = np.trueDivide(dy, b.ref);
      return {
        da: da.ref,
        db: np.multiply(np.sum(np.multiply(np.trueDivide(da, b), a), [2], { keepdims: true }), -1),
      };
    },
    maximum: (a: JaxArray, b: JaxArray) => np.maximum(a, b),
    power: (a: JaxArray, b: JaxArray) => np.power(a, b),
    exp: (x: JaxArray) => np.exp(x),
    erf: (x: JaxArray) => lax.erf(x),
    erfBackward: (dy: JaxArray, x: JaxArray) =>
      np.multiply(dy, np.multiply(np.exp(np.multiply(np.square(x), -1)), 2 / Math.sqrt(Math.PI))),
    clamp: (x: JaxArray, { min, max }: { min: number; max: number }) => np.clip(x, min, max),
    where: (condition: JaxArray, a: JaxArray, b: JaxArray) => np.where(np.notEqual(condition, 0), a, b),
    prelu: (x: JaxArray, slope: JaxArray) => np.where(np.greater(x.ref, 0), x.ref, np.multiply(x, each(slope))),
    preluBackward(dy: JaxArray, x: JaxArray, slope: JaxArray) {
      const positive = np.greater(x.ref, 0);
      return {
        dx: np.multiply(dy.ref, np.where(positive.ref, 1, each(slope))),
        dslope: np.sum(np.where(positive, 0, np.multiply(dy, x)), [0, 2, 3]),
      };
    },
    maxout(x: JaxArray, { pieces }: { pieces: number }) {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      return np.max(np.reshape(x, [n, c / pieces, pieces, h, w]), 2);
    },
    softmax: (x: JaxArray) => nn.softmax(x, 1),
    softmaxBackward(dy: JaxArray, { output }: { output: JaxArray }) {
      const product = np.multiply(dy, output.ref);
      return np.subtract(product.ref, np.multiply(np.sum(product, 1, { keepdims: true }), output));
    },
    logSoftmax,
    logSoftmaxBackward: (dy: JaxArray, { output }: { output: JaxArray }) =>
      np.subtract(dy.ref, np.multiply(np.sum(dy, 1, { keepdims: true }), np.exp(output))),
    crossEntropy: (x: JaxArray, target: JaxArray) => negativeLogLikelihood(logSoftmax(x), target),
    crossEntropyBackward(x: JaxArray, target: JaxArray) {
      const [classCount, count] = [x.shape[1]!, x.size / x.shape[1]!];
      return np.multiply(np.subtract(nn.softmax(x, 1), hot(target, classCount)), 1 / count);
    },
    negativeLogLikelihood,
    reduceMean: (x: JaxArray, { axes }: { axes: number[] }) => np.mean(x, axes),
    reduceMax: (x: JaxArray, { axes }: { axes: number[] }) => np.max(x, axes),
    argMax: (x: JaxArray, { axis }: { axis: number }) => np.argmax(x, axis),
    matmul: (a: JaxArray, b: JaxArray) => np.matmul(a, np.matrixTranspose(b)),
    concatenate: (parts: JaxArray[]) => np.concatenate(parts, 1),
    split: (x: JaxArray) => np.split(x, 2, 1),
    channelShuffle: (x: JaxArray, { groups }: { groups: number }) => shuffle(x, groups),
    channelShuffleBackward: (x: JaxArray, { groups }: { groups: number }) => shuffle(x, x.shape[1]! / groups),
    pixelShuffle(x: JaxArray, { factor: f }: { factor: number }) {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      const split = np.reshape(x, [n, c / f / f, f, f, h, w]);
      return np.reshape(np.transpose(split, [0, 1, 4, 2, 5, 3]), [n, c / f / f, h * f, w * f]);
    },
    pixelUnshuffle(x: JaxArray, { factor: f }: { factor: number }) {
      const [n, c, h, w] = x.shape as [number, number, number, number];
      const split = np.reshape(x, [n, c, h / f, f, w / f, f]);
      return np.reshape(np.transpose(split, [0, 1, 3, 5, 2, 4]), [n, c * f * f, h / f, w / f]);
    },
    transpose: (x: JaxArray, { permutation }: { permutation: number[] }) => np.transpose(x, permutation),
    expand: (x: JaxArray, shape: number[]) => np.broadcastTo(x, shape),
    sliceBackward: (dy: JaxArray) =>
      np.pad(dy, [
        [0, 0],
        [3, 0],
        [3, 0],
        [0, 0],
      ]),
    batchNorm: (x: JaxArray, { mean, variance, scale, bias }: Parameters) =>
      scaled(
        np.multiply(np.subtract(x, each(mean)), each(np.reciprocal(np.sqrt(np.add(variance, EPSILON))))),
        scale,
        bias,
      ),
    layerNorm: (x: JaxArray, { scale, bias }: Parameters) => scaled(normalise(x, [1]), scale, bias),
    layerNormBackward: (dy: JaxArray, x: JaxArray, { scale }: Parameters) =>
      normaliseBackward((at) => normalise(at, [1]), [dy, x, scale], [0, 2, 3], each),
    rmsNorm: (x: JaxArray, { scale }: Parameters) => {
      const squares = np.mean(np.square(x.ref), 1, { keepdims: true });
      return np.multiply(np.multiply(x, np.reciprocal(np.sqrt(np.add(squares, EPSILON)))), scale);
    },
    instanceNorm: (x: JaxArray, { scale, bias }: Parameters) => scaled(normalise(x, [2, 3]), scale, bias),
    instanceNormBackward: (dy: JaxArray, x: JaxArray, { scale }: Parameters) =>
      normaliseBackward((at) => normalise(at, [2, 3]), [dy, x, scale], [0, 2, 3], each),
    groupNorm: (x: JaxArray, { groups, scale, bias }: Parameters) => scaled(grouped(x, groups), scale, bias),
    groupNormBackward: (dy: JaxArray, x: JaxArray, { groups, scale }: Parameters) =>
      normaliseBackward((at) => grouped(at, groups), [dy, x, scale], [0, 2, 3], each),
    linear: (x: JaxArray, w: JaxArray, { bias }: { bias: JaxArray }) => np.add(dense(x, w), bias),
    linearBackward: (dy: JaxArray, x: JaxArray, w: JaxArray) => ({
      dx: np.matmul(dy.ref, w),
      dw: np.matmul(np.transpose(dy.ref), x),
      db: np.sum(dy, 0),
    }),
  };
}

async function prepare(jax: Jax, device: GPUDevice, task: OperationTask): Promise<OperationRunner> {
  const names = Object.keys(task.all);
  const arrays = names.map((name) => {
    const { data, shape } = task.all[name]!;
    return jax.numpy.array(data as Float32Array, { shape: [...shape] });
  });
  await jax.blockUntilReady(arrays);
  const compute = jax.jit((...given: JaxArray[]) => {
    const all = Object.fromEntries(names.map((name, at) => [name, given[at]!]));
    return callEntry(task, functionsOf(jax, all), all);
  });
  let last: Arrays = {};
  const free = (): void => {
    for (const array of Object.values(last)) array.dispose();
    last = {};
  };
  return {
    async run() {
      free();
      last = compute(...arrays.map((array) => array.ref));
      // Evaluation is lazy: this submits the work.
      for (const array of Object.values(last)) await array.ref.gpuBuffer();
    },
    sync: () => device.queue.onSubmittedWorkDone(),
    async read() {
      const read = Object.entries(last).map(async ([name, array]) => [name, await array.ref.data()] as const);
      return Object.fromEntries(await Promise.all(read));
    },
    dispose() {
      free();
      for (const array of arrays) array.dispose();
      compute.dispose();
    },
  };
}

export function jaxOperations(jax: Jax, device: GPUDevice): OperationPeer {
  const known = functionsOf(jax, {});
  return {
    layout: "channels-first",
    has: (operation) => operation in known,
    prepare: (task) => prepare(jax, device, task),
  };
}
