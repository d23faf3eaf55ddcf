// The options and results of the operations beside convolution, by name: what src/index.ts hands on.
export type { ActivateBackwardOptions } from "./activate/activate.ts";
export type { GlobalPoolBackwardOptions } from "./adaptive-pool/adaptive-pool.ts";
export type {
  BatchNormBackwardOptions,
  BatchNormOptions,
  BatchNormTraining,
  BatchNormTrainingOptions,
  NormGradients,
} from "./batch-norm/batch-norm.ts";
export type { PairGradients } from "./shared/broadcast.ts";
export type { CoordConvBackwardDataOptions, CoordConvBackwardWeightsOptions, CoordConvOptions } from "./coord-conv/coord-conv.ts";
export type { CrossEntropyBackwardOptions } from "./cross-entropy/cross-entropy.ts";
export type {
  DeformableConvBackwardOptions,
  DeformableConvGradients,
  DeformableConvOptions,
} from "./deformable-conv/deformable-conv.ts";
export type { FlattenBackwardOptions } from "./flatten/flatten.ts";
export type { FoldBatchNormOptions, FoldedWeights } from "./fold-batch-norm/fold-batch-norm.ts";
export type { AddBackwardOptions, AddOptions } from "./add/geometry.ts";
export type { AveragePoolBackwardOptions, AveragePoolOptions } from "./average-pool/geometry.ts";
export type { SpatiallySeparableOptions } from "./spatially-separable-conv/axis-passes.ts";
export type { AdaptivePoolBackwardOptions, AdaptivePoolOptions } from "./shared/geometry/bins.ts";
export type { CovariancePoolOptions } from "./covariance-pool/geometry.ts";
export type { CrossEntropyOptions } from "./cross-entropy/geometry.ts";
export type { DropoutOptions } from "./dropout/geometry.ts";
export type { ElementActivationOption } from "./shared/geometry/element-activation.ts";
export type { GaussianPoolBackwardOptions, GaussianPoolOptions } from "./gaussian-pool/geometry.ts";
export type { LocalResponseNormOptions } from "./local-response-norm/geometry.ts";
export type { LocalOptions } from "./locally-connected/geometry.ts";
export type { MaxoutOptions } from "./maxout/geometry.ts";
export type { BedOfNailsOptions } from "./bed-of-nails/geometry.ts";
export type { LpPoolOptions } from "./lp-pool/geometry.ts";
export type { ChannelShuffleOptions, PixelShuffleOptions } from "./shuffles/geometry.ts";
export type { ConcatenateOptions, SplitOptions } from "./slices/geometry.ts";
export type { MaxUnpoolOptions } from "./max-unpool/geometry.ts";
export type { UpsampleBackwardOptions, UpsampleOptions } from "./upsample/geometry.ts";
export type { WindowBackwardOptions, WindowOptions } from "./shared/geometry/windows.ts";
export type { GroupOptions, LayerOptions, NormBackwardOptions, NormOptions } from "./group-norm/group-norm.ts";
export type { LinearBackwardOptions, LinearGradients, LinearOptions } from "./linear/linear.ts";
export type { LocallyConnectedBackwardDataOptions, LocallyConnectedOptions } from "./locally-connected/locally-connected.ts";
export type { Maxima } from "./max-pool/max-pool.ts";
export type { AdamOptions, SgdOptions } from "./optimisers/optimisers.ts";
export type { PreluGradients } from "./prelu/prelu.ts";
export type { SeparableConvBackwardOptions, SeparableConvGradients, SeparableConvOptions } from "./separable-conv/separable-conv.ts";
export type { SoftmaxBackwardOptions, SoftmaxOptions } from "./softmax/softmax.ts";
export type { SpatiallySeparableGradients } from "./spatially-separable-conv/spatially-separable-conv.ts";
export type { Separated } from "./spatially-separable-conv/separate.ts";
