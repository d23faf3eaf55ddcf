// Global, adaptive and covariance pooling.
import { type BenchOperation, entry } from "./entry.ts";

/** Channels and cells of the maps of iSQRT-COV (Li et al., 2018), and the pairs of its channels. */
const COVARIANCES = { channels: 128, cells: 14 * 14, pairs: (128 * 129) / 2 };

export const GLOBAL_POOLING: readonly BenchOperation[] = [
  entry({
    operation: "globalAveragePool",
    name: "ResNet-50",
    batch: 32,
    inputs: { x: { shape: [1, 2048, 7, 7] } },
    call: (on, { x }, { layout }) => ({ y: on.globalAveragePool(x, layout) }),
  }),
  entry({
    operation: "globalAveragePoolBackward",
    name: "ResNet-50",
    batch: 32,
    inputs: { dy: { shape: [1, 2048, 1, 1] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.globalAveragePoolBackward(dy, { inputShape: shape([1, 2048, 7, 7]), ...layout }),
    }),
  }),
  entry({
    operation: "globalMaxPool",
    name: "MAC of VGG-16",
    inputs: { x: { shape: [1, 512, 37, 37] } },
    call: (on, { x }, { layout }) => ({ y: on.globalMaxPool(x, layout) }),
  }),
  entry({
    operation: "adaptiveAveragePool",
    name: "PSPNet, 6x6 bins",
    inputs: { x: { shape: [1, 512, 30, 30] } },
    call: (on, { x }, { layout }) => ({ y: on.adaptiveAveragePool(x, { outputSize: 6, ...layout }) }),
  }),
  entry({
    operation: "adaptiveAveragePoolBackward",
    name: "PSPNet, 6x6 bins",
    inputs: { dy: { shape: [1, 512, 6, 6] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.adaptiveAveragePoolBackward(dy, { outputSize: 6, inputShape: shape([1, 512, 30, 30]), ...layout }),
    }),
  }),
  entry({
    operation: "adaptiveMaxPool",
    name: "SPP-net, 6x6 bins",
    batch: 16,
    inputs: { x: { shape: [1, 256, 13, 13] } },
    call: (on, { x }, { layout }) => ({ y: on.adaptiveMaxPool(x, { outputSize: 6, ...layout }) }),
  }),
  entry({
    operation: "adaptiveMaxPoolWithIndices",
    name: "SPP-net, 6x6 bins",
    batch: 16,
    inputs: { x: { shape: [1, 256, 13, 13] } },
    call: (on, { x }, { layout }) => ({ ...on.adaptiveMaxPoolWithIndices(x, { outputSize: 6, ...layout }) }),
  }),
  entry({
    operation: "adaptiveMaxPoolBackward",
    name: "SPP-net, 6x6 bins",
    batch: 16,
    inputs: { dy: { shape: [1, 256, 6, 6] }, x: { shape: [1, 256, 13, 13] } },
    before: (on, { x }, { layout }) => ({ ...on.adaptiveMaxPoolWithIndices(x, { outputSize: 6, ...layout }) }),
    given: ["dy", "indices"],
    call: (on, { dy, indices }, { layout, shape }) => ({
      dx: on.adaptiveMaxPoolBackward(dy, indices!, { outputSize: 6, inputShape: shape([1, 256, 13, 13]), ...layout }),
    }),
  }),
  entry({
    operation: "covariancePool",
    name: "iSQRT-COV, 128 channels",
    batch: 16,
    multiplyAdds: COVARIANCES.pairs * COVARIANCES.cells,
    inputs: { x: { shape: [1, COVARIANCES.channels, 14, 14] } },
    call: (on, { x }, { layout }) => ({ y: on.covariancePool(x, layout) }),
  }),
  entry({
    operation: "covariancePoolBackward",
    name: "iSQRT-COV, 128 channels",
    batch: 16,
    multiplyAdds: COVARIANCES.channels ** 2 * COVARIANCES.cells,
    inputs: { dy: { shape: [1, COVARIANCES.pairs, 1, 1] }, x: { shape: [1, COVARIANCES.channels, 14, 14] } },
    call: (on, { dy, x }, { layout }) => ({ dx: on.covariancePoolBackward(dy, x, layout) }),
  }),
];
