// Makes a picture twice as large on the GPU: by the network in tiles, and by bicubic interpolation.
import { fromImage, toCanvas } from "convoke/image";
import { type Model, type TilePiece, loadLayers } from "convoke/layers";
import { resize } from "convoke/ops";
import { fetchNetwork } from "../../examples/upscale/files.ts";
import { pageEngine } from "../common/engine.ts";

export { explainFailure } from "../common/engine.ts";

/** Pixels of a tile's side, of the photo. */
const TILE = 256;

export interface Canvases {
  readonly bicubic: HTMLCanvasElement;
  readonly network: HTMLCanvasElement;
}

export interface Listening {
  readonly signal: AbortSignal;
  readonly said: (text: string) => void;
  readonly progress: (tiles: { done: number; total: number }) => void;
}

export interface Report {
  /** The most GPU memory that the engine held at once. */
  readonly peakBytes: number;
  readonly explanation: string;
}

/** Draws a tile of the result, [1, height, width, 3] in bytes. */
function draw({ data, shape, start }: TilePiece, canvas: HTMLCanvasElement): void {
  const [, height, width] = shape as [number, number, number];
  const image = new ImageData(width, height);
  // Element by element: copying views of a pixel takes ten times as long.
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    image.data[to] = data[from]!;
    image.data[to + 1] = data[from + 1]!;
    image.data[to + 2] = data[from + 2]!;
    image.data[to + 3] = 255;
  }
  canvas.getContext("2d")!.putImageData(image, start[2]!, start[1]!);
}

let loaded: Promise<Model> | undefined;

/** The network, loaded once for each engine. */
async function loadNetwork(): Promise<Model> {
  loaded ??= pageEngine().then(async (engine) => {
    void engine.lost.then(() => (loaded = undefined));
    return loadLayers(engine, await fetchNetwork());
  });
  try {
    return await loaded;
  } catch (error) {
    loaded = undefined;
    throw error;
  }
}

/** Draws a photo twice as large on both canvases. */
export async function upscale(photo: HTMLCanvasElement, canvases: Canvases, listening: Listening): Promise<Report> {
  const { signal, said, progress } = listening;
  said("Starting the GPU and loading the network.");
  const engine = await pageEngine();
  // The network takes and gives bytes, with the channels last.
  const values = { scale: 255 };
  const x = fromImage(engine, photo, { ...values, layout: "channels-last" });
  try {
    const larger = resize(x, { scale: 2, mode: "cubic" });
    try {
      await toCanvas(larger, canvases.bicubic, values);
      canvases.network.getContext("2d")!.drawImage(canvases.bicubic, 0, 0);
    } finally {
      larger.destroy();
    }
    const model = await loadNetwork();
    signal.throwIfAborted();
    said("Computing, tile by tile.");
    await model.runTiled(x, { tile: TILE, signal, progress, write: (piece) => draw(piece, canvases.network) });
    return { peakBytes: engine.memory.peak, explanation: model.explain() };
  } finally {
    x.destroy();
  }
}
