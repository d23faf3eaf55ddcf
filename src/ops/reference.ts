// The references of the operations beside convolution, on NdArrays in float64, with the names and options of convoke/ops.
export { activate, activateBackward } from "./activate/reference.ts";
export { logSoftmax, logSoftmaxBackward, softmax, softmaxBackward } from "./softmax/reference.ts";
export {
  crossEntropy,
  crossEntropyBackward,
  negativeLogLikelihood,
  negativeLogLikelihoodBackward,
} from "./cross-entropy/reference.ts";
export { add, addBackward, sub, subBackward } from "./add/reference.ts";
export {
  divide,
  divideBackward,
  equal,
  greater,
  greaterOrEqual,
  maximum,
  maximumBackward,
  minimum,
  minimumBackward,
  multiply,
  multiplyBackward,
  power,
  powerBackward,
} from "./binary/reference.ts";
export {
  abs,
  absBackward,
  ceil,
  erf,
  erfBackward,
  exp,
  expBackward,
  floor,
  log,
  logBackward,
  negate,
  reciprocal,
  reciprocalBackward,
  round,
  sign,
  sqrt,
  sqrtBackward,
} from "./unary/reference.ts";
export { clamp, clampBackward } from "./clamp/reference.ts";
export { where, whereBackward } from "./where/reference.ts";
export { prelu, preluBackward } from "./prelu/reference.ts";
export { maxout, maxoutBackward } from "./maxout/reference.ts";
export { concatenate, split } from "./slices/reference.ts";
export { expand } from "./expand/reference.ts";
export { pad, padBackward } from "./pad/reference.ts";
export { reshape } from "./reshape/reference.ts";
export { slice, sliceBackward } from "./slice/reference.ts";
export { transpose } from "./transpose/reference.ts";
export { dropout, dropoutBackward, dropoutWithMask } from "./dropout/reference.ts";
export { channelShuffle, channelShuffleBackward, pixelShuffle, pixelUnshuffle } from "./shuffles/reference.ts";
export { separableConv, separableConvBackward } from "./separable-conv/reference.ts";
export { spatiallySeparableConv, spatiallySeparableConvBackward } from "./spatially-separable-conv/reference.ts";
export { separate } from "./spatially-separable-conv/separate.ts";
export {
  locallyConnected,
  locallyConnectedBackwardBias,
  locallyConnectedBackwardData,
  locallyConnectedBackwardWeights,
} from "./locally-connected/reference.ts";
export { coordConv, coordConvBackwardData, coordConvBackwardWeights } from "./coord-conv/reference.ts";
export { deformableConv, deformableConvBackward } from "./deformable-conv/reference.ts";
export { flatten, flattenBackward } from "./flatten/reference.ts";
export { linear, linearBackward } from "./linear/reference.ts";
export { argMax, argMin } from "./arg-max/reference.ts";
export {
  reduceL1,
  reduceL1Backward,
  reduceL2,
  reduceL2Backward,
  reduceLogSum,
  reduceLogSumExp,
  reduceLogSumExpBackward,
  reduceMax,
  reduceMaxBackward,
  reduceMean,
  reduceMeanBackward,
  reduceMin,
  reduceMinBackward,
  reduceProduct,
  reduceSum,
  reduceSumBackward,
  reduceSumSquare,
  reduceSumSquareBackward,
} from "./reduce/reference.ts";
export { matmul, matmulBackward } from "./matmul/reference.ts";
export { adam, sgd } from "./optimisers/reference.ts";
export { batchNorm, batchNormBackward, batchNormTraining } from "./batch-norm/reference.ts";
export {
  groupNorm,
  groupNormBackward,
  groupNormWithStatistics,
  instanceNorm,
  instanceNormBackward,
  instanceNormWithStatistics,
  layerNorm,
  layerNormBackward,
  layerNormWithStatistics,
} from "./group-norm/reference.ts";
export { rmsNorm, rmsNormBackward, rmsNormWithStatistics } from "./rms-norm/reference.ts";
export { lpNormalize, lpNormalizeBackward } from "./lp-normalize/reference.ts";
export { foldBatchNorm } from "./fold-batch-norm/reference.ts";
export { localResponseNorm, localResponseNormBackward } from "./local-response-norm/reference.ts";
export {
  adaptiveAveragePool,
  adaptiveAveragePoolBackward,
  adaptiveMaxPool,
  adaptiveMaxPoolBackward,
  adaptiveMaxPoolWithIndices,
  globalAveragePool,
  globalAveragePoolBackward,
  globalMaxPool,
} from "./adaptive-pool/reference.ts";
export { averagePool, averagePoolBackward, sumPool, sumPoolBackward } from "./average-pool/reference.ts";
export { type ReferenceMaxima, maxPool, maxPoolBackward, maxPoolWithIndices } from "./max-pool/reference.ts";
export { maxUnpool, maxUnpoolBackward } from "./max-unpool/reference.ts";
export { bedOfNails, bedOfNailsBackward } from "./bed-of-nails/reference.ts";
export { resize, resizeBackward, upsample, upsampleBackward } from "./resize/reference.ts";
export { roiAlign, roiAlignBackward } from "./roi-align/reference.ts";
export { gridSample, gridSampleBackward } from "./grid-sample/reference.ts";
export { lpPool, lpPoolBackward } from "./lp-pool/reference.ts";
export { gaussianPool, gaussianPoolBackward } from "./gaussian-pool/reference.ts";
export { covariancePool, covariancePoolBackward } from "./covariance-pool/reference.ts";
