// Operations beside convolution on TensorFlow.js, channels last. Gradients are the kernels and formulas of its own gradients, on results of the
// forward pass where those are given.
import type { NamedAttrMap, Rank, Tensor4D } from "@tensorflow/tfjs-core";
import {
  type NormParameters,
  type OperationPeer,
  type OperationRunner,
  type OperationTask,
  type PeerFunctions,
  type Resizing,
  type Window,
  callEntry,
} from "./operations.ts";

/** Of any rank: most functions of the package ask for none, and some for this one. */
type Tensor = Tensor4D;
type Four = [number, number, number, number];
type TensorFlow = typeof import("@tensorflow/tfjs-core");
type Tensors = Readonly<Record<string, Tensor>>;

type Parameters = NormParameters<Tensor>;

const EPSILON = 1e-5;

function functionsOf(tf: TensorFlow, all: Tensors): PeerFunctions {
  const kernel = (name: string, inputs: Record<string, Tensor>, attributes: NamedAttrMap): Tensor =>
    tf.engine().runKernel(name, inputs, attributes);
  /** Pads maps with zeros, which its pooling leaves out of means. */
  const padded = (x: Tensor, cells: number): Tensor =>
    cells === 0
      ? x
      : tf.pad(x, [
          [0, 0],
          [cells, cells],
          [cells, cells],
          [0, 0],
        ]);
  const attributes = ({ kernelSize, stride = kernelSize }: Window) => ({
    filterSize: [kernelSize, kernelSize],
    strides: [stride, stride],
    pad: "valid",
  });
  const averagePoolBackward = (
    dy: Tensor,
    { inputShape, padding = 0, ...window }: Window & { inputShape: number[] },
  ): Tensor => {
    const [n, h, w, c] = inputShape as [number, number, number, number];
    const input = tf.zeros<Rank.R4>([n, h + 2 * padding, w + 2 * padding, c]);
    const dx = kernel("AvgPoolGrad", { dy, input }, attributes(window));
    return padding === 0 ? dx : tf.slice(dx, [0, padding, padding, 0], [n, h, w, c]);
  };
  const size = (x: Tensor, { scale, outputSize }: Resizing): [number, number] =>
    scale === undefined ? [outputSize!, outputSize!] : [x.shape[1] * scale, x.shape[2] * scale];
  const gradientOfActivation = (dy: Tensor, output: Tensor): Tensor => tf.mul(dy, tf.step(output));
  const normalise = (x: Tensor, axes: number[]): Tensor => {
    const { mean, variance } = tf.moments(x, axes, true);
    return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, EPSILON)));
  };
  const scaled = (x: Tensor, { scale, bias }: Parameters): Tensor => tf.add(tf.mul(x, scale), bias);
  const negativeLogLikelihood = (x: Tensor, target: Tensor): Tensor => {
    const [classCount, count] = [x.shape.at(-1)!, target.size];
    return tf.mul(tf.sum(tf.mul(x, tf.oneHot(tf.cast(target, "int32"), classCount))), -1 / count);
  };
  const shuffle = (x: Tensor, groups: number): Tensor => {
    const [n, h, w, c] = x.shape;
    return tf.reshape(tf.transpose(tf.reshape(x, [n, h, w, groups, c / groups]), [0, 1, 2, 4, 3]), [n, h, w, c]);
  };
  const resize = (x: Tensor, options: Resizing): Tensor => {
    const align = options.coordinates === "align-corners";
    const to = size(x, options);
    return options.mode === "linear"
      ? tf.image.resizeBilinear(x, to, align, !align)
      : tf.image.resizeNearestNeighbor(x, to, false, false);
  };
  const resizeBackward = (dy: Tensor, { inputShape, ...options }: Resizing & { inputShape: number[] }): Tensor => {
    const alignCorners = options.coordinates === "align-corners";
    const images = tf.zeros<Rank.R4>(inputShape as Four);
    if (options.mode !== "linear") return kernel("ResizeNearestNeighborGrad", { images, dy }, { alignCorners });
    if (!alignCorners) throw new Error("its gradient of this interpolation has other coordinates");
    return kernel("ResizeBilinearGrad", { images, dy }, { alignCorners });
  };

  return {
    averagePool: (x: Tensor, { kernelSize, stride = kernelSize, padding = 0 }: Window) =>
      tf.avgPool(padded(x, padding), kernelSize, stride, "valid"),
    averagePoolBackward,
    maxPool: (x: Tensor, { kernelSize, stride = kernelSize }: Window) => tf.maxPool(x, kernelSize, stride, "valid"),
    maxPoolBackward: (dy: Tensor, _: unknown, window: Window) =>
      kernel("MaxPoolGrad", { dy, input: all["x"]!, output: all["y"]! }, attributes(window)),
    globalAveragePool: (x: Tensor) => tf.mean(x, [1, 2], true),
    globalAveragePoolBackward: (dy: Tensor, { inputShape }: { inputShape: number[] }) =>
      tf.broadcastTo(tf.mul(dy, 1 / (inputShape[1]! * inputShape[2]!)), inputShape),
    globalMaxPool: (x: Tensor) => tf.max(x, [1, 2], true),
    adaptiveAveragePool(x: Tensor, { outputSize }: { outputSize: number }) {
      const bin = x.shape[1] / outputSize;
      if (!Number.isInteger(bin)) throw new Error("it has no uneven bins");
      return tf.avgPool(x, bin, bin, "valid");
    },
    adaptiveAveragePoolBackward: (
      dy: Tensor,
      { inputShape, outputSize }: { inputShape: number[]; outputSize: number },
    ) => averagePoolBackward(dy, { inputShape, kernelSize: inputShape[1]! / outputSize }),
    upsample: resize,
    upsampleBackward: resizeBackward,
    resize(x: Tensor, options: Resizing) {
      if (options.mode !== "linear" || options.antialias) throw new Error("it has no such interpolation");
      return resize(x, options);
    },
    resizeBackward,
    activate: (x: Tensor, name: string) =>
      name === "relu" ? tf.relu(x) : tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
    activateBackward(dy: Tensor, { activation, output }: { activation: string; output: Tensor }) {
      if (activation !== "relu") throw new Error("it has no such gradient");
      return gradientOfActivation(dy, output);
    },
    add: (a: Tensor, b: Tensor, { activation }: { activation?: string } = {}) =>
      activation === "relu" ? tf.relu(tf.add(a, b)) : tf.add(a, b),
    addBackward(dy: Tensor, { output, bShape }: { output?: Tensor; bShape?: number[] }) {
      const da = output ? gradientOfActivation(dy, output) : tf.clone(dy);
      return { da, db: bShape ? tf.sum(dy, [0, 1]) : tf.clone(da) };
    },
    multiply: (a: Tensor, b: Tensor) => tf.mul(a, b),
    multiplyBackward: (dy: Tensor, a: Tensor, b: Tensor) => ({
      da: tf.mul(dy, b),
      db: tf.sum(tf.mul(dy, a), [1, 2], true),
    }),
    sub: (a: Tensor, b: Tensor) => tf.sub(a, b),
    divide: (a: Tensor, b: Tensor) => tf.div(a, b),
    divideBackward: (dy: Tensor, a: Tensor, b: Tensor) => ({
      da: tf.div(dy, b),
      db: tf.neg(tf.div(tf.sum(tf.mul(dy, a), [2], true), tf.square(b))),
    }),
    maximum: (a: Tensor, b: Tensor) => tf.maximum(a, b),
    power: (a: Tensor, b: Tensor) => tf.pow(a, b),
    exp: (x: Tensor) => tf.exp(x),
    erf: (x: Tensor) => tf.erf(x),
    erfBackward: (dy: Tensor, x: Tensor) => tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(x))), 2 / Math.sqrt(Math.PI))),
    clamp: (x: Tensor, { min, max }: { min: number; max: number }) => tf.clipByValue(x, min, max),
    where: (condition: Tensor, a: Tensor, b: Tensor) => tf.where(tf.cast(condition, "bool"), a, b),
    prelu: (x: Tensor, slope: Tensor) => tf.prelu(x, slope),
    softmax: (x: Tensor) => tf.softmax(x),
    softmaxBackward(dy: Tensor, { output }: { output: Tensor }) {
      const product = tf.mul(dy, output);
      return tf.sub(product, tf.mul(tf.sum(product, [1], true), output));
    },
    logSoftmax: (x: Tensor) => tf.logSoftmax(x),
    logSoftmaxBackward: (dy: Tensor, { output }: { output: Tensor }) =>
      tf.sub(dy, tf.mul(tf.sum(dy, [dy.shape.length - 1], true), tf.exp(output))),
    crossEntropy: (x: Tensor, target: Tensor) => negativeLogLikelihood(tf.logSoftmax(x), target),
    crossEntropyBackward(x: Tensor, target: Tensor) {
      const codes = tf.oneHot(tf.cast(target, "int32"), x.shape.at(-1)!);
      return tf.mul(tf.sub(tf.softmax(x), codes), 1 / target.size);
    },
    negativeLogLikelihood,
    reduceMean: (x: Tensor, { axes }: { axes: number[] }) => tf.mean(x, axes),
    reduceMax: (x: Tensor, { axes }: { axes: number[] }) => tf.max(x, axes),
    argMax: (x: Tensor, { axis }: { axis: number }) => tf.argMax(x, axis),
    matmul: (a: Tensor, b: Tensor) => tf.matMul(a, b, false, true),
    concatenate: (parts: Tensor[]) => tf.concat(parts, 3),
    split: (x: Tensor) => tf.split(x, 2, 3),
    channelShuffle: (x: Tensor, { groups }: { groups: number }) => shuffle(x, groups),
    channelShuffleBackward: (x: Tensor, { groups }: { groups: number }) => shuffle(x, x.shape[3] / groups),
    pad: (x: Tensor, { padding }: { padding: [number, number][] }) => tf.mirrorPad(x, padding, "reflect"),
    transpose: (x: Tensor, { permutation }: { permutation: number[] }) => tf.transpose(x, permutation),
    slice: (x: Tensor) => tf.slice(x, [0, 3, 3, 0], [x.shape[0], 53, 53, x.shape[3]]),
    sliceBackward: (dy: Tensor) =>
      tf.pad(dy, [
        [0, 0],
        [3, 0],
        [3, 0],
        [0, 0],
      ]),
    expand: (x: Tensor, shape: number[]) => tf.broadcastTo(x, shape),
    batchNorm: (x: Tensor, { mean, variance, bias, scale }: Parameters) =>
      tf.batchNorm(x, mean, variance, bias, scale, EPSILON),
    layerNorm: (x: Tensor, parameters: Parameters) => scaled(normalise(x, [3]), parameters),
    instanceNorm: (x: Tensor, parameters: Parameters) => scaled(normalise(x, [1, 2]), parameters),
    rmsNorm: (x: Tensor, { scale }: Parameters) =>
      tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), EPSILON))), scale),
    groupNorm(x: Tensor, { groups, ...parameters }: Parameters & { groups: number }) {
      const [n, h, w, c] = x.shape;
      const split = tf.reshape<Rank.R4>(x, [n, h * w, groups, c / groups]);
      return scaled(tf.reshape<Rank.R4>(normalise(split, [1, 3]), [n, h, w, c]), parameters);
    },
    localResponseNorm: (x: Tensor) => tf.localResponseNormalization(x, 2, 2, 1e-4, 0.75),
    localResponseNormBackward: (dy: Tensor, x: Tensor) =>
      kernel(
        "LRNGrad",
        { x, y: tf.localResponseNormalization(x, 2, 2, 1e-4, 0.75), dy },
        { depthRadius: 2, bias: 2, alpha: 1e-4, beta: 0.75 },
      ),
    linear: (x: Tensor, w: Tensor, { bias }: { bias: Tensor }) => tf.add(tf.matMul(x, w, false, true), bias),
    linearBackward: (dy: Tensor, x: Tensor, w: Tensor) => ({
      dx: tf.matMul(dy, w),
      dw: tf.matMul(dy, x, true),
      db: tf.sum(dy, [0]),
    }),
  };
}

/** Waits for the GPU. */
type Sync = () => Promise<void>;

async function prepare(tf: TensorFlow, sync: Sync, task: OperationTask): Promise<OperationRunner> {
  const made = Object.entries(task.all).map(([name, { data, shape }]): [string, Tensor] => [
    name,
    tf.tensor<Rank>(data as Float32Array, [...shape]) as Tensor,
  ]);
  const all = Object.fromEntries(made);
  const functions = functionsOf(tf, all);
  let last: Tensors = {};
  const free = (): void => {
    for (const tensor of Object.values(last)) tensor.dispose();
    last = {};
  };
  return {
    run() {
      free();
      last = tf.tidy(() => callEntry(task, functions, all));
    },
    sync,
    async read() {
      const read = Object.entries(last).map(async ([name, tensor]) => [name, await tensor.data()] as const);
      return Object.fromEntries(await Promise.all(read));
    },
    dispose() {
      free();
      for (const tensor of Object.values(all)) tensor.dispose();
    },
  };
}

export function tfjsOperations(tf: TensorFlow, sync: Sync): OperationPeer {
  const known = functionsOf(tf, {});
  return {
    layout: "channels-last",
    has: (operation) => operation in known,
    prepare: (task) => prepare(tf, sync, task),
  };
}
