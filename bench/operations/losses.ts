// Softmax and losses.
import { type BenchOperation, classes, entry } from "./entry.ts";

/** Logits of ImageNet's classes, and of DeepLab's classes for each cell. */
const IMAGENET = { shape: [1, 1000] };
const DEEPLAB = { shape: [1, 21, 129, 129] };

const IMAGENET_TARGET = { shape: [1], batched: true, values: classes(1000), dtype: "f32" } as const;
const DEEPLAB_TARGET = { shape: [1, 129, 129], map: false, values: classes(21), dtype: "f32" } as const;

export const LOSSES: readonly BenchOperation[] = [
  entry({
    operation: "softmax",
    name: "ImageNet, 1000 classes",
    batch: 512,
    inputs: { x: IMAGENET },
    call: (on, { x }, { layout }) => ({ y: on.softmax(x, layout) }),
  }),
  entry({
    operation: "softmaxBackward",
    name: "ImageNet, 1000 classes",
    batch: 512,
    inputs: { dy: IMAGENET, x: IMAGENET },
    before: (on, { x }, { layout }) => ({ output: on.softmax(x, layout) }),
    given: ["dy", "output"],
    call: (on, { dy, output }, { layout }) => ({ dx: on.softmaxBackward(dy, { output: output!, ...layout }) }),
  }),
  entry({
    operation: "logSoftmax",
    name: "DeepLab, 21 classes",
    batch: 2,
    inputs: { x: DEEPLAB },
    call: (on, { x }, { layout }) => ({ y: on.logSoftmax(x, layout) }),
  }),
  entry({
    operation: "logSoftmaxBackward",
    name: "DeepLab, 21 classes",
    batch: 2,
    inputs: { dy: DEEPLAB, x: DEEPLAB },
    before: (on, { x }, { layout }) => ({ output: on.logSoftmax(x, layout) }),
    given: ["dy", "output"],
    call: (on, { dy, output }, { layout }) => ({ dx: on.logSoftmaxBackward(dy, { output: output!, ...layout }) }),
  }),
  entry({
    operation: "crossEntropy",
    name: "ImageNet, 1000 classes",
    batch: 512,
    inputs: { logits: IMAGENET, target: IMAGENET_TARGET },
    call: (on, { logits, target }, { layout }) => ({ loss: on.crossEntropy(logits, target, layout) }),
  }),
  entry({
    operation: "crossEntropy",
    name: "DeepLab, 21 classes",
    batch: 2,
    inputs: { logits: DEEPLAB, target: DEEPLAB_TARGET },
    call: (on, { logits, target }, { layout }) => ({ loss: on.crossEntropy(logits, target, layout) }),
  }),
  entry({
    operation: "crossEntropyBackward",
    name: "ImageNet, 1000 classes",
    batch: 512,
    inputs: { logits: IMAGENET, target: IMAGENET_TARGET },
    call: (on, { logits, target }, { layout }) => ({ dlogits: on.crossEntropyBackward(logits, target, layout) }),
  }),
  entry({
    operation: "crossEntropyBackward",
    name: "DeepLab, 21 classes",
    batch: 2,
    inputs: { logits: DEEPLAB, target: DEEPLAB_TARGET },
    call: (on, { logits, target }, { layout }) => ({ dlogits: on.crossEntropyBackward(logits, target, layout) }),
  }),
  entry({
    operation: "negativeLogLikelihood",
    name: "ImageNet, 1000 classes",
    batch: 512,
    inputs: { x: IMAGENET, target: IMAGENET_TARGET },
    call: (on, { x, target }, { layout }) => ({ y: on.negativeLogLikelihood(x, target, layout) }),
  }),
  entry({
    operation: "negativeLogLikelihoodBackward",
    name: "ImageNet, 1000 classes",
    batch: 512,
    inputs: { x: IMAGENET, target: IMAGENET_TARGET },
    call: (on, { x, target }, { layout }) => ({ dx: on.negativeLogLikelihoodBackward(x, target, layout) }),
  }),
];
