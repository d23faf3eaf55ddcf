// The options and results of the operations beside convolution, by name: what src/index.ts hands on.
export type { ActivateBackwardOptions } from "./activate.ts";
export type { GlobalPoolBackwardOptions } from "./adaptive-pool.ts";
export type {
  BatchNormBackwardOptions,
  BatchNormOptions,
  BatchNormTraining,
  BatchNormTrainingOptions,
  NormGradients,
} from "./batch-norm.ts";
export type { PairGradients } from "./shared/broadcast.ts";
export type { CoordConvBackwardDataOptions, CoordConvBackwardWeightsOptions, CoordConvOptions } from "./coord-conv.ts";
export type { CrossEntropyBackwardOptions } from "./cross-entropy.ts";
export type {
  DeformableConvBackwardOptions,
  DeformableConvGradients,
  DeformableConvOptions,
} from "./deformable-conv.ts";
export type { FlattenBackwardOptions } from "./flatten.ts";
export type { FoldBatchNormOptions, FoldedWeights } from "./fold-batch-norm.ts";
export type { AddBackwardOptions, AddOptions } from "./geometry/add.ts";
export type { AveragePoolBackwardOptions, AveragePoolOptions } from "./geometry/averaging.ts";
export type { SpatiallySeparableOptions } from "./geometry/axis-passes.ts";
export type { AdaptivePoolBackwardOptions, AdaptivePoolOptions } from "./geometry/bins.ts";
export type { CovariancePoolOptions } from "./geometry/covariances.ts";
export type { CrossEntropyOptions } from "./geometry/cross-entropy.ts";
export type { DropoutOptions } from "./geometry/dropout.ts";
export type { ElementActivationOption } from "./geometry/element-activation.ts";
export type { GaussianPoolBackwardOptions, GaussianPoolOptions } from "./geometry/gaussian.ts";
export type { LocalResponseNormOptions } from "./geometry/local-response-norm.ts";
export type { LocalOptions } from "./geometry/local.ts";
export type { MaxoutOptions } from "./geometry/maxout.ts";
export type { BedOfNailsOptions } from "./geometry/nails.ts";
export type { LpPoolOptions } from "./geometry/norms.ts";
export type { ChannelShuffleOptions, PixelShuffleOptions } from "./geometry/shuffles.ts";
export type { ConcatenateOptions, SplitOptions } from "./geometry/slices.ts";
export type { MaxUnpoolOptions } from "./geometry/unpooling.ts";
export type { UpsampleBackwardOptions, UpsampleOptions } from "./geometry/upsampling.ts";
export type { WindowBackwardOptions, WindowOptions } from "./geometry/windows.ts";
export type { GroupOptions, LayerOptions, NormBackwardOptions, NormOptions } from "./group-norm.ts";
export type { LinearBackwardOptions, LinearGradients, LinearOptions } from "./linear.ts";
export type { LocallyConnectedBackwardDataOptions, LocallyConnectedOptions } from "./locally-connected.ts";
export type { Maxima } from "./max-pool.ts";
export type { AdamOptions, SgdOptions } from "./optimisers.ts";
export type { PreluGradients } from "./prelu.ts";
export type { SeparableConvBackwardOptions, SeparableConvGradients, SeparableConvOptions } from "./separable-conv.ts";
export type { SoftmaxBackwardOptions, SoftmaxOptions } from "./softmax.ts";
export type { SpatiallySeparableGradients } from "./spatially-separable-conv.ts";
