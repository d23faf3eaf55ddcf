// The operations beside convolution on plain arrays, in float64: one file each, with the engine's names and options.
export { activate, activateBackward } from "./activate.ts";
export { logSoftmax, logSoftmaxBackward, softmax, softmaxBackward } from "./softmax.ts";
export { crossEntropy, crossEntropyBackward } from "./cross-entropy.ts";
export { add, addBackward } from "./add.ts";
export { multiply, multiplyBackward } from "./multiply.ts";
export { prelu, preluBackward } from "./prelu.ts";
export { maxout, maxoutBackward } from "./maxout.ts";
export { concatenate, split } from "./slices.ts";
export { dropout, dropoutBackward } from "./dropout.ts";
export { channelShuffle, channelShuffleBackward, pixelShuffle, pixelUnshuffle } from "./shuffles.ts";
export { separableConv, separableConvBackward } from "./separable-conv.ts";
export { spatiallySeparableConv, spatiallySeparableConvBackward } from "./spatially-separable-conv.ts";
export {
  locallyConnected,
  locallyConnectedBackwardBias,
  locallyConnectedBackwardData,
  locallyConnectedBackwardWeights,
} from "./locally-connected.ts";
export { coordConv, coordConvBackwardData, coordConvBackwardWeights } from "./coord-conv.ts";
export { deformableConv, deformableConvBackward } from "./deformable-conv.ts";
export { flatten, flattenBackward } from "./flatten.ts";
export { linear, linearBackward } from "./linear.ts";
export { adam, sgd } from "./optimisers.ts";
export { batchNorm, batchNormBackward, batchNormTraining } from "./batch-norm.ts";
export {
  groupNorm,
  groupNormBackward,
  instanceNorm,
  instanceNormBackward,
  layerNorm,
  layerNormBackward,
} from "./group-norm.ts";
export { foldBatchNorm } from "./fold-batch-norm.ts";
export { localResponseNorm, localResponseNormBackward } from "./local-response-norm.ts";
export {
  adaptiveAveragePool,
  adaptiveAveragePoolBackward,
  adaptiveMaxPool,
  adaptiveMaxPoolBackward,
  adaptiveMaxPoolWithIndices,
  globalAveragePool,
  globalAveragePoolBackward,
  globalMaxPool,
} from "./adaptive-pool.ts";
export { averagePool, averagePoolBackward, sumPool, sumPoolBackward } from "./average-pool.ts";
export { type ReferenceMaxima, maxPool, maxPoolBackward, maxPoolWithIndices } from "./max-pool.ts";
export { maxUnpool, maxUnpoolBackward } from "./max-unpool.ts";
export { bedOfNails, bedOfNailsBackward, upsample, upsampleBackward } from "./upsample.ts";
export { lpPool, lpPoolBackward } from "./lp-pool.ts";
export { gaussianPool, gaussianPoolBackward } from "./gaussian-pool.ts";
export { covariancePool, covariancePoolBackward } from "./covariance-pool.ts";
