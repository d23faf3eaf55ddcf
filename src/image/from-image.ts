// Pixels to tensors.
import type { Dtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { checkInteger, checkOneOf, checkOptions } from "../base/validate.ts";
import type { Engine } from "../engine.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { LAYOUTS, type Layout } from "../problem/problem.ts";
import { resized, unpackPixels } from "./pixel-kernels.ts";
import { type Drawable, type ImageSource, drawnPixels, isPixelData, sizeOf, wordsOf } from "./source.ts";
import { COLOUR_KEYS, type ColourValues, mappingOf } from "./values.ts";

/** The options of `fromImage`. */
export interface FromImageOptions extends ColourValues {
  /** 1: the luminance (ITU-R BT.601), 3: red, green and blue, the default, or 4: and alpha. */
  channels?: 1 | 3 | 4;
  /** Height and width to resize to, by linear interpolation between cells whose centres match, antialiased; those of the source unless given. */
  size?: readonly [height: number, width: number];
  /** "channels-first" unless given. */
  layout?: Layout;
  /** "f32" unless given. */
  dtype?: Dtype;
}

/** Bytes of a pixel. */
const PIXEL_BYTES = 4;

/** Rows of a texture start at multiples of this many bytes in a buffer (WebGPU's bytesPerRow). */
const ROW_BYTES = 256;

/** GPUTextureUsage.COPY_SRC, COPY_DST and RENDER_ATTACHMENT, which copies of images ask for. */
const TEXTURE_USAGE = 0x01 | 0x02 | 0x10;

/**
 * Makes a tensor of the pixels of an image, on the GPU where the browser can copy it there. Colours are in sRGB, as they are stored (not linear), and
 * not premultiplied with alpha. Images are turned as their metadata (EXIF) say.
 *
 * @param source an ImageBitmap, ImageData, canvas, OffscreenCanvas, loaded HTMLImageElement, HTMLVideoElement that shows a frame, VideoFrame, or
 * { data, width, height } with four bytes a pixel
 * @returns a tensor [1, channels, height, width] or [1, height, width, channels]
 * @throws ConvError naming the argument that does not fit; `too-large` if the image exceeds what the device can hold
 * @example
 * const x = fromImage(engine, image, { size: [224, 224], mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] });
 */
export function fromImage(engine: Engine, source: ImageSource, options: FromImageOptions = {}): Tensor {
  checkOptions("options", options, ["channels", "size", "layout", "dtype", ...COLOUR_KEYS]);
  const { channels = 3, dtype = "f32" } = options;
  if (![1, 3, 4].includes(channels)) refuse("invalid-argument", "channels", channels, "1, 3 or 4");
  checkOneOf("dtype", dtype, ["f32", "f16"]);
  const layout = checkOneOf("layout", options.layout ?? "channels-first", LAYOUTS);
  const mapping = mappingOf(options, channels);
  const { width, height } = sizeOf(source);
  const size = options.size === undefined ? [height, width] : checkSize(options.size);
  const pixels = upload(engine, source, { width, height });
  try {
    const map = { N: 1, channels, size: [1, height, width], rank: 2, layout } as const;
    const y = unpackPixels(pixels, map, dtype, mapping);
    if (size[0] === height && size[1] === width) return y;
    try {
      return resized(y, map, size);
    } finally {
      y.destroy();
    }
  } finally {
    pixels.destroy();
  }
}

function checkSize(given: unknown): number[] {
  if (!Array.isArray(given) || given.length !== 2) refuse("invalid-argument", "size", given, "[height, width]");
  return given.map((cells, axis) => checkInteger(`size[${axis}]`, cells, 1));
}

/** The pixels as 32-bit words, [height, pixels of a row]. */
function upload(engine: Engine, source: ImageSource, size: { width: number; height: number }): Tensor<"u32"> {
  const { width, height } = size;
  if (isPixelData(source)) return engine.tensor(wordsOf(source), [height, width], { dtype: "u32" });
  const most = engine.device.limits.maxTextureDimension2D;
  if (Math.max(width, height) > most)
    refuse("too-large", "source", words(`${width} x ${height} pixels`), `at most ${most} a side on this device`);
  return (
    copied(engine, source, size) ?? engine.tensor(wordsOf(drawnPixels(source, size)), [height, width], { dtype: "u32" })
  );
}

/** Copies a source to the GPU through a texture; returns undefined if the browser cannot. */
function copied(engine: Engine, source: Drawable, size: { width: number; height: number }): Tensor<"u32"> | undefined {
  const { device } = engine;
  const bytesPerRow = Math.ceil((size.width * PIXEL_BYTES) / ROW_BYTES) * ROW_BYTES;
  const pixels = engine.empty([size.height, bytesPerRow / PIXEL_BYTES], { dtype: "u32" });
  const texture = device.createTexture({ label: "convoke image", size, format: "rgba8unorm", usage: TEXTURE_USAGE });
  try {
    pixels.gpu.errors.run("fromImage", () => {
      device.queue.copyExternalImageToTexture({ source }, { texture }, size);
      const encoder = device.createCommandEncoder({ label: "convoke image" });
      encoder.copyTextureToBuffer({ texture }, { buffer: pixels.storage, bytesPerRow }, size);
      device.queue.submit([encoder.finish()]);
    });
    return pixels;
  } catch {
    // A kind that this browser does not copy, a software adapter that copies no video, or an image that may not be read: drawing tells.
    pixels.destroy();
    return undefined;
  } finally {
    texture.destroy();
  }
}
