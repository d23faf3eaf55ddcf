// The networks of the suite of training, as data that each engine interprets: layers in order, and their parameters with the same initial values
// for all engines.
import { noise } from "../../src/planner/noise.ts";
import { BOTTLENECKS } from "../mobilenet-v2.ts";

/** What follows a convolution, a normalisation or a sum. */
export type Nonlinearity = "relu" | "relu6";

export interface ConvLayer {
  readonly kind: "conv";
  readonly outputs: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  /** A kernel for each channel, rather than for all together. */
  readonly depthwise: boolean;
  readonly bias: boolean;
  readonly activation?: Nonlinearity;
}

export type TrainedLayer =
  | ConvLayer
  /** Batch normalisation with the statistics of the batch. */
  | { readonly kind: "norm"; readonly activation?: Nonlinearity }
  /** The mean of windows of 2 x 2, side by side. */
  | { readonly kind: "averagePool" }
  /** The mean of each map, as rows [N, C]. */
  | { readonly kind: "globalAveragePool" }
  /** A map of one cell as rows [N, C]. */
  | { readonly kind: "flatten" }
  | { readonly kind: "linear"; readonly outputs: number; readonly activation?: Nonlinearity }
  /** The sum of what two branches make of the same map; an empty one passes it on. */
  | {
      readonly kind: "residual";
      readonly body: readonly TrainedLayer[];
      readonly shortcut: readonly TrainedLayer[];
      readonly activation?: Nonlinearity;
    };

export interface TrainedNetwork {
  readonly id: string;
  readonly channels: number;
  /** Height and width of the pictures. */
  readonly size: number;
  readonly classes: number;
  readonly layers: readonly TrainedLayer[];
  /**
   * The losses before each of the first steps in float64 (reference.ts), as far as rounding changes them by less than 0.1 %. In the first step of MobileNet
   * v2 some normalised numbers lie so near to 0 or 6 that rounding decides whether gradients pass relu6: weights that differ by 1e-7 change the second
   * loss by 0.01 %, the third by 0.1 % and the fourth by 3 %, and float32 on SwiftShader the second by 0.06 % and the third by 3 %.
   */
  readonly losses: readonly number[];
}

type ConvOptions = Partial<Omit<ConvLayer, "kind" | "outputs" | "kernel">>;

function conv(outputs: number, kernel: number, options: ConvOptions = {}): ConvLayer {
  const usual = { stride: 1, padding: (kernel - 1) / 2, depthwise: false, bias: false };
  return { kind: "conv", outputs, kernel, ...usual, ...options };
}

/** LeCun et al. (1998) with relu and plain averages. */
function lenet5(): TrainedLayer[] {
  const open = { padding: 0, bias: true, activation: "relu" } as const;
  return [
    ...[conv(6, 5, open), { kind: "averagePool" } as const],
    ...[conv(16, 5, open), { kind: "averagePool" } as const],
    ...[conv(120, 5, open), { kind: "flatten" } as const],
    { kind: "linear", outputs: 84, activation: "relu" },
    { kind: "linear", outputs: 10 },
  ];
}

/** He et al. (2015), section 4.2, with 6n + 2 layers for n = 1 and projections where sizes change. */
function resnet8(): TrainedLayer[] {
  const block = (outputs: number, stride: number): TrainedLayer => ({
    kind: "residual",
    body: [conv(outputs, 3, { stride }), { kind: "norm", activation: "relu" }, conv(outputs, 3), { kind: "norm" }],
    shortcut: stride > 1 ? [conv(outputs, 1, { stride }), { kind: "norm" }] : [],
    activation: "relu",
  });
  return [
    ...[conv(16, 3), { kind: "norm", activation: "relu" } as const],
    ...[block(16, 1), block(32, 2), block(64, 2)],
    ...[{ kind: "globalAveragePool" } as const, { kind: "linear", outputs: 10 } as const],
  ];
}

/** Sandler et al. (2018). */
function mobilenetV2(): TrainedLayer[] {
  const normed = (one: TrainedLayer): TrainedLayer[] => [one, { kind: "norm", activation: "relu6" }];
  const layers = normed(conv(32, 3, { stride: 2 }));
  let channels = 32;
  for (const [expansion, outputs, count, first] of BOTTLENECKS) {
    for (let at = 0; at < count; at++) {
      const stride = at === 0 ? first : 1;
      const wide = channels * expansion;
      const body: TrainedLayer[] = [
        ...(expansion > 1 ? normed(conv(wide, 1)) : []),
        ...normed(conv(wide, 3, { stride, depthwise: true })),
        ...[conv(outputs, 1), { kind: "norm" } as const],
      ];
      layers.push(...(at > 0 ? [{ kind: "residual", body, shortcut: [] } as const] : body));
      channels = outputs;
    }
  }
  return [...layers, ...normed(conv(1280, 1)), { kind: "globalAveragePool" }, { kind: "linear", outputs: 100 }];
}

