// At least one small valid call of every operation beside convolution: for tests that treat all operations alike.
import type { Layout } from "../../src/index.ts";
import { localProblem, localShape } from "../../src/ops/locally-connected/geometry.ts";
import { joinShape } from "../../src/problem/problem.ts";
import type { Given, OperationCall } from "./call.ts";

/** What the shapes of the calls are computed from; kernels differ by each of these. */
export interface Extent {
  readonly layout: Layout;
  /** Even; kernels process four channels at once where this is a multiple of 4. */
  readonly channels: number;
  /** Even: cells along each of the two spatial axes. */
  readonly size: number;
}

const N = 2;

/** Calls of all operations. */
export function operationCalls(extent: Extent): OperationCall[] {
  return [
    ...elementwise(extent),
    ...moves(extent),
    ...layers(extent),
    ...norms(extent),
    ...pooling(extent),
    ...unpooling(extent),
  ];
}

const f32 = (shape: readonly number[]): Given => ({ f32: shape });

function shapes({ layout, channels: C, size }: Extent) {
  const map = (channels = C, cells = size): number[] => joinShape(N, channels, [cells, cells], layout);
  const one = joinShape(1, C, [1, 1], layout);
  const weights = (outer: number, inner: number, cells = 3): number[] =>
    layout === "channels-first" ? [outer, inner, cells, cells] : [cells, cells, inner, outer];
  return { C, size, map, one, weights, channel: [C] };
}

function elementwise(extent: Extent): OperationCall[] {
  const { C, size, map, one, channel } = shapes(extent);
  const x = map();
  const summed = { scale: 0.5, activation: "relu" };
  const losses = f32([N, size, size]);
  return [
    { operation: "activate", given: [x], options: "gelu" },
    { operation: "activateBackward", given: [x], options: { activation: "relu" }, tensors: { output: x } },
    { operation: "activateBackward", given: [x], options: { activation: "gelu" }, tensors: { preActivation: x } },
    { operation: "softmax", given: [x], options: {} },
    { operation: "logSoftmax", given: [x], options: { axis: -1 } },
    { operation: "softmaxBackward", given: [x], options: {}, tensors: { output: x } },
    { operation: "logSoftmaxBackward", given: [x], options: { axis: 1 }, tensors: { output: x } },
    { operation: "crossEntropy", given: [x, losses], options: {}, tensors: { weight: channel } },
    { operation: "crossEntropy", given: [x, x], options: { reduction: "none" } },
    {
      ...{ operation: "crossEntropyBackward", given: [x, losses], options: { labelSmoothing: 0.1 } },
      tensors: { weight: channel, dy: f32([1]) },
    },
    { operation: "crossEntropyBackward", given: [x, x], options: {} },
    { operation: "negativeLogLikelihood", given: [x, losses], options: {} },
    { operation: "negativeLogLikelihoodBackward", given: [x, losses], options: {} },
    {
      operation: "matmul",
      given: [
        [2, C, size],
        [2, C, size],
      ],
      options: { transposeB: true },
    },
    {
      operation: "matmulBackward",
      given: [
        [2, C, C],
        [2, C, size],
        [size, C],
      ],
      options: {},
    },
    ...reductions(x),
    { operation: "argMax", given: [x], options: {} },
    { operation: "argMin", given: [x], options: { axis: -1, keepDimensions: true } },
    { operation: "add", given: [x, x], options: summed },
    { operation: "addBackward", given: [x], options: summed, tensors: { output: x } },
    { operation: "add", given: [one, channel] },
    { operation: "addBackward", given: [x], options: { bShape: one } },
    { operation: "sub", given: [x, one], options: { activation: "mish" } },
    { operation: "subBackward", given: [x], options: { ...summed, aShape: one }, tensors: { preActivation: x } },
    ...(["multiply", "divide", "minimum", "maximum", "power"] as const).flatMap((operation): OperationCall[] => [
      { operation, given: [x, one] },
      { operation: `${operation}Backward`, given: [x, x, one] },
    ]),
    { operation: "equal", given: [x, one] },
    { operation: "greater", given: [x, one] },
    { operation: "greaterOrEqual", given: [one, x] },
    ...(["sqrt", "exp", "log", "abs", "reciprocal", "erf"] as const).flatMap((operation): OperationCall[] => [
      { operation, given: [x] },
      { operation: `${operation}Backward`, given: [x, x] },
    ]),
    ...(["negate", "floor", "ceil", "round", "sign"] as const).map((operation): OperationCall => ({
      operation,
      given: [x],
    })),
    { operation: "clamp", given: [x], options: { min: 0, max: 6 } },
    { operation: "clampBackward", given: [x, x], options: { min: 0 } },
    { operation: "where", given: [one, x, []] },
    { operation: "whereBackward", given: [x, one], options: { bShape: [] } },
    { operation: "prelu", given: [x, channel] },
    { operation: "preluBackward", given: [x, x, channel] },
    { operation: "maxout", given: [x], options: { pieces: 2 } },
    { operation: "maxoutBackward", given: [map(C / 2), x], options: { pieces: 2 } },
    { operation: "dropout", given: [x], options: { seed: 7 } },
    { operation: "dropout", given: [x], options: { seed: 7, perChannel: true } },
    { operation: "dropoutWithMask", given: [x], options: { seed: 7 } },
    { operation: "dropoutBackward", given: [x], options: { seed: 7 } },
    { operation: "sgd", given: [x, x], options: { learningRate: 0.1 } },
    {
      ...{ operation: "sgd", given: [x, x], options: { learningRate: 0.1, momentum: 0.9, nesterov: true } },
      tensors: { velocity: x },
    },
    { operation: "adam", given: [x, x], options: { learningRate: 0.1, step: 1 }, tensors: { m: x, v: x } },
  ];
}

