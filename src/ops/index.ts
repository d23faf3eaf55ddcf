// convoke/ops: the operations beside convolution, each with the types of its options and results. To add one: a folder with the operation,
// its geometry and its reference, its shaders in shaders/ops/, a line here, and one for its reference in reference.ts.
export { type ActivateBackwardOptions, activate, activateBackward } from "./activate/activate.ts";
export {
  type SoftmaxBackwardOptions,
  type SoftmaxOptions,
  logSoftmax,
  logSoftmaxBackward,
  softmax,
  softmaxBackward,
} from "./softmax/softmax.ts";
export {
  type CrossEntropyBackwardOptions,
  type NegativeLogLikelihoodBackwardOptions,
  crossEntropy,
  crossEntropyBackward,
  negativeLogLikelihood,
  negativeLogLikelihoodBackward,
} from "./cross-entropy/cross-entropy.ts";
export type { CrossEntropyOptions, NegativeLogLikelihoodOptions } from "./cross-entropy/geometry.ts";
export { add, addBackward, sub, subBackward } from "./add/add.ts";
export type { AddBackwardOptions, AddOptions } from "./add/geometry.ts";
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
} from "./binary/binary.ts";
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
} from "./unary/unary.ts";
export { clamp, clampBackward } from "./clamp/clamp.ts";
export type { ClampOptions } from "./clamp/geometry.ts";
export { where, whereBackward } from "./where/where.ts";
export { type PreluGradients, prelu, preluBackward } from "./prelu/prelu.ts";
export { maxout, maxoutBackward } from "./maxout/maxout.ts";
export type { MaxoutOptions } from "./maxout/geometry.ts";
export { concatenate, split } from "./slices/slices.ts";
export { expand } from "./expand/expand.ts";
export { type PadBackwardOptions, pad, padBackward } from "./pad/pad.ts";
export type { PadOptions } from "./pad/geometry.ts";
export { type ReshapeOptions, reshape } from "./reshape/reshape.ts";
export { type SliceBackwardOptions, slice, sliceBackward } from "./slice/slice.ts";
export type { SliceOptions } from "./slice/geometry.ts";
export { transpose } from "./transpose/transpose.ts";
export type { TransposeOptions } from "./transpose/geometry.ts";
export type { ConcatenateOptions, SplitOptions } from "./slices/geometry.ts";
export { type DroppedOut, dropout, dropoutBackward, dropoutWithMask } from "./dropout/dropout.ts";
export type { DropoutOptions } from "./dropout/geometry.ts";
export { channelShuffle, channelShuffleBackward, pixelShuffle, pixelUnshuffle } from "./shuffles/shuffles.ts";
export type { ChannelShuffleOptions, PixelShuffleOptions } from "./shuffles/geometry.ts";
export {
  type SeparableConvBackwardOptions,
  type SeparableConvGradients,
  type SeparableConvOptions,
  separableConv,
  separableConvBackward,
} from "./separable-conv/separable-conv.ts";
export {
  type SpatiallySeparableGradients,
  spatiallySeparableConv,
  spatiallySeparableConvBackward,
} from "./spatially-separable-conv/spatially-separable-conv.ts";
export type { SpatiallySeparableOptions } from "./spatially-separable-conv/geometry.ts";
export { type Separated, separate } from "./spatially-separable-conv/separate.ts";
export {
  type LocallyConnectedBackwardDataOptions,
  type LocallyConnectedOptions,
  locallyConnected,
  locallyConnectedBackwardBias,
  locallyConnectedBackwardData,
  locallyConnectedBackwardWeights,
} from "./locally-connected/locally-connected.ts";
export type { LocalOptions } from "./locally-connected/geometry.ts";
export {
  type CoordConvBackwardDataOptions,
  type CoordConvBackwardWeightsOptions,
  type CoordConvOptions,
  coordConv,
  coordConvBackwardData,
  coordConvBackwardWeights,
} from "./coord-conv/coord-conv.ts";
export {
  type DeformableConvBackwardOptions,
  type DeformableConvGradients,
  type DeformableConvOptions,
  deformableConv,
  deformableConvBackward,
} from "./deformable-conv/deformable-conv.ts";
export { type FlattenBackwardOptions, flatten, flattenBackward } from "./flatten/flatten.ts";
export {
  type LinearBackwardOptions,
  type LinearGradients,
  type LinearOptions,
  linear,
  linearBackward,
} from "./linear/linear.ts";
export { argMax, argMin } from "./arg-max/arg-max.ts";
export type { ArgMaxOptions } from "./arg-max/geometry.ts";
export {
  reduceL1,
  reduceL2,
  reduceLogSum,
  reduceLogSumExp,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProduct,
  reduceSum,
  reduceSumSquare,
} from "./reduce/reduce.ts";
export {
  type ReduceSumBackwardOptions,
  reduceL1Backward,
  reduceL2Backward,
  reduceLogSumExpBackward,
  reduceMaxBackward,
  reduceMeanBackward,
  reduceMinBackward,
  reduceSumBackward,
  reduceSumSquareBackward,
} from "./reduce/gradients.ts";
export type { ReduceOptions } from "./reduce/geometry.ts";
export { type MatmulGradients, matmul, matmulBackward } from "./matmul/matmul.ts";
export type { MatmulOptions } from "./matmul/geometry.ts";
export { type AdamOptions, type SgdOptions, type TensorOrList, adam, sgd } from "./optimisers/optimisers.ts";
export {
  type BatchNormBackwardOptions,
  type BatchNormOptions,
  type BatchNormTraining,
  type BatchNormTrainingOptions,
  type NormGradients,
  batchNorm,
  batchNormBackward,
  batchNormTraining,
} from "./batch-norm/batch-norm.ts";
export {
  type GroupOptions,
  type LayerOptions,
  type NormBackwardOptions,
  type NormOptions,
  type NormWithStatistics,
  groupNorm,
  groupNormBackward,
  groupNormWithStatistics,
  instanceNorm,
  instanceNormBackward,
  instanceNormWithStatistics,
  layerNorm,
  layerNormBackward,
  layerNormWithStatistics,
} from "./group-norm/group-norm.ts";
export {
  type RmsNormBackwardOptions,
  type RmsNormGradients,
  type RmsNormOptions,
  type RmsNormWithStatistics,
  rmsNorm,
  rmsNormBackward,
  rmsNormWithStatistics,
} from "./rms-norm/rms-norm.ts";
export { lpNormalize, lpNormalizeBackward } from "./lp-normalize/lp-normalize.ts";
export type { LpNormalizeOptions } from "./lp-normalize/geometry.ts";
export { type FoldBatchNormOptions, type FoldedWeights, foldBatchNorm } from "./fold-batch-norm/fold-batch-norm.ts";
export { localResponseNorm, localResponseNormBackward } from "./local-response-norm/local-response-norm.ts";
export type { LocalResponseNormOptions } from "./local-response-norm/geometry.ts";
export {
  type AdaptiveMaxPoolBackwardOptions,
  type AdaptiveMaxPoolOptions,
  type GlobalPoolBackwardOptions,
  adaptiveAveragePool,
  adaptiveAveragePoolBackward,
  adaptiveMaxPool,
  adaptiveMaxPoolBackward,
  adaptiveMaxPoolWithIndices,
  globalAveragePool,
  globalAveragePoolBackward,
  globalMaxPool,
} from "./adaptive-pool/adaptive-pool.ts";
export type { AdaptivePoolBackwardOptions, AdaptivePoolOptions } from "./shared/geometry/bins.ts";
export { averagePool, averagePoolBackward, sumPool, sumPoolBackward } from "./average-pool/average-pool.ts";
export type { AveragePoolBackwardOptions, AveragePoolOptions } from "./average-pool/geometry.ts";
export {
  type MaxPoolBackwardOptions,
  type MaxPoolOptions,
  type Maxima,
  maxPool,
  maxPoolBackward,
  maxPoolWithIndices,
} from "./max-pool/max-pool.ts";
export { maxUnpool, maxUnpoolBackward } from "./max-unpool/max-unpool.ts";
export type { MaxUnpoolOptions } from "./max-unpool/geometry.ts";
export { resize, resizeBackward, upsample, upsampleBackward } from "./resize/resize.ts";
export type {
  ResizeBackwardOptions,
  ResizeOptions,
  UpsampleBackwardOptions,
  UpsampleOptions,
} from "./resize/geometry.ts";
export { roiAlign, roiAlignBackward } from "./roi-align/roi-align.ts";
export type { RoiAlignBackwardOptions, RoiAlignOptions } from "./roi-align/geometry.ts";
export { type GridSampleGradients, gridSample, gridSampleBackward } from "./grid-sample/grid-sample.ts";
export type { GridSampleOptions } from "./grid-sample/geometry.ts";
export { bedOfNails, bedOfNailsBackward } from "./bed-of-nails/bed-of-nails.ts";
export type { BedOfNailsOptions } from "./bed-of-nails/geometry.ts";
export { lpPool, lpPoolBackward } from "./lp-pool/lp-pool.ts";
export type { LpPoolOptions } from "./lp-pool/geometry.ts";
export { gaussianPool, gaussianPoolBackward } from "./gaussian-pool/gaussian-pool.ts";
export type { GaussianPoolBackwardOptions, GaussianPoolOptions } from "./gaussian-pool/geometry.ts";
export { covariancePool, covariancePoolBackward } from "./covariance-pool/covariance-pool.ts";
export type { CovariancePoolOptions } from "./covariance-pool/geometry.ts";
export type { PairGradients } from "./shared/broadcast.ts";
export type { PairShapes } from "./shared/geometry/broadcast.ts";
export type { ElementActivationOption } from "./shared/geometry/element-activation.ts";
export type { Indices } from "./shared/pool-chosen.ts";
export type { WindowBackwardOptions, WindowOptions } from "./shared/geometry/windows.ts";
