// Pooling by windows.
import { type BenchOperation, entry } from "./entry.ts";

export const POOLING: readonly BenchOperation[] = [
  entry({
    operation: "averagePool",
    name: "ResNet-50, the whole map",
    batch: 32,
    inputs: { x: { shape: [1, 2048, 7, 7] } },
    call: (on, { x }, { layout }) => ({ y: on.averagePool(x, { kernelSize: 7, ...layout }) }),
  }),
  entry({
    operation: "averagePool",
    name: "DenseNet-121, 2x2 s2",
    batch: 4,
    inputs: { x: { shape: [1, 128, 56, 56] } },
    call: (on, { x }, { layout }) => ({ y: on.averagePool(x, { kernelSize: 2, ...layout }) }),
  }),
  entry({
    operation: "averagePool",
    name: "Inception-v3, 3x3",
    batch: 4,
    inputs: { x: { shape: [1, 192, 35, 35] } },
    call: (on, { x }, { layout }) => ({ y: on.averagePool(x, { kernelSize: 3, stride: 1, padding: 1, ...layout }) }),
  }),
  entry({
    operation: "averagePoolBackward",
    name: "ResNet-50, the whole map",
    batch: 32,
    inputs: { dy: { shape: [1, 2048, 1, 1] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.averagePoolBackward(dy, { kernelSize: 7, inputShape: shape([1, 2048, 7, 7]), ...layout }),
    }),
  }),
  entry({
    operation: "averagePoolBackward",
    name: "DenseNet-121, 2x2 s2",
    batch: 4,
    inputs: { dy: { shape: [1, 128, 28, 28] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.averagePoolBackward(dy, { kernelSize: 2, inputShape: shape([1, 128, 56, 56]), ...layout }),
    }),
  }),
  entry({
    operation: "averagePoolBackward",
    name: "Inception-v3, 3x3",
    batch: 4,
    inputs: { dy: { shape: [1, 192, 35, 35] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.averagePoolBackward(dy, {
        ...{ kernelSize: 3, stride: 1, padding: 1, inputShape: shape([1, 192, 35, 35]) },
        ...layout,
      }),
    }),
  }),
  entry({
    operation: "sumPool",
    name: "SPoC of VGG-16, the whole map",
    inputs: { x: { shape: [1, 512, 37, 37] } },
    call: (on, { x }, { layout }) => ({ y: on.sumPool(x, { kernelSize: 37, ...layout }) }),
  }),
  entry({
    operation: "sumPoolBackward",
    name: "SPoC of VGG-16, the whole map",
    inputs: { dy: { shape: [1, 512, 1, 1] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.sumPoolBackward(dy, { kernelSize: 37, inputShape: shape([1, 512, 37, 37]), ...layout }),
    }),
  }),
  entry({
    operation: "maxPool",
    name: "VGG-16, 2x2 s2",
    batch: 8,
    inputs: { x: { shape: [1, 512, 14, 14] } },
    call: (on, { x }, { layout }) => ({ y: on.maxPool(x, { kernelSize: 2, ...layout }) }),
  }),
  entry({
    operation: "maxPool",
    name: "AlexNet, 3x3 s2",
    batch: 16,
    inputs: { x: { shape: [1, 256, 13, 13] } },
    call: (on, { x }, { layout }) => ({ y: on.maxPool(x, { kernelSize: 3, stride: 2, ...layout }) }),
  }),
  entry({
    operation: "maxPoolWithIndices",
    name: "AlexNet, 3x3 s2",
    batch: 16,
    inputs: { x: { shape: [1, 256, 13, 13] } },
    call: (on, { x }, { layout }) => ({
      ...on.maxPoolWithIndices(x, { kernelSize: 3, stride: 2, ...layout }),
    }),
  }),
  entry({
    operation: "maxPoolBackward",
    name: "VGG-16, 2x2 s2",
    batch: 8,
    inputs: { dy: { shape: [1, 512, 7, 7] }, x: { shape: [1, 512, 14, 14] } },
    before: (on, { x }, { layout }) => ({ ...on.maxPoolWithIndices(x, { kernelSize: 2, ...layout }) }),
    given: ["dy", "indices"],
    call: (on, { dy, indices }, { layout, shape }) => ({
      dx: on.maxPoolBackward(dy, indices!, { kernelSize: 2, inputShape: shape([1, 512, 14, 14]), ...layout }),
    }),
  }),
  entry({
    operation: "maxPoolBackward",
    name: "AlexNet, 3x3 s2",
    batch: 16,
    inputs: { dy: { shape: [1, 256, 6, 6] }, x: { shape: [1, 256, 13, 13] } },
    before: (on, { x }, { layout }) => ({
      ...on.maxPoolWithIndices(x, { kernelSize: 3, stride: 2, ...layout }),
    }),
    given: ["dy", "indices"],
    call: (on, { dy, indices }, { layout, shape }) => ({
      dx: on.maxPoolBackward(dy, indices!, {
        ...{ kernelSize: 3, stride: 2, inputShape: shape([1, 256, 13, 13]) },
        ...layout,
      }),
    }),
  }),
  // Sermanet et al. (2012).
  entry({
    operation: "lpPool",
    name: "house numbers, 2x2 s2",
    batch: 32,
    inputs: { x: { shape: [1, 16, 28, 28] } },
    call: (on, { x }, { layout }) => ({ y: on.lpPool(x, { kernelSize: 2, ...layout }) }),
  }),
  entry({
    operation: "lpPoolBackward",
    name: "house numbers, 2x2 s2",
    batch: 32,
    inputs: { dy: { shape: [1, 16, 14, 14] }, x: { shape: [1, 16, 28, 28] } },
    before: (on, { x }, { layout }) => ({ y: on.lpPool(x, { kernelSize: 2, ...layout }) }),
    call: (on, { dy, x, y }, { layout }) => ({ dx: on.lpPoolBackward(dy, x, y!, { kernelSize: 2, ...layout }) }),
  }),
  // Zhang (2019).
  entry({
    operation: "gaussianPool",
    name: "blurred ResNet-50, 3x3 s2",
    batch: 4,
    inputs: { x: { shape: [1, 256, 28, 28] } },
    call: (on, { x }, { layout }) => ({
      y: on.gaussianPool(x, { kernelSize: 3, stride: 2, padding: 1, sigma: 0.85, ...layout }),
    }),
  }),
  entry({
    operation: "gaussianPoolBackward",
    name: "blurred ResNet-50, 3x3 s2",
    batch: 4,
    inputs: { dy: { shape: [1, 256, 14, 14] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.gaussianPoolBackward(dy, {
        ...{ kernelSize: 3, stride: 2, padding: 1, sigma: 0.85, inputShape: shape([1, 256, 28, 28]) },
        ...layout,
      }),
    }),
  }),
];
