// Converts between pictures and numbers: the photo as a network's input, filters and feature maps as pictures, each normalised on its own.
import photo from "../../examples/photo/images/chelsea.png?url";

/** The input of a network's first layer, [channels, size, size] from -1 to 1, and its picture. */
export interface Input {
  readonly values: Float32Array;
  readonly picture: ImageData;
}

/** Returns the middle square of the photo, scaled. The photo is fetched on first use. */
export async function loadInput(channels: number, size: number): Promise<Input> {
  const response = await fetch(photo);
  if (!response.ok) throw new Error(`the photo could not be loaded: ${response.status} ${response.statusText}`);
  const bitmap = await createImageBitmap(await response.blob());
  const canvas = document.createElement("canvas");
  canvas.width = size;
  canvas.height = size;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser draws no 2D canvas");
  const side = Math.min(bitmap.width, bitmap.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, (bitmap.width - side) / 2, (bitmap.height - side) / 2, side, side, 0, 0, size, size);
  bitmap.close();
  const picture = context.getImageData(0, 0, size, size);
  const area = size * size;
  const values = new Float32Array(channels * area);
  for (let cell = 0; cell < area; cell++) {
    const [red, green, blue] = [0, 1, 2].map((channel) => picture.data[4 * cell + channel]! / 127.5 - 1) as [
      number,
      number,
      number,
    ];
    if (channels === 1) {
      const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
      values[cell] = grey;
      picture.data.fill((grey + 1) * 127.5, 4 * cell, 4 * cell + 3);
    } else {
      values[cell] = red;
      values[area + cell] = green;
      values[2 * area + cell] = blue;
    }
  }
  return { values, picture };
}

/** Paints a filter's weights as colours: mid-grey is zero, the largest weight takes the full range. */
export function filterPicture(weights: Float32Array, channels: number, size: number): ImageData {
  const picture = new ImageData(size, size);
  const area = size * size;
  const most = weights.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) || 1;
  for (let cell = 0; cell < area; cell++) {
    for (let channel = 0; channel < 3; channel++) {
      const value = weights[Math.min(channel, channels - 1) * area + cell]!;
      picture.data[4 * cell + channel] = 127.5 + (127.5 * value) / most;
    }
    picture.data[4 * cell + 3] = 255;
  }
  return picture;
}

export interface MapPicture {
  readonly picture: ImageData;
  readonly least: number;
  readonly most: number;
}

/** Paints a feature map in grey: its least value black, its largest white. */
export function mapPicture(values: Float32Array, size: number): MapPicture {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const scale = 255 / (most - least || 1);
  const picture = new ImageData(size, size);
  values.forEach((value, cell) => {
    picture.data.fill((value - least) * scale, 4 * cell, 4 * cell + 3);
    picture.data[4 * cell + 3] = 255;
  });
  return { picture, least, most };
}

/** Draws a picture cell by cell; the style scales it. */
export function paint(canvas: HTMLCanvasElement, picture: ImageData): void {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
}
