// Operations that only move elements.
import { type BenchOperation, entry } from "./entry.ts";

const REFLECTED = [
  [0, 0],
  [0, 0],
  [4, 4],
  [4, 4],
] as const;

export const MOVES: readonly BenchOperation[] = [
  entry({
    operation: "concatenate",
    name: "DenseNet-121, 3 maps",
    batch: 4,
    inputs: { a: { shape: [1, 64, 56, 56] }, b: { shape: [1, 32, 56, 56] }, c: { shape: [1, 32, 56, 56] } },
    call: (on, { a, b, c }, { layout }) => ({ y: on.concatenate([a, b, c], layout) }),
  }),
  entry({
    operation: "split",
    name: "ShuffleNet v2, halves",
    batch: 8,
    inputs: { x: { shape: [1, 116, 28, 28] } },
    call: (on, { x }, { layout }) => {
      const [left, right] = on.split(x, { sections: 2, ...layout });
      return { left: left!, right: right! };
    },
  }),
  entry({
    operation: "channelShuffle",
    name: "ShuffleNet v2, 2 groups",
    batch: 8,
    inputs: { x: { shape: [1, 116, 28, 28] } },
    call: (on, { x }, { layout }) => ({ y: on.channelShuffle(x, { groups: 2, ...layout }) }),
  }),
  entry({
    operation: "channelShuffleBackward",
    name: "ShuffleNet v2, 2 groups",
    batch: 8,
    inputs: { dy: { shape: [1, 116, 28, 28] } },
    call: (on, { dy }, { layout }) => ({ dx: on.channelShuffleBackward(dy, { groups: 2, ...layout }) }),
  }),
  entry({
    operation: "pixelShuffle",
    name: "EDSR, 2x",
    inputs: { x: { shape: [1, 256, 48, 48] } },
    call: (on, { x }, { layout }) => ({ y: on.pixelShuffle(x, { factor: 2, ...layout }) }),
  }),
  entry({
    operation: "pixelUnshuffle",
    name: "FFDNet, 2x",
    batch: 4,
    inputs: { x: { shape: [1, 3, 256, 256] } },
    call: (on, { x }, { layout }) => ({ y: on.pixelUnshuffle(x, { factor: 2, ...layout }) }),
  }),
  entry({
    operation: "flatten",
    name: "VGG-16",
    batch: 32,
    inputs: { x: { shape: [1, 512, 7, 7] } },
    call: (on, { x }, { layout }) => ({ y: on.flatten(x, layout) }),
  }),
  entry({
    operation: "flattenBackward",
    name: "VGG-16",
    batch: 32,
    inputs: { dy: { shape: [1, 512 * 7 * 7] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.flattenBackward(dy, { inputShape: shape([1, 512, 7, 7]), ...layout }),
    }),
  }),
  entry({
    operation: "pad",
    name: "fast style transfer, reflect",
    inputs: { x: { shape: [1, 32, 256, 256], map: false } },
    call: (on, { x }) => ({ y: on.pad(x, { padding: REFLECTED, paddingMode: "reflect" }) }),
  }),
  entry({
    operation: "padBackward",
    name: "fast style transfer, reflect",
    inputs: { dy: { shape: [1, 32, 264, 264], map: false } },
    call: (on, { dy }) => ({
      dx: on.padBackward(dy, { inputShape: [dy.shape[0]!, 32, 256, 256], padding: REFLECTED, paddingMode: "reflect" }),
    }),
  }),
  entry({
    operation: "transpose",
    name: "NCHW to NHWC",
    batch: 4,
    inputs: { x: { shape: [1, 64, 56, 56], map: false } },
    call: (on, { x }) => ({ y: on.transpose(x, { permutation: [0, 2, 3, 1] }) }),
  }),
  entry({
    operation: "slice",
    name: "Swin, a shifted window",
    batch: 8,
    inputs: { x: { shape: [1, 56, 56, 96], map: false } },
    call: (on, { x }) => ({ y: on.slice(x, { starts: [3, 3], ends: [56, 56], axes: [1, 2] }) }),
  }),
  entry({
    operation: "sliceBackward",
    name: "Swin, a shifted window",
    batch: 8,
    inputs: { dy: { shape: [1, 53, 53, 96], map: false } },
    call: (on, { dy }) => ({
      dx: on.sliceBackward(dy, {
        inputShape: [dy.shape[0]!, 56, 56, 96],
        starts: [3, 3],
        ends: [56, 56],
        axes: [1, 2],
      }),
    }),
  }),
  entry({
    operation: "expand",
    name: "DeepLab v3, image pooling",
    batch: 8,
    inputs: { x: { shape: [1, 256, 1, 1], map: false } },
    call: (on, { x }) => ({ y: on.expand(x, [x.shape[0]!, 256, 33, 33]) }),
  }),
];
