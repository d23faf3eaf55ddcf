// Tensors to pixels.
import type { TensorDtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { checkOptions } from "../base/validate.ts";
import { type Tensor, checkTensor } from "../gpu/tensor.ts";
import type { FeatureMap } from "../ops/shared/geometry/feature-map.ts";
import { packPixels } from "./pixel-kernels.ts";
import { COLOUR_KEYS, type ColourValues, type Mapping, inverseOf, mappingOf } from "./values.ts";

/** The options of `toImageData` and `toCanvas`. They mean the same as in `fromImage`. */
export type ToImageOptions = ColourValues;

/**
 * Reads a tensor as pixels: the inverse of `fromImage`. Values are rounded to the nearest byte, and those beyond the darkest and brightest colour
 * are cut; NaN becomes 0.
 *
 * @param tensor [1, C, height, width] or [1, height, width, C], or without the 1, with one channel (grey), three or four
 * @returns an ImageData; where there is no such class (Node), an object with its data, width and height
 * @throws ConvError (as a rejection) naming the argument that does not fit
 * @example
 * context.putImageData(await toImageData(y), 0, 0);
 */
export async function toImageData(tensor: Tensor<TensorDtype>, options: ToImageOptions = {}): Promise<ImageData> {
  const { x, map, mapping } = checkImage(tensor, options);
  const [, height, width] = map.size;
  const pixels = packPixels(x, map, mapping, { row: width, premultiplied: false });
  try {
    const { buffer } = await pixels.read();
    const data = new Uint8ClampedArray(buffer);
    if (typeof ImageData === "function") return new ImageData(data, width, height);
    return { data, width, height, colorSpace: "srgb" };
  } finally {
    pixels.destroy();
  }
}

/**
 * Shows a tensor on a canvas, which takes its size: the pixels of `toImageData`, drawn in its 2D context. On a canvas whose context is "webgpu"
 * already, nothing is read back: the context is configured for the engine's device, and the pixels are copied to its texture.
 *
 * @param tensor as of `toImageData`
 * @throws ConvError (as a rejection) naming the argument that does not fit
 * @example
 * await toCanvas(y, document.querySelector("canvas"));
 */
export async function toCanvas(
  tensor: Tensor<TensorDtype>,
  canvas: HTMLCanvasElement | OffscreenCanvas,
  options: ToImageOptions = {},
): Promise<void> {
  const { x, map, mapping } = checkImage(tensor, options);
  if (typeof (canvas as Partial<OffscreenCanvas> | undefined)?.getContext !== "function")
    refuse("invalid-argument", "canvas", canvas, "an HTMLCanvasElement or OffscreenCanvas");
  const [, height, width] = map.size;
  const context = canvas.getContext("2d") as CanvasRenderingContext2D | null;
  if (context) {
    const image = await toImageData(tensor, options);
    resizeCanvas(canvas, width, height);
    context.putImageData(image, 0, 0);
    return;
  }
  const gpu = canvas.getContext("webgpu");
  if (!gpu)
    refuse(
      "invalid-argument",
      "canvas",
      words("one with another context"),
      'one without a context, or with "2d" or "webgpu"',
    );
  resizeCanvas(canvas, width, height);
  present(gpu, x, map, mapping);
}

/** Setting a size clears a canvas. */
function resizeCanvas(canvas: HTMLCanvasElement | OffscreenCanvas, width: number, height: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/** Pixels in a row of a buffer from which textures are copied: rows start at multiples of 256 bytes. */
const ROW_PIXELS = 64;

/** GPUTextureUsage.COPY_DST */
const COPY_DST = 0x02;

function present(context: GPUCanvasContext, tensor: Tensor, map: FeatureMap, mapping: Mapping): void {
  const { device } = tensor.gpu;
  const [, height, width] = map.size;
  const alphaMode = map.channels === 4 ? "premultiplied" : "opaque";
  context.configure({ device, format: "rgba8unorm", usage: COPY_DST, alphaMode });
  const row = Math.ceil(width / ROW_PIXELS) * ROW_PIXELS;
  const pixels = packPixels(tensor, map, mapping, { row, premultiplied: true });
  try {
    tensor.gpu.errors.run("toCanvas", () => {
      const encoder = device.createCommandEncoder({ label: "convoke canvas" });
      const source = { buffer: pixels.storage, bytesPerRow: 4 * row };
      encoder.copyBufferToTexture(source, { texture: context.getCurrentTexture() }, { width, height });
      device.queue.submit([encoder.finish()]);
    });
  } finally {
    pixels.destroy();
  }
}

function checkImage(given: unknown, options: ToImageOptions): { x: Tensor; map: FeatureMap; mapping: Mapping } {
  checkOptions("options", options, COLOUR_KEYS);
  const x = checkTensor("tensor", given);
  const { shape, layout } = x;
  const image = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape;
  const [channels, height, width] = layout === "channels-last" ? [image[2], image[0], image[1]] : image;
  if (image.length !== 3 || ![1, 3, 4].includes(channels!) || height === 0 || width === 0)
    refuse(
      "shape-mismatch",
      "tensor.shape",
      shape,
      layout === "channels-last"
        ? "[1, height, width, C] or [height, width, C] with 1, 3 or 4 channels"
        : "[1, C, height, width] or [C, height, width] with 1, 3 or 4 channels",
    );
  const map: FeatureMap = { N: 1, channels: channels!, size: [1, height!, width!], rank: 2, layout };
  return { x, map, mapping: inverseOf(mappingOf(options, channels!)) };
}
