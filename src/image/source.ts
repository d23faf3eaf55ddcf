// Sources of pixels: what they are called, how large they are, and how their pixels get to the GPU.
import { ConvError, refuse, words } from "../base/error.ts";

/** Pixels of 8 bits a channel in the order red, green, blue, alpha, not premultiplied: an `ImageData`, or the like where there is none (Node). */
export interface PixelData {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** What `fromImage` takes. */
export type ImageSource =
  | ImageBitmap
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLImageElement
  | HTMLVideoElement
  | VideoFrame
  | PixelData;

/** A source that the browser draws. */
export type Drawable = Exclude<ImageSource, PixelData>;

interface Size {
  readonly width: number;
  readonly height: number;
}

const EXPECTED =
  "an ImageBitmap, ImageData, HTMLCanvasElement, OffscreenCanvas, HTMLImageElement, HTMLVideoElement, VideoFrame, or { data, width, height }";

/** The size in pixels of each kind of source, and what one without pixels should have been. */
const KINDS: Readonly<Record<string, { readonly size: (source: never) => Size; readonly expected: string }>> = {
  ImageBitmap: { size: (bitmap: ImageBitmap) => bitmap, expected: "one that is not closed" },
  HTMLCanvasElement: { size: (canvas: HTMLCanvasElement) => canvas, expected: "one with pixels" },
  OffscreenCanvas: { size: (canvas: OffscreenCanvas) => canvas, expected: "one with pixels" },
  HTMLImageElement: {
    size: ({ complete, naturalWidth, naturalHeight }: HTMLImageElement) =>
      complete ? { width: naturalWidth, height: naturalHeight } : { width: 0, height: 0 },
    expected: "one that has loaded (await image.decode())",
  },
  HTMLVideoElement: {
    size: ({ readyState, videoWidth, videoHeight }: HTMLVideoElement) =>
      readyState >= 2 ? { width: videoWidth, height: videoHeight } : { width: 0, height: 0 },
    expected: "one that shows a frame (readyState of at least 2)",
  },
  VideoFrame: {
    size: (frame: VideoFrame) => ({ width: frame.displayWidth, height: frame.displayHeight }),
    expected: "one that is not closed",
  },
};

/** Whether a source is plain pixels. */
export function isPixelData(source: ImageSource): source is PixelData {
  return "data" in source;
}

/**
 * Returns the size of a source in pixels.
 * @throws ConvError `invalid-argument` if it is no source, or has no pixels (yet, or any more)
 */
export function sizeOf(source: ImageSource): Size {
  // An instance of another window's class counts too.
  const kind = Object.prototype.toString.call(source).slice(8, -1);
  const known = KINDS[kind];
  if (known) {
    const { width, height } = known.size(source as never);
    if (width === 0 || height === 0)
      refuse("invalid-argument", "source", words(`${kind} without pixels`), known.expected);
    return { width, height };
  }
  if (typeof source !== "object" || source === null || !isPixelData(source))
    refuse("invalid-argument", "source", source, EXPECTED);
  return checkPixels(source);
}

function checkPixels({ data, width, height }: PixelData): Size {
  for (const [name, size] of Object.entries({ width, height }))
    if (!Number.isInteger(size) || size < 1)
      refuse("invalid-argument", `source.${name}`, size, "an integer of at least 1");
  if (!(data instanceof Uint8Array) && !(data instanceof Uint8ClampedArray))
    refuse("invalid-argument", "source.data", data, "a Uint8ClampedArray or Uint8Array");
  if (data.length !== 4 * width * height)
    refuse("shape-mismatch", "source.data", words(`${data.length} bytes`), `${4 * width * height}: four a pixel`);
  return { width, height };
}

/** The pixels of plain data in sRGB, as 32-bit words. */
export function wordsOf(source: PixelData): Uint32Array {
  const { colorSpace = "srgb" } = source as { colorSpace?: string };
  const { data } = colorSpace === "srgb" ? source : inSrgb(source as ImageData);
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

function inSrgb(image: ImageData): ImageData {
  const context = contextOf(image);
  context.putImageData(image, 0, 0);
  return context.getImageData(0, 0, image.width, image.height);
}

/** The pixels of a drawn source, as the 2D canvas has them: where alpha is small, colours are coarse. */
export function drawnPixels(source: Drawable, size: Size): ImageData {
  const context = contextOf(size);
  try {
    context.drawImage(source, 0, 0, size.width, size.height);
    return context.getImageData(0, 0, size.width, size.height);
  } catch (cause) {
    throw new ConvError(
      "invalid-argument",
      `source: got one that cannot be read (${(cause as Error).message}), expected one of this origin, or shared with it (CORS)`,
      { cause },
    );
  }
}

function contextOf({ width, height }: Size): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) throw new ConvError("unsupported", "source: the browser gives no 2D canvas to draw it on");
  return context;
}