export const TRAINED: readonly TrainedNetwork[] = [
  {
    id: "lenet5",
    channels: 1,
    size: 32,
    classes: 10,
    layers: lenet5(),
    losses: [2.212708, 2.186838, 2.141832, 2.090086],
  },
  {
    id: "resnet8",
    channels: 3,
    size: 32,
    classes: 10,
    layers: resnet8(),
    losses: [2.735539, 2.681536, 2.58241, 2.449394],
  },
  // The smallest pictures of the paper.
  { id: "mobilenet-v2", channels: 3, size: 96, classes: 100, layers: mobilenetV2(), losses: [4.991622, 4.388191] },
];

/** Samples of a step. */
export const TRAINING_BATCH = 8;

export const LEARNING_RATE = 0.01;
export const MOMENTUM = 0.9;
export const EPSILON = 1e-5;

export function networkOf(id: string): TrainedNetwork {
  const network = TRAINED.find((one) => one.id === id);
  if (!network) throw new Error(`there is no network ${id}`);
  return network;
}

/** Weights of a convolution [K, C, R, S], of a fully connected layer [out, in], or numbers for each channel. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** Returns the parameters in the order in which the layers take them: weights before biases, scales before biases, bodies before shortcuts. */
export function parametersOf({ channels, layers }: TrainedNetwork): Parameter[] {
  const made: Parameter[] = [];
  /** Uniform with variance 2 / terms (He et al. 2015). */
  const weights = (shape: readonly number[]): void => {
    const size = shape.reduce((product, one) => product * one, 1);
    const bound = Math.sqrt(6 / (size / shape[0]!));
    made.push({
      shape,
      values: noise(size, 7919 * (made.length + 1)).map((value) => value * bound),
    });
  };
  const constants = (count: number, value: number): void =>
    void made.push({ shape: [count], values: new Float32Array(count).fill(value) });
  const walk = (list: readonly TrainedLayer[], before: number): number =>
    list.reduce((inputs, layer) => {
      switch (layer.kind) {
        case "conv":
          weights([layer.outputs, layer.depthwise ? 1 : inputs, layer.kernel, layer.kernel]);
          if (layer.bias) constants(layer.outputs, 0);
          return layer.outputs;
        case "norm":
          constants(inputs, 1);
          constants(inputs, 0);
          return inputs;
        case "linear":
          weights([layer.outputs, inputs]);
          constants(layer.outputs, 0);
          return layer.outputs;
        case "residual": {
          const outputs = walk(layer.body, inputs);
          walk(layer.shortcut, inputs);
          return outputs;
        }
        default:
          return inputs;
      }
    }, before);
  walk(layers, channels);
  return made;
}

/** Pictures [N, C, H, W] and their classes. */
export function trainingData({ channels, size, classes }: TrainedNetwork): { images: Parameter; labels: number[] } {
  const shape = [TRAINING_BATCH, channels, size, size];
  const images = { shape, values: noise(TRAINING_BATCH * channels * size * size, 5) as Parameter["values"] };
  return { images, labels: Array.from({ length: TRAINING_BATCH }, (_, at) => (at * 7 + 3) % classes) };
}

/** How an engine computes each layer. T is its array, P its parameters. */
export interface LayerComputer<T, P> {
  conv(x: T, layer: ConvLayer, w: P, bias: P | undefined): T;
  norm(x: T, scale: P, bias: P, activation: Nonlinearity | undefined): T;
  averagePool(x: T): T;
  globalAveragePool(x: T): T;
  flatten(x: T): T;
  linear(x: T, w: P, bias: P, activation: Nonlinearity | undefined): T;
  add(a: T, b: T, activation: Nonlinearity | undefined): T;
  /** Returns x for one of its two uses. */
  share(x: T): T;
}

/** Computes the layers on an engine. */
export function forward<T, P>(
  { layers }: TrainedNetwork,
  parameters: readonly P[],
  input: T,
  on: LayerComputer<T, P>,
): T {
  let at = 0;
  const next = (): P => parameters[at++]!;
  const walk = (list: readonly TrainedLayer[], before: T): T =>
    list.reduce((x, layer) => {
      switch (layer.kind) {
        case "conv":
          return on.conv(x, layer, next(), layer.bias ? next() : undefined);
        case "norm":
          return on.norm(x, next(), next(), layer.activation);
        case "linear":
          return on.linear(x, next(), next(), layer.activation);
        case "residual": {
          const body = walk(layer.body, on.share(x));
          return on.add(body, walk(layer.shortcut, x), layer.activation);
        }
        default:
          return on[layer.kind](x);
      }
    }, before);
  return walk(layers, input);
}
