// Layers that consist of convolutions or resemble them.
import { type BenchOperation, entry } from "./entry.ts";

/** MobileNet v1 at a quarter of the width: 3x3 depthwise and 1x1. */
const MOBILENET = {
  x: { shape: [1, 128, 14, 14] },
  depthwise: { shape: [128, 1, 3, 3], weights: true },
  pointwise: { shape: [128, 128, 1, 1], weights: true },
};
const MOBILENET_ADDS = 14 * 14 * 128 * (3 * 3 + 128);

/** EffNet (Freeman et al., 2018): a column and a row kernel for each channel. */
const EFFNET = { shape: [1, 64, 32, 32] };
const EFFNET_KERNEL = { shape: [64, 3], weights: true };
const EFFNET_ADDS = 32 * 32 * 64 * (3 + 3);

/** The second locally connected layer of cuda-convnet (Krizhevsky, 2012) on CIFAR-10. */
const LOCAL = { kernelSize: 3, padding: 1 };
const LOCAL_X = { shape: [1, 64, 6, 6] };
const LOCAL_Y = { shape: [1, 32, 6, 6] };
const LOCAL_W = { shape: [32, 64 * 3 * 3, 6, 6], weights: true };

/** The layer before ResNet-50 in Liu et al. (2018): 1x1 on the image and two coordinates. */
const COORDINATES_X = { shape: [1, 3, 224, 224] };
const COORDINATES_Y = { shape: [1, 8, 224, 224] };
const COORDINATES_W = { shape: [8, 5, 1, 1], weights: true };
const COORDINATES_ADDS = 224 * 224 * 8 * 5;

/** Deformable convolutions with masks (Zhu et al., 2018) in ResNet-20 (He et al., 2015). */
const DEFORMED = {
  ...{ x: { shape: [1, 64, 8, 8] }, w: { shape: [64, 64, 3, 3], weights: true } },
  ...{ offset: { shape: [1, 18, 8, 8] }, mask: { shape: [1, 9, 8, 8] } },
};
const DEFORMED_ADDS = 8 * 8 * 64 * 64 * 9;

const CLASSIFIER = {
  x: { shape: [1, 1280] },
  w: { shape: [1000, 1280], batched: false },
};
const CLASSIFIER_ADDS = 1280 * 1000;

