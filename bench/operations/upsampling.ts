// Operations that enlarge maps.
import { type BenchOperation, entry } from "./entry.ts";

export const UPSAMPLING: readonly BenchOperation[] = [
  entry({
    operation: "upsample",
    name: "FPN, nearest",
    batch: 4,
    inputs: { x: { shape: [1, 256, 14, 14] } },
    call: (on, { x }, { layout }) => ({ y: on.upsample(x, { scale: 2, ...layout }) }),
  }),
  entry({
    operation: "upsample",
    name: "U-Net, bilinear",
    batch: 4,
    inputs: { x: { shape: [1, 256, 16, 16] } },
    call: (on, { x }, { layout }) => ({ y: on.upsample(x, { scale: 2, mode: "linear", ...layout }) }),
  }),
  entry({
    operation: "upsampleBackward",
    name: "FPN, nearest",
    batch: 4,
    inputs: { dy: { shape: [1, 256, 28, 28] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.upsampleBackward(dy, { scale: 2, inputShape: shape([1, 256, 14, 14]), ...layout }),
    }),
  }),
  entry({
    operation: "upsampleBackward",
    name: "U-Net, bilinear",
    batch: 4,
    inputs: { dy: { shape: [1, 256, 32, 32] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.upsampleBackward(dy, { scale: 2, mode: "linear", inputShape: shape([1, 256, 16, 16]), ...layout }),
    }),
  }),
  // Laina et al. (2016).
  entry({
    operation: "bedOfNails",
    name: "FCRN, 2x2",
    batch: 2,
    inputs: { x: { shape: [1, 1024, 8, 10] } },
    call: (on, { x }, { layout }) => ({ y: on.bedOfNails(x, { kernelSize: 2, ...layout }) }),
  }),
  entry({
    operation: "bedOfNailsBackward",
    name: "FCRN, 2x2",
    batch: 2,
    inputs: { dy: { shape: [1, 1024, 16, 20] } },
    call: (on, { dy }, { layout }) => ({ dx: on.bedOfNailsBackward(dy, { kernelSize: 2, ...layout }) }),
  }),
  entry({
    operation: "maxUnpool",
    name: "SegNet, 2x2 s2",
    batch: 8,
    inputs: { map: { shape: [1, 512, 14, 14] } },
    before: (on, { map }, { layout }) => {
      const { y, indices } = on.maxPoolWithIndices(map, { kernelSize: 2, ...layout });
      return { x: y, indices };
    },
    given: ["x", "indices"],
    call: (on, { x, indices }, { layout }) => ({ y: on.maxUnpool(x!, indices!, { kernelSize: 2, ...layout }) }),
  }),
  entry({
    operation: "maxUnpoolBackward",
    name: "SegNet, 2x2 s2",
    batch: 8,
    inputs: { dy: { shape: [1, 512, 14, 14] }, map: { shape: [1, 512, 14, 14] } },
    before: (on, { map }, { layout }) => ({ ...on.maxPoolWithIndices(map, { kernelSize: 2, ...layout }) }),
    given: ["dy", "indices"],
    call: (on, { dy, indices }, { layout }) => ({
      dx: on.maxUnpoolBackward(dy, indices!, { kernelSize: 2, ...layout }),
    }),
  }),
];
