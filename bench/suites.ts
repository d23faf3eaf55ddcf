// The suites: lists of layers to measure, by name.
import { type Layer, distinct, shape, square } from "./layer.ts";
import { LAYERS } from "./layers.ts";
import { NETWORKS } from "./networks.ts";
import { sampledLayers } from "./sampled.ts";

/** From Baidu's DeepBench (code/kernels/conv_problems.h): speech, then vision in sizes that the networks lack. */
const DEEPBENCH = distinct("deepbench", [
  shape(1, 32, [161, 700], [5, 20], { stride: 2, padding: 0 }),
  shape(32, 32, [79, 341], [5, 10], { stride: 2, padding: 0 }),
  shape(1, 64, [161, 700], [5, 5], { stride: 2, padding: 1 }),
  shape(64, 64, [80, 350], [3, 3]),
  shape(64, 128, [80, 350], [5, 5], { stride: 2, padding: 1 }),
  shape(256, 512, [20, 84], [5, 5], { stride: 2, padding: 1 }),
  shape(1, 16, [48, 480], [3, 3]),
  shape(64, 128, [6, 60], [3, 3]),
  square(3, 64, 108, 3, { stride: 2 }),
  square(128, 128, 27, 3),
  square(192, 32, 28, 5),
  square(512, 48, 14, 5),
  square(832, 128, 7, 5),
  square(832, 256, 7, 1),
  square(512, 1024, 28, 1, { stride: 2 }),
  // A padded 1x1 kernel: a third or more of the outputs along each axis are zero.
  square(2048, 512, 7, 1, { stride: 2, padding: 3 }),
]);

/** One- and three-dimensional convolutions. */
const AUDIO_VIDEO = distinct("audio-video", [
  // The first layer of Whisper tiny (Radford et al., 2022): 30 s of mel frames.
  shape(80, 384, [3000], [3]),
  shape(64, 64, [4096], [25], { dilation: 4 }),
  shape(32, 64, [16, 28, 28], [3, 3, 3]),
]);

export const SUITES: Readonly<Record<string, readonly Layer[]>> = {
  layers: LAYERS,
  ...NETWORKS,
  deepbench: DEEPBENCH,
  "audio-video": AUDIO_VIDEO,
};

/** The suite that draws its layers (sampled.ts). */
export const SAMPLED_SUITE = "sampled";

/** Which layers the sampled suite has. */
export interface Sample {
  readonly seed: number;
  readonly count: number;
}

export const DEFAULT_SAMPLE: Sample = { seed: 1, count: 24 };

/** Returns the layers of a suite; none if it has other things. */
export function layersOf(suite: string, { seed, count }: Sample = DEFAULT_SAMPLE): readonly Layer[] {
  return suite === SAMPLED_SUITE ? sampledLayers(seed, count) : (SUITES[suite] ?? []);
}

/** The suite of the operations beside convolution (operations.ts). */
export const OPERATIONS_SUITE = "operations";

/** The suite of whole models (models/list.ts). */
export const MODELS_SUITE = "models";

/** The suite of TensorFlow.js with the adapter and without it (tfjs/list.ts). */
export const TFJS_SUITE = "tfjs";

/** The suite of steps of training (training/networks.ts). */
export const TRAINING_SUITE = "training";

/** Whether a suite is a network, so that the times of its layers can be added. */
export function isNetwork(suite: string): boolean {
  return suite in NETWORKS;
}
