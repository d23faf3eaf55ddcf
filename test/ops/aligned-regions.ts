// Maps, regions and options that region alignment is tested with. Regions are in eighths of a cell, whose places floats hold exactly.
import type { RoiAlignOptions } from "../../src/ops/roi-align/geometry.ts";

export interface AlignedRegions {
  readonly name: string;
  /** [N, C, H, W] */
  readonly shape: readonly number[];
  /** x and y of the first corner and of the last, of each region. */
  readonly rois: readonly (readonly [number, number, number, number])[];
  readonly images: readonly number[];
  readonly options: RoiAlignOptions;
}

const shape = [2, 3, 6, 8];
const rois = [
  [0.5, 1.25, 6.5, 4.75],
  [-2.25, -1.5, 3.125, 2],
  [3, 2, 9.625, 8.875],
  [2.125, 2.25, 2.5, 2.375],
] as const;
const images = [1, 0, 1, 0];

export const ALIGNED_REGIONS: readonly AlignedRegions[] = [
  { name: "adaptive samples", shape, rois, images, options: { outputSize: 2 } },
  {
    name: "two samples, as torchvision by default",
    shape,
    rois,
    images,
    options: { outputSize: [2, 4], samplingRatio: 2, coordinates: "output-half-pixel" },
  },
  { name: "scaled", shape, rois, images, options: { outputSize: 4, spatialScale: 0.5, samplingRatio: 1 } },
  { name: "many channels", shape: [1, 12, 4, 4], rois: [[0, 0, 4, 4]], images: [0], options: { outputSize: [4, 2] } },
  {
    name: "so many bins and cells that runs of channels are longer",
    shape: [1, 17, 96, 128],
    rois: [
      [8, 0, 40, 32],
      [4, 64, 132, 96],
    ],
    images: [0, 0],
    options: { outputSize: [64, 128], samplingRatio: 1 },
  },
  {
    name: "corners exchanged, an image that is not there",
    shape,
    rois: [
      [5, 4, 1, 0.5],
      [0, 0, 4, 4],
    ],
    images: [0, 2],
    options: { outputSize: 2, samplingRatio: 2 },
  },
  { name: "max", shape, rois, images, options: { outputSize: 2, mode: "max" } },
  {
    name: "max, two samples",
    shape,
    rois,
    images,
    options: { outputSize: [2, 4], samplingRatio: 2, mode: "max", coordinates: "output-half-pixel" },
  },
];
