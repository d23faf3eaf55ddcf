// Operations that enlarge or sample maps.
import { type BenchOperation, entry } from "./entry.ts";

/** Corners of regions of a map of 32 by 32 cells, in sixteenths of a cell. */
const regions = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => {
    const region = at >> 2;
    const start = (at % 2 ? 83 : 59) * region;
    return at % 4 < 2
      ? start % 256
      : (start % 256) + (at % 4 === 2 ? 64 + ((region * 37) % 192) : 64 + ((region * 29) % 128));
  });

const zeros = (count: number): Float32Array => new Float32Array(count);

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
  entry({
    operation: "resize",
    name: "to 224x224, cubic, antialiased",
    batch: 4,
    inputs: { x: { shape: [1, 3, 480, 360] } },
    call: (on, { x }, { layout }) => ({
      y: on.resize(x, { outputSize: 224, mode: "cubic", antialias: true, ...layout }),
    }),
  }),
  entry({
    operation: "resize",
    name: "PSPNet, 6x6 to 60x60, bilinear",
    batch: 4,
    inputs: { x: { shape: [1, 512, 6, 6] } },
    call: (on, { x }, { layout }) => ({
      y: on.resize(x, { outputSize: 60, mode: "linear", coordinates: "align-corners", ...layout }),
    }),
  }),
  entry({
    operation: "resizeBackward",
    name: "PSPNet, 6x6 to 60x60, bilinear",
    batch: 4,
    inputs: { dy: { shape: [1, 512, 60, 60] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.resizeBackward(dy, {
        ...{
          outputSize: 60,
          mode: "linear",
          coordinates: "align-corners",
          inputShape: shape([1, 512, 6, 6]),
          ...layout,
        },
      }),
    }),
  }),
  entry({
    operation: "upsampleBackward",
    name: "EfficientDet, 40x40 to 64x64, nearest",
    batch: 4,
    inputs: { dy: { shape: [1, 64, 64, 64] } },
    call: (on, { dy }, { layout, shape }) => ({
      dx: on.upsampleBackward(dy, { outputSize: 64, inputShape: shape([1, 64, 40, 40]), ...layout }),
    }),
  }),
  // Jaderberg et al. (2015): a transformed map of a classifier.
  entry({
    operation: "gridSample",
    name: "spatial transformer, bilinear",
    batch: 4,
    inputs: { x: { shape: [1, 64, 56, 56] }, grid: { shape: [1, 56, 56, 2], map: false } },
    call: (on, { x, grid }, { layout }) => ({ y: on.gridSample(x, grid, layout) }),
  }),
  entry({
    operation: "gridSampleBackward",
    name: "spatial transformer, bilinear",
    inputs: {
      ...{ dy: { shape: [1, 64, 56, 56] }, x: { shape: [1, 64, 56, 56] } },
      grid: { shape: [1, 56, 56, 2], map: false },
    },
    call: (on, { dy, x, grid }, { layout }) => ({ ...on.gridSampleBackward(dy, x, grid, layout) }),
  }),
  // Regions of a detector on the map of stride 16, of 64 by 64 to 256 by 192 pixels.
  entry({
    operation: "roiAlign",
    name: "Mask R-CNN, 7x7",
    inputs: {
      x: { shape: [1, 256, 32, 32] },
      rois: { shape: [32, 4], batched: false, values: regions },
      images: { shape: [32], values: zeros },
    },
    call: (on, { x, rois, images }, { layout }) => ({
      y: on.roiAlign(x, rois, images, { outputSize: 7, spatialScale: 1 / 16, samplingRatio: 2, ...layout }),
    }),
  }),
  entry({
    operation: "roiAlignBackward",
    name: "Mask R-CNN, 7x7",
    inputs: {
      map: { shape: [1, 256, 32, 32] },
      rois: { shape: [32, 4], batched: false, values: regions },
      images: { shape: [32], values: zeros },
    },
    before: (on, { map, rois, images }, { layout }) => ({
      dy: on.roiAlign(map, rois, images, { outputSize: 7, spatialScale: 1 / 16, samplingRatio: 2, ...layout }),
    }),
    given: ["dy", "rois", "images"],
    call: (on, { dy, rois, images }, { layout, shape }) => ({
      dx: on.roiAlignBackward(dy!, rois, images, {
        ...{ outputSize: 7, spatialScale: 1 / 16, samplingRatio: 2, inputShape: shape([1, 256, 32, 32]), ...layout },
      }),
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
