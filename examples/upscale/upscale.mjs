// Twice as large: pixels through a super-resolution network, tile by tile, and back to pixels.
import { fromImage } from "convoke/image";
import { loadLayers } from "convoke/layers";

/** Pixels of a tile's side. */
const TILE = 256;

/** Bytes of red, green and blue as four bytes a pixel, opaque. */
function drawTile({ data, shape, start }, result) {
  const [, height, width] = shape;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const [from, to] = [3 * (y * width + x), 4 * ((start[1] + y) * result.width + start[2] + x)];
      result.data.set(data.subarray(from, from + 3), to);
      result.data[to + 3] = 255;
    }
}

/** @type {typeof import("./upscale.d.mts").upscale} */
export async function upscale(engine, photo, { network, progress, signal }) {
  const model = await loadLayers(engine, network);
  // The network takes and gives bytes, with the channels last.
  const x = fromImage(engine, photo, { scale: 255, layout: "channels-last" });
  try {
    const result = { width: 2 * photo.width, height: 2 * photo.height };
    result.data = new Uint8ClampedArray(4 * result.width * result.height);
    await model.runTiled(x, { tile: TILE, progress, signal, write: (piece) => drawTile(piece, result) });
    return result;
  } finally {
    x.destroy();
    model.destroy();
  }
}
