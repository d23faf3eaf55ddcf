// Sources of known pixels, one of each kind.
import type { ImageSource } from "../../src/image/index.ts";

/** An opaque picture of bytes that differ from pixel to pixel and channel to channel. */
export function picture(width: number, height: number): ImageData {
  const image = new ImageData(width, height);
  for (let at = 0; at < width * height; at++)
    image.data.set([(at * 37) % 256, (at * 101 + 13) % 256, (at * 59 + 200) % 256, 255], 4 * at);
  return image;
}

/** A canvas that shows a picture. */
export function canvasOf<Canvas extends HTMLCanvasElement | OffscreenCanvas>(canvas: Canvas, image: ImageData): Canvas {
  canvas.width = image.width;
  canvas.height = image.height;
  (canvas.getContext("2d") as CanvasRenderingContext2D).putImageData(image, 0, 0);
  return canvas;
}

async function imageOf(blob: Blob): Promise<HTMLImageElement> {
  const element = new Image();
  element.src = URL.createObjectURL(blob);
  await element.decode();
  URL.revokeObjectURL(element.src);
  return element;
}

const encoded = (image: ImageData, type: string): Promise<Blob> =>
  canvasOf(new OffscreenCanvas(1, 1), image).convertToBlob({ type, quality: 1 });

/** A PNG of a picture, as an element of the page. */
export async function pngOf(image: ImageData): Promise<HTMLImageElement> {
  return imageOf(await encoded(image, "image/png"));
}

/** A JPEG whose metadata say how it is to be turned: the orientation of EXIF (6: by 90 degrees to the right). */
export async function turnedJpeg(image: ImageData, orientation: number): Promise<HTMLImageElement> {
  const jpeg = new Uint8Array(await (await encoded(image, "image/jpeg")).arrayBuffer());
  // The segment APP1 with a TIFF header, big-endian, and one entry: tag 0x112 of type SHORT.
  const exif = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1];
  const entry = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
  return imageOf(
    new Blob([jpeg.subarray(0, 2), new Uint8Array([...exif, ...entry]), jpeg.subarray(2)], { type: "image/jpeg" }),
  );
}

/** A source of each kind that keeps the bytes of an opaque picture. */
export const SOURCES: Readonly<Record<string, (image: ImageData) => Promise<ImageSource> | ImageSource>> = {
  "an ImageData": (image) => image,
  "plain pixels": ({ data, width, height }) => ({ data: new Uint8Array(data), width, height }),
  "an ImageBitmap": (image) => createImageBitmap(image),
  "a canvas": (image) => canvasOf(document.createElement("canvas"), image),
  "an OffscreenCanvas": (image) => canvasOf(new OffscreenCanvas(1, 1), image),
  "an image element": pngOf,
  "a VideoFrame": (image) => new VideoFrame(canvasOf(new OffscreenCanvas(1, 1), image), { timestamp: 0 }),
};