function reductions(x: readonly number[]): OperationCall[] {
  const options = { axes: [0, 2] };
  const y = [x[1]!, x[3]!];
  const plain = ["reduceSum", "reduceMean", "reduceMax", "reduceMin", "reduceProduct"] as const;
  const more = ["reduceL1", "reduceL2", "reduceSumSquare", "reduceLogSum", "reduceLogSumExp"] as const;
  const spread = ["reduceSumBackward", "reduceMeanBackward"] as const;
  const ofElements = ["reduceL1Backward", "reduceSumSquareBackward"] as const;
  const ofResults = ["reduceMaxBackward", "reduceMinBackward", "reduceL2Backward", "reduceLogSumExpBackward"] as const;
  return [
    ...[...plain, ...more].map((operation) => ({ operation, given: [x], options })),
    ...spread.map((operation) => ({ operation, given: [y], options: { ...options, inputShape: x } })),
    ...ofElements.map((operation) => ({ operation, given: [y, x], options })),
    ...ofResults.map((operation) => ({ operation, given: [y, x, y], options })),
  ];
}

/** Cells that `pad` adds to each axis. */
const FRAME = [
  [0, 0],
  [1, -1],
  [1, 0],
  [0, 1],
] as const;
const added = (axis: number): number => FRAME[axis]![0] + FRAME[axis]![1];

