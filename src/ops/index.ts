// The operations beside convolution: every function here is a method of the engine, without its first argument. To add one: a file with
// it, its shaders in shaders/ops/, its reference in src/reference/ops/, and a line here.
export { activate, activateBackward } from "./activate/activate.ts";
export { logSoftmax, logSoftmaxBackward, softmax, softmaxBackward } from "./softmax/softmax.ts";
export { crossEntropy, crossEntropyBackward } from "./cross-entropy/cross-entropy.ts";
export { add, addBackward } from "./add/add.ts";
export { multiply, multiplyBackward } from "./multiply/multiply.ts";
export { prelu, preluBackward } from "./prelu/prelu.ts";
export { maxout, maxoutBackward } from "./maxout/maxout.ts";
export { concatenate, split } from "./slices/slices.ts";
export { dropout, dropoutBackward } from "./dropout/dropout.ts";
export { channelShuffle, channelShuffleBackward, pixelShuffle, pixelUnshuffle } from "./shuffles/shuffles.ts";
export { separableConv, separableConvBackward } from "./separable-conv/separable-conv.ts";
export { spatiallySeparableConv, spatiallySeparableConvBackward } from "./spatially-separable-conv/spatially-separable-conv.ts";
export {
  locallyConnected,
  locallyConnectedBackwardBias,
  locallyConnectedBackwardData,
  locallyConnectedBackwardWeights,
} from "./locally-connected/locally-connected.ts";
export { coordConv, coordConvBackwardData, coordConvBackwardWeights } from "./coord-conv/coord-conv.ts";
export { deformableConv, deformableConvBackward } from "./deformable-conv/deformable-conv.ts";
export { flatten, flattenBackward } from "./flatten/flatten.ts";
export { linear, linearBackward } from "./linear/linear.ts";
export { adam, sgd } from "./optimisers/optimisers.ts";
export { batchNorm, batchNormBackward, batchNormTraining } from "./batch-norm/batch-norm.ts";
export {
  groupNorm,
  groupNormBackward,
  instanceNorm,
  instanceNormBackward,
  layerNorm,
  layerNormBackward,
} from "./group-norm/group-norm.ts";
export { foldBatchNorm } from "./fold-batch-norm/fold-batch-norm.ts";
export { localResponseNorm, localResponseNormBackward } from "./local-response-norm/local-response-norm.ts";
export {
  adaptiveAveragePool,
  adaptiveAveragePoolBackward,
  adaptiveMaxPool,
  adaptiveMaxPoolBackward,
  adaptiveMaxPoolWithIndices,
  globalAveragePool,
  globalAveragePoolBackward,
  globalMaxPool,
} from "./adaptive-pool/adaptive-pool.ts";
export { averagePool, averagePoolBackward, sumPool, sumPoolBackward } from "./average-pool/average-pool.ts";
export { maxPool, maxPoolBackward, maxPoolWithIndices } from "./max-pool/max-pool.ts";
export { maxUnpool, maxUnpoolBackward } from "./max-unpool/max-unpool.ts";
export { bedOfNails, bedOfNailsBackward } from "./bed-of-nails/bed-of-nails.ts";
export { upsample, upsampleBackward } from "./upsample/upsample.ts";
export { lpPool, lpPoolBackward } from "./lp-pool/lp-pool.ts";
export { gaussianPool, gaussianPoolBackward } from "./gaussian-pool/gaussian-pool.ts";
export { separate } from "./spatially-separable-conv/separate.ts";
export { covariancePool, covariancePoolBackward } from "./covariance-pool/covariance-pool.ts";
export type * from "./types.ts";
