// Normalisations.
import { type BenchOperation, entry, positive } from "./entry.ts";

const RESNET = { shape: [1, 64, 56, 56] };
const CONVNEXT = { shape: [1, 96, 56, 56] };
const TRANSFER = { shape: [1, 128, 64, 64] };
const DDPM = { shape: [1, 128, 32, 32] };
const TOKENS = { shape: [512, 2048], batched: false };
const ALEXNET = { shape: [1, 96, 55, 55] };

/** The sizes of AlexNet (2012), as options. */
const RESPONSES = { size: 5, alpha: 1e-4, beta: 0.75, k: 2, average: false };

/** One number for each channel. */
const channels = (count: number): { shape: [number] } => ({ shape: [count] });

export const NORMALISATIONS: readonly BenchOperation[] = [
  entry({
    operation: "batchNorm",
    name: "ResNet-50, 64 channels",
    batch: 4,
    inputs: {
      ...{ x: RESNET, mean: channels(64), variance: { ...channels(64), values: positive } },
      ...{ scale: channels(64), bias: channels(64) },
    },
    call: (on, { x, ...parameters }, { layout }) => ({ y: on.batchNorm(x, { ...parameters, ...layout }) }),
  }),
  entry({
    operation: "batchNormTraining",
    name: "ResNet-50, 64 channels",
    batch: 4,
    inputs: {
      ...{ x: RESNET, scale: channels(64), bias: channels(64) },
      ...{ runningMean: channels(64), runningVariance: { ...channels(64), values: positive } },
    },
    call: (on, { x, ...parameters }, { layout }) => ({ ...on.batchNormTraining(x, { ...parameters, ...layout }) }),
    changes: ["runningMean", "runningVariance"],
  }),
  entry({
    operation: "batchNormBackward",
    name: "ResNet-50, 64 channels",
    batch: 4,
    inputs: { dy: RESNET, x: RESNET, scale: channels(64) },
    before: (on, { x }, { layout }) => ({ ...on.batchNormTraining(x, layout) }),
    given: ["dy", "x", "scale", "mean", "inverseDeviation"],
    call: (on, { dy, x, scale, mean, inverseDeviation }, { layout }) => ({
      ...on.batchNormBackward(dy, x, { scale, mean: mean!, inverseDeviation: inverseDeviation!, ...layout }),
    }),
  }),
  entry({
    operation: "layerNorm",
    name: "ConvNeXt-T, channels",
    batch: 2,
    inputs: { x: CONVNEXT, scale: channels(96), bias: channels(96) },
    call: (on, { x, scale, bias }, { layout }) => ({
      y: on.layerNorm(x, { axes: "channels", scale, bias, ...layout }),
    }),
  }),
  entry({
    operation: "layerNormBackward",
    name: "ConvNeXt-T, channels",
    batch: 2,
    inputs: { dy: CONVNEXT, x: CONVNEXT, scale: channels(96) },
    call: (on, { dy, x, scale }, { layout }) => ({
      ...on.layerNormBackward(dy, x, { axes: "channels", scale, ...layout }),
    }),
  }),
  entry({
    operation: "rmsNorm",
    name: "Llama, 512 tokens of 2048",
    inputs: { x: TOKENS, scale: channels(2048) },
    call: (on, { x, scale }) => ({ y: on.rmsNorm(x, { axes: [-1], scale }) }),
  }),
  entry({
    operation: "rmsNormBackward",
    name: "Llama, 512 tokens of 2048",
    inputs: { dy: TOKENS, x: TOKENS, scale: channels(2048) },
    call: (on, { dy, x, scale }) => ({ ...on.rmsNormBackward(dy, x, { axes: [-1], scale }) }),
  }),
  entry({
    operation: "lpNormalize",
    name: "512 embeddings of 2048",
    inputs: { x: TOKENS },
    call: (on, { x }) => ({ y: on.lpNormalize(x, { axis: -1 }) }),
  }),
  entry({
    operation: "lpNormalizeBackward",
    name: "512 embeddings of 2048",
    inputs: { dy: TOKENS, x: TOKENS },
    call: (on, { dy, x }) => ({ dx: on.lpNormalizeBackward(dy, x, { axis: -1 }) }),
  }),
  // Johnson et al. (2016), with the normalisation of Ulyanov et al. (2016).
  entry({
    operation: "instanceNorm",
    name: "style transfer",
    inputs: { x: TRANSFER, scale: channels(128), bias: channels(128) },
    call: (on, { x, scale, bias }, { layout }) => ({ y: on.instanceNorm(x, { scale, bias, ...layout }) }),
  }),
  entry({
    operation: "instanceNormBackward",
    name: "style transfer",
    inputs: { dy: TRANSFER, x: TRANSFER, scale: channels(128) },
    call: (on, { dy, x, scale }, { layout }) => ({ ...on.instanceNormBackward(dy, x, { scale, ...layout }) }),
  }),
  entry({
    operation: "groupNorm",
    name: "DDPM, 32 groups",
    batch: 4,
    inputs: { x: DDPM, scale: channels(128), bias: channels(128) },
    call: (on, { x, scale, bias }, { layout }) => ({ y: on.groupNorm(x, { groups: 32, scale, bias, ...layout }) }),
  }),
  entry({
    operation: "groupNormBackward",
    name: "DDPM, 32 groups",
    batch: 4,
    inputs: { dy: DDPM, x: DDPM, scale: channels(128) },
    call: (on, { dy, x, scale }, { layout }) => ({
      ...on.groupNormBackward(dy, x, { groups: 32, scale, ...layout }),
    }),
  }),
  entry({
    operation: "foldBatchNorm",
    name: "ResNet-50, 1x1 512->2048",
    inputs: {
      ...{ w: { shape: [2048, 512, 1, 1], weights: true }, mean: channels(2048) },
      ...{ variance: { ...channels(2048), values: positive }, scale: channels(2048), bias: channels(2048) },
    },
    call: (on, { w, ...parameters }, { layout }) => ({ ...on.foldBatchNorm(w, { ...parameters, ...layout }) }),
  }),
  entry({
    operation: "localResponseNorm",
    name: "AlexNet, 5 of 96 channels",
    batch: 2,
    inputs: { x: ALEXNET },
    call: (on, { x }, { layout }) => ({ y: on.localResponseNorm(x, { ...RESPONSES, ...layout }) }),
  }),
  entry({
    operation: "localResponseNormBackward",
    name: "AlexNet, 5 of 96 channels",
    batch: 2,
    inputs: { dy: ALEXNET, x: ALEXNET },
    call: (on, { dy, x }, { layout }) => ({ dx: on.localResponseNormBackward(dy, x, { ...RESPONSES, ...layout }) }),
  }),
];