function moves(extent: Extent): OperationCall[] {
  const { C, size, map } = shapes(extent);
  const x = map();
  return [
    { operation: "concatenate", given: [{ list: [x, x, map(1)] }], options: {} },
    { operation: "split", given: [x], options: { sections: 2 } },
    { operation: "transpose", given: [x], options: { permutation: [1, 0, 3, 2] } },
    { operation: "slice", given: [x], options: { starts: [-1, 0], ends: [-9, 1], steps: [-1, 1] } },
    {
      operation: "sliceBackward",
      given: [map()],
      options: { inputShape: [N + 1, ...x.slice(1)], starts: [1], ends: [9] },
    },
    { operation: "expand", given: [joinShape(1, 1, [1, size], extent.layout)], plain: [x] },
    { operation: "pad", given: [x], options: { padding: FRAME, paddingMode: "reflect" } },
    { operation: "pad", given: [x], options: { padding: FRAME, paddingValue: 1 } },
    {
      operation: "padBackward",
      given: [x],
      options: { padding: FRAME, paddingMode: "circular", inputShape: x.map((cells, axis) => cells - added(axis)) },
    },
    { operation: "reshape", given: [x], plain: [[N, -1]], options: {} },
    { operation: "channelShuffle", given: [x], options: { groups: 2 } },
    { operation: "channelShuffleBackward", given: [x], options: { groups: 2 } },
    { operation: "pixelShuffle", given: [map(4 * C)], options: { factor: 2 } },
    { operation: "pixelUnshuffle", given: [x], options: { factor: 2 } },
    { operation: "flatten", given: [x] },
    { operation: "flattenBackward", given: [[N, C * size * size]], options: { inputShape: x } },
  ];
}

function layers(extent: Extent): OperationCall[] {
  const { C, map, weights, channel } = shapes(extent);
  const x = map();
  const padded = { padding: 1 };
  const separable = [x, weights(C, 1), weights(C, C, 1)];
  const kernels = { list: [[3], extent.layout === "channels-first" ? [C, 3] : [3, C]] };
  const local = { kernelSize: 3, padding: 1 };
  const localWeights = localShape(localProblem("x.shape", x, extent.layout, C, local));
  const coordWeights = weights(C, C + 2);
  const deformable = { offset: map(18), mask: map(9) };
  const [rows, features] = [
    [N, 4 * C],
    [6, 4 * C],
  ];
  return [
    {
      ...{ operation: "separableConv", given: separable, options: { ...padded, activation: "relu" } },
      tensors: { depthwiseBias: channel, bias: channel, residual: x },
    },
    { operation: "separableConvBackward", given: [x, ...separable], options: padded },
    { operation: "spatiallySeparableConv", given: [x, kernels], options: padded },
    { operation: "spatiallySeparableConvBackward", given: [x, x, kernels], options: padded },
    { operation: "locallyConnected", given: [x, localWeights], options: local, tensors: { bias: x.slice(1) } },
    { operation: "locallyConnectedBackwardData", given: [x, localWeights], options: { ...local, inputShape: x } },
    { operation: "locallyConnectedBackwardWeights", given: [x, x], options: local },
    { operation: "locallyConnectedBackwardBias", given: [x] },
    { operation: "coordConv", given: [x, coordWeights], options: padded, tensors: { bias: channel, residual: x } },
    { operation: "coordConvBackwardData", given: [x, coordWeights], options: { ...padded, inputShape: x } },
    {
      ...{ operation: "coordConvBackwardWeights", given: [x, x] },
      options: { ...padded, kernelShape: coordWeights, activation: "relu" },
      tensors: { output: x },
    },
    {
      ...{ operation: "deformableConv", given: [x, weights(C, C)], options: padded },
      tensors: { ...deformable, bias: channel },
    },
    {
      ...{ operation: "deformableConvBackward", given: [x, x, weights(C, C)], options: padded },
      tensors: deformable,
    },
    { operation: "linear", given: [rows, features], options: { activation: "relu" }, tensors: { bias: [6] } },
    {
      ...{ operation: "linearBackward", given: [[N, 6], rows, features], options: { activation: "relu" } },
      tensors: { output: [N, 6] },
    },
  ];
}

