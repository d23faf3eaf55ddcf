// The filters of the photo example: the classic image filters, and the first layers of two networks (layers.ts). Data only; the photograph is x
// [1, 3, H, W] with values from 0 to 1.
import type { GeometryOptions } from "convoke";
import { ALEXNET_LAYER, VGG_LAYER } from "./layers.ts";

/**
 * How a result becomes a picture.
 *
 * - `photo`: three planes are red, green and blue
 * - `relief`: the same around mid-grey, for kernels that sum to zero
 * - `gradient`: two planes are the derivatives along x and y; their length is shown
 * - `maps`: every plane is a map of its own
 */
export type PictureKind = "photo" | "relief" | "gradient" | "maps";

export interface Filter {
  /** The name of the picture in out/. */
  readonly name: string;
  readonly title: string;
  readonly kernel: Float32Array;
  /** [K, C / groups, R, S] */
  readonly kernelShape: readonly [number, number, number, number];
  readonly geometry: GeometryOptions;
  readonly picture: PictureKind;
}

type Rows = readonly (readonly number[])[];

const CHANNELS = 3;

/** Luminance of linear mixes of red, green and blue (ITU-R BT.601). */
const LUMINANCE = [0.299, 0.587, 0.114] as const;

const SOBEL_X: Rows = [
  [-1, 0, 1],
  [-2, 0, 2],
  [-1, 0, 1],
];
const SOBEL_Y: Rows = [
  [-1, -2, -1],
  [0, 0, 0],
  [1, 2, 1],
];
const SHARPEN: Rows = [
  [0, -1, 0],
  [-1, 5, -1],
  [0, -1, 0],
];
const EMBOSS: Rows = [
  [-2, -1, 0],
  [-1, 0, 1],
  [0, 1, 2],
];
const GAUSSIAN_5: Rows = [
  [1, 4, 7, 4, 1],
  [4, 16, 26, 16, 4],
  [7, 26, 41, 26, 7],
  [4, 16, 26, 16, 4],
  [1, 4, 7, 4, 1],
].map((row) => row.map((value) => value / 273));

/** A Gaussian of `size` x `size` cells that sums to one; the border is at three standard deviations. */
export function gaussian(size: number): number[][] {
  const middle = (size - 1) / 2;
  const deviation = size / 6;
  const line = Array.from({ length: size }, (_, cell) => Math.exp(-(((cell - middle) / deviation) ** 2) / 2));
  const total = line.reduce((sum, value) => sum + value, 0);
  return line.map((a) => line.map((b) => (a * b) / total ** 2));
}

/** One kernel for each colour channel: a depthwise convolution. */
function perChannel(name: string, title: string, rows: Rows, picture: PictureKind): Filter {
  const cells = rows.flat();
  return {
    name,
    title,
    kernel: Float32Array.from({ length: CHANNELS * cells.length }, (_, index) => cells[index % cells.length]!),
    kernelShape: [CHANNELS, 1, rows.length, rows[0]!.length],
    geometry: { groups: CHANNELS, padding: "same", paddingMode: "replicate" },
    picture,
  };
}

/** Both Sobel derivatives of the luminance: a dense convolution of three channels to two. */
function sobel(): Filter {
  const kernel = [SOBEL_X, SOBEL_Y].flatMap((rows) =>
    LUMINANCE.flatMap((weight) => rows.flat().map((value) => weight * value)),
  );
  return {
    name: "sobel",
    title: "Sobel gradient",
    kernel: Float32Array.from(kernel),
    kernelShape: [2, CHANNELS, 3, 3],
    geometry: { padding: "same", paddingMode: "replicate" },
    picture: "gradient",
  };
}

export const FILTERS: readonly Filter[] = [
  perChannel("gaussian-5x5", "Gaussian 5x5", GAUSSIAN_5, "photo"),
  sobel(),
  perChannel("sharpen", "sharpen", SHARPEN, "photo"),
  perChannel("emboss", "emboss", EMBOSS, "relief"),
  perChannel("blur-31x31", "blur 31x31", gaussian(31), "photo"),
  {
    name: "alexnet",
    title: "AlexNet layer 1",
    ...ALEXNET_LAYER,
    geometry: { stride: 4, padding: 2 },
    picture: "maps",
  },
  { name: "vgg", title: "VGG layer 1", ...VGG_LAYER, geometry: { padding: 1 }, picture: "maps" },
];
