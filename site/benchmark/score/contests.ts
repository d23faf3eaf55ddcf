// What the one-button test measures: layers by the algorithm that the engine picks, which the score is computed from, and the ladder, one
// layer by one way after the other.
import type { Dtype } from "convoke";
import type { Layer } from "../../../bench/layer.ts";
import { LAYERS } from "../../../bench/layers.ts";
import type { Job } from "../jobs.ts";

/** A layer, and a way to compute it. */
export interface Contest {
  /** Unique; links name contests by it. */
  readonly id: string;
  readonly part: "score" | "ladder";
  /** What the visitor reads. */
  readonly name: string;
  readonly about: string;
  readonly layer: Layer;
  /** An algorithm of the engine, "auto", or NAIVE. */
  readonly algorithm: string;
  readonly dtype: Dtype;
  /** A larger bound than the default allows half precision. */
  readonly maxErrorGrowth?: number;
}

/** The kernel that the page brings along. */
export const NAIVE = "naive";

/** Suites of the rows, which name the contests in files. */
export const SCORE_SUITE = "layers";
export const LADDER_SUITE = "ladder";

const layerOf = (id: string): Layer => LAYERS.find((layer) => layer.id === id)!;

const SCORED: readonly (readonly [id: string, name: string, about: string])[] = [
  ["L1", "3x3, 64 channels", "as in VGG and ResNet"],
  ["L2", "3x3, 128 channels", "as in ResNet"],
  ["L4", "3x3, 512 channels", "on a small map, as at ResNet's end"],
  ["L5", "7x7 with stride 2", "three channels, as at ResNet's start"],
  ["L6", "1x1, 256 to 64 channels", "as in ResNet's bottlenecks"],
  ["L8", "3x3 depthwise", "as in MobileNet"],
  ["L9", "5x5", "as in Inception"],
  ["L13", "3x3 with stride 2", "as in ResNet"],
];

const RUNGS: readonly (Pick<Contest, "id" | "name" | "about" | "algorithm"> & Partial<Contest>)[] = [
  { id: "naive", name: "Naive", about: "a thread for each output", algorithm: NAIVE },
  { id: "tiled", name: "Tiled", about: "each thread keeps a tile in registers", algorithm: "direct" },
  { id: "im2col", name: "im2col", about: "windows as columns of a matrix product", algorithm: "im2col" },
  { id: "implicit", name: "Implicit product", about: "the product without its columns", algorithm: "implicit-gemm" },
  { id: "winograd", name: "Winograd", about: "fewer multiplications for small kernels", algorithm: "winograd" },
  { id: "fft", name: "FFT", about: "products of spectra", algorithm: "fft" },
  { id: "f16", name: "16-bit numbers", about: "half the bytes, sums in float32", algorithm: "auto", dtype: "f16" },
  {
    ...{ id: "halves", name: "16-bit arithmetic", about: "matrix units where the device has them" },
    ...{ algorithm: "implicit-gemm", dtype: "f16", maxErrorGrowth: 2e4 },
  },
];

export const CONTESTS: readonly Contest[] = [
  ...SCORED.map(([id, name, about]): Contest => {
    return { id, part: "score", name, about, layer: layerOf(id), algorithm: "auto", dtype: "f32" };
  }),
  ...RUNGS.map((rung): Contest => ({ part: "ladder", layer: layerOf("L1"), dtype: "f32", ...rung })),
];

/** Sizes of maps, as multiples of the layer's own: each has four times the work of the one before. */
export const SCALES = [0.125, 0.25, 0.5, 1, 2, 4] as const;
export type Scale = (typeof SCALES)[number];

/** Returns the job of a contest on maps of a size. */
export function contestJob({ part, layer, algorithm, dtype, id }: Contest, scale: Scale): Job {
  const input = layer.input.map((size) => Math.max(1, Math.round(size * scale)));
  return {
    suite: part === "score" ? SCORE_SUITE : LADDER_SUITE,
    layer: { ...layer, id: part === "score" ? layer.id : id, input },
    pass: "forward",
    layout: "channels-first",
    batch: 1,
    ...{ algorithm, dtype },
  };
}