function norms(extent: Extent): OperationCall[] {
  const { C, map, weights, channel } = shapes(extent);
  const x = map();
  const affine = { scale: channel, bias: channel };
  const running = { mean: channel, variance: channel };
  return [
    { operation: "batchNorm", given: [x], options: {}, tensors: { ...running, ...affine } },
    {
      ...{ operation: "batchNormTraining", given: [x], options: {} },
      tensors: { ...affine, runningMean: channel, runningVariance: channel },
    },
    {
      ...{ operation: "batchNormBackward", given: [x, x], options: {} },
      tensors: { mean: f32(channel), inverseDeviation: f32(channel), scale: channel },
    },
    { operation: "batchNormBackward", given: [x, x], options: {}, tensors: running },
    { operation: "layerNorm", given: [x], options: {} },
    { operation: "layerNorm", given: [x], options: { axes: "channels" }, tensors: affine },
    { operation: "layerNormBackward", given: [x, x], options: { axes: "channels" }, tensors: { scale: channel } },
    {
      ...{ operation: "layerNorm", given: [x], options: { axes: [3, 1] } },
      tensors: { scale: [x[3]!, x[1]!], bias: [x[3]!, x[1]!] },
    },
    { operation: "layerNormWithStatistics", given: [x], options: { axes: [-1] } },
    {
      ...{ operation: "layerNormBackward", given: [x, x], options: { axes: [0, 2] } },
      tensors: { mean: f32([1, x[1]!, 1, x[3]!]), inverseDeviation: f32([1, x[1]!, 1, x[3]!]) },
    },
    { operation: "rmsNorm", given: [x], options: {} },
    { operation: "rmsNorm", given: [x], options: { axes: "channels" }, tensors: { scale: channel } },
    { operation: "rmsNormWithStatistics", given: [x], options: { axes: [-1] } },
    { operation: "rmsNormBackward", given: [x, x], options: { axes: "channels" }, tensors: { scale: channel } },
    {
      ...{ operation: "rmsNormBackward", given: [x, x], options: { axes: [1, 2, 3] } },
      tensors: { inverseRootMeanSquare: f32([N, 1, 1, 1]) },
    },
    { operation: "lpNormalize", given: [x], options: {} },
    { operation: "lpNormalize", given: [x], options: { p: 1, axis: -1 } },
    { operation: "lpNormalizeBackward", given: [x, x], options: {} },
    { operation: "lpNormalizeBackward", given: [x, x], options: { p: 1, axis: -1 } },
    { operation: "instanceNormWithStatistics", given: [x], options: {} },
    { operation: "groupNormWithStatistics", given: [x], options: { groups: 2 } },
    { operation: "instanceNorm", given: [x], options: {}, tensors: affine },
    { operation: "instanceNormBackward", given: [x, x], options: {}, tensors: { scale: channel } },
    { operation: "groupNorm", given: [x], options: { groups: 2 }, tensors: affine },
    { operation: "groupNormBackward", given: [x, x], options: { groups: 2 }, tensors: { scale: channel } },
    {
      ...{ operation: "foldBatchNorm", given: [weights(C, 3)], options: {} },
      tensors: { ...running, ...affine, convBias: channel },
    },
    { operation: "localResponseNorm", given: [x], options: { size: 3 } },
    { operation: "localResponseNormBackward", given: [x, x], options: { size: 3 } },
  ];
}