export const LAYERS: readonly BenchOperation[] = [
  entry({
    operation: "separableConv",
    name: "MobileNet v1 x0.25, 3x3 128->128",
    batch: 4,
    multiplyAdds: MOBILENET_ADDS,
    inputs: MOBILENET,
    call: (on, { x, depthwise, pointwise }, { layout }) => ({
      y: on.separableConv(x, depthwise, pointwise, { padding: 1, ...layout }),
    }),
  }),
  // Both gradients of both convolutions, and the result of the first one recomputed.
  entry({
    operation: "separableConvBackward",
    name: "MobileNet v1 x0.25, 3x3 128->128",
    batch: 4,
    multiplyAdds: 2 * MOBILENET_ADDS + 14 * 14 * 128 * 3 * 3,
    inputs: { dy: MOBILENET.x, ...MOBILENET },
    call: (on, { dy, x, depthwise, pointwise }, { layout }) => ({
      ...on.separableConvBackward(dy, x, depthwise, pointwise, { padding: 1, ...layout }),
    }),
  }),
  entry({
    operation: "spatiallySeparableConv",
    name: "EffNet, 3x1 and 1x3",
    batch: 8,
    multiplyAdds: EFFNET_ADDS,
    inputs: { x: EFFNET, column: EFFNET_KERNEL, row: EFFNET_KERNEL },
    call: (on, { x, column, row }, { layout }) => ({
      y: on.spatiallySeparableConv(x, [column, row], { padding: 1, ...layout }),
    }),
  }),
  entry({
    operation: "spatiallySeparableConvBackward",
    name: "EffNet, 3x1 and 1x3",
    batch: 8,
    multiplyAdds: 2 * EFFNET_ADDS + EFFNET_ADDS / 2,
    inputs: { dy: EFFNET, x: EFFNET, column: EFFNET_KERNEL, row: EFFNET_KERNEL },
    call: (on, { dy, x, column, row }, { layout }) => {
      const { dx, dkernels } = on.spatiallySeparableConvBackward(dy, x, [column, row], { padding: 1, ...layout });
      return { dx, dcolumn: dkernels[0]!, drow: dkernels[1]! };
    },
  }),
  // No weight is shared by two outputs, so memory bounds the speed unless the batch is large.
  entry({
    operation: "locallyConnected",
    name: "cuda-convnet, 3x3 64->32",
    inputs: { x: LOCAL_X, w: LOCAL_W },
    call: (on, { x, w }, { layout }) => ({ y: on.locallyConnected(x, w, { ...LOCAL, ...layout }) }),
  }),
  entry({
    operation: "locallyConnectedBackwardData",
    name: "cuda-convnet, 3x3 64->32",
    inputs: { dy: LOCAL_Y, w: LOCAL_W },
    call: (on, { dy, w }, { layout, shape }) => ({
      dx: on.locallyConnectedBackwardData(dy, w, { ...LOCAL, inputShape: shape(LOCAL_X.shape), ...layout }),
    }),
  }),
  entry({
    operation: "locallyConnectedBackwardWeights",
    name: "cuda-convnet, 3x3 64->32",
    inputs: { x: LOCAL_X, dy: LOCAL_Y },
    call: (on, { x, dy }, { layout }) => ({
      dw: on.locallyConnectedBackwardWeights(x, dy, { ...LOCAL, ...layout }),
    }),
  }),
  entry({
    operation: "locallyConnectedBackwardBias",
    name: "cuda-convnet, 3x3 64->32",
    batch: 1024,
    inputs: { dy: LOCAL_Y },
    call: (on, { dy }, { layout }) => ({ db: on.locallyConnectedBackwardBias(dy, layout) }),
  }),
  entry({
    operation: "coordConv",
    name: "CoordConv ResNet-50, 1x1 3->8",
    batch: 2,
    multiplyAdds: COORDINATES_ADDS,
    inputs: { x: COORDINATES_X, w: COORDINATES_W },
    call: (on, { x, w }, { layout }) => ({ y: on.coordConv(x, w, layout) }),
  }),
  entry({
    operation: "coordConvBackwardData",
    name: "CoordConv ResNet-50, 1x1 3->8",
    batch: 2,
    multiplyAdds: (COORDINATES_ADDS / 5) * 3,
    inputs: { dy: COORDINATES_Y, w: COORDINATES_W },
    call: (on, { dy, w }, { layout, shape }) => ({
      dx: on.coordConvBackwardData(dy, w, { inputShape: shape(COORDINATES_X.shape), ...layout }),
    }),
  }),
  entry({
    operation: "coordConvBackwardWeights",
    name: "CoordConv ResNet-50, 1x1 3->8",
    batch: 2,
    multiplyAdds: COORDINATES_ADDS,
    inputs: { x: COORDINATES_X, dy: COORDINATES_Y },
    call: (on, { x, dy }, { layout, weights }) => ({
      dw: on.coordConvBackwardWeights(x, dy, { kernelShape: weights(COORDINATES_W.shape), ...layout }),
    }),
  }),
  entry({
    operation: "deformableConv",
    name: "ResNet-20, 3x3 64->64",
    batch: 16,
    multiplyAdds: DEFORMED_ADDS,
    inputs: DEFORMED,
    call: (on, { x, w, offset, mask }, { layout }) => ({
      y: on.deformableConv(x, w, { padding: 1, offset, mask, ...layout }),
    }),
  }),
  entry({
    operation: "deformableConvBackward",
    name: "ResNet-20, 3x3 64->64",
    batch: 16,
    multiplyAdds: 2 * DEFORMED_ADDS,
    inputs: { dy: DEFORMED.x, ...DEFORMED },
    call: (on, { dy, x, w, offset, mask }, { layout }) => {
      const { dx, dw, doffset, dmask } = on.deformableConvBackward(dy, x, w, { padding: 1, offset, mask, ...layout });
      return { dx, dw, doffset, dmask: dmask! };
    },
  }),
  entry({
    operation: "linear",
    name: "MobileNet v2, 1280->1000",
    batch: 32,
    multiplyAdds: CLASSIFIER_ADDS,
    inputs: { ...CLASSIFIER, bias: { shape: [1000] } },
    call: (on, { x, w, bias }) => ({ y: on.linear(x, w, { bias }) }),
  }),
  entry({
    operation: "linearBackward",
    name: "MobileNet v2, 1280->1000",
    batch: 32,
    multiplyAdds: 2 * CLASSIFIER_ADDS,
    inputs: { dy: { shape: [1, 1000] }, ...CLASSIFIER },
    call: (on, { dy, x, w }) => ({ ...on.linearBackward(dy, x, w) }),
  }),
];