function pooling(extent: Extent): OperationCall[] {
  const { C, size, map } = shapes(extent);
  const [x, halved, bins, one] = [map(), map(C, size / 2), map(C, 3), map(C, 1)];
  const [window, whole] = [{ kernelSize: 2 }, { kernelSize: size }];
  const inputShape = x;
  const adaptive = { outputSize: 3 };
  const smooth = { kernelSize: 3, stride: 2, padding: 1, sigma: 1 };
  const pairs = map((C * (C + 1)) / 2, 1);
  return [
    { operation: "averagePool", given: [x], options: window },
    { operation: "averagePool", given: [x], options: { ...whole, padding: 1, includePadding: false } },
    { operation: "averagePoolBackward", given: [halved], options: { ...window, inputShape } },
    { operation: "sumPool", given: [x], options: whole },
    { operation: "sumPoolBackward", given: [one], options: { ...whole, inputShape } },
    { operation: "maxPool", given: [x], options: window },
    { operation: "maxPool", given: [x], options: whole },
    { operation: "maxPoolWithIndices", given: [x], options: window },
    { operation: "maxPoolWithIndices", given: [x], options: { ...whole, indexing: "tensor" } },
    { operation: "maxPool", given: [x], options: { kernelSize: 5, stride: 1, padding: "same" } },
    { operation: "sumPoolBackward", given: [x], options: { kernelSize: 9, stride: 1, padding: "same", inputShape } },
    { operation: "maxPoolBackward", given: [halved, f32(halved)], options: { ...window, inputShape } },
    { operation: "lpPool", given: [x], options: { ...window, norm: 3, scaleCut: false } },
    { operation: "lpPoolBackward", given: [halved, x, halved], options: { ...window, norm: 3 } },
    { operation: "gaussianPool", given: [x], options: smooth },
    { operation: "gaussianPoolBackward", given: [halved], options: { ...smooth, inputShape } },
    { operation: "covariancePool", given: [x], options: {} },
    { operation: "covariancePoolBackward", given: [pairs, x], options: {} },
    { operation: "adaptiveAveragePool", given: [x], options: adaptive },
    { operation: "adaptiveAveragePoolBackward", given: [bins], options: { ...adaptive, inputShape } },
    { operation: "adaptiveMaxPool", given: [x], options: adaptive },
    { operation: "adaptiveMaxPoolWithIndices", given: [x], options: adaptive },
    { operation: "adaptiveMaxPoolBackward", given: [bins, f32(bins)], options: { ...adaptive, inputShape } },
    { operation: "globalAveragePool", given: [x] },
    { operation: "globalAveragePoolBackward", given: [one], options: { inputShape } },
    { operation: "globalMaxPool", given: [x] },
  ];
}

function unpooling(extent: Extent): OperationCall[] {
  const { C, size, map } = shapes(extent);
  const [x, doubled] = [map(), map(C, 2 * size)];
  return [
    { operation: "maxUnpool", given: [x, f32(x)], options: { kernelSize: 2, indexing: "tensor" } },
    { operation: "maxUnpoolBackward", given: [doubled, f32(x)], options: { kernelSize: 2 } },
    { operation: "upsample", given: [x], options: { scale: 2 } },
    { operation: "upsample", given: [x], options: { scale: 2, mode: "linear" } },
    { operation: "upsampleBackward", given: [doubled], options: { scale: 2, inputShape: x } },
    { operation: "resize", given: [x], options: { outputSize: size + 1 } },
    { operation: "resize", given: [x], options: { scale: 0.6, mode: "cubic", antialias: true, excludeOutside: true } },
    {
      ...{ operation: "resize", given: [x] },
      options: {
        ...{ scale: 1.5, mode: "linear", coordinates: "tf-crop-and-resize" },
        ...{ roi: [0, 0, 2, 1], extrapolationValue: 2 },
      },
    },
    {
      operation: "resizeBackward",
      given: [x],
      options: { outputSize: size, mode: "linear", inputShape: map(C, size + 1) },
    },
    { operation: "gridSample", given: [x, [N, size, size + 1, 2]], options: {} },
    {
      operation: "gridSample",
      given: [x, f32([N, size, size, 2])],
      options: { mode: "cubic", paddingMode: "reflection" },
    },
    { operation: "gridSampleBackward", given: [x, x, [N, size, size, 2]], options: { paddingMode: "border" } },
    {
      ...{ operation: "roiAlign", given: [x, [3, 4], [3]] },
      options: { outputSize: 2, coordinates: "output-half-pixel", samplingRatio: 2 },
    },
    { operation: "roiAlign", given: [x, f32([3, 4]), f32([3])], options: { outputSize: [1, 3], mode: "max" } },
    {
      operation: "roiAlignBackward",
      given: [map(C, 2).with(0, 3), [3, 4], [3]],
      options: { outputSize: 2, inputShape: x },
    },
    { operation: "upsampleBackward", given: [doubled], options: { scale: 2, mode: "linear", inputShape: x } },
    { operation: "bedOfNails", given: [x], options: { kernelSize: 2 } },
    { operation: "bedOfNailsBackward", given: [doubled], options: { kernelSize: 2 } },
  ];
}
