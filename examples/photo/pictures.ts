// Converts results to pixels: flat float arrays in, RGBA out. It needs no canvas, so it can be tested anywhere.
import type { PictureKind } from "./filters.ts";

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Four bytes a pixel: red, green, blue, alpha. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** Maps are shrunk in grids wider than this. */
const MAX_GRID_WIDTH = 1600;
/** The aspect ratio of a grid, about that of a photograph. */
const GRID_ASPECT = 4 / 3;
const GAP = 2;
const GAP_GREY = 24;
/** The share of a map's cells that may be clipped to black, and that may be clipped to white. */
const OUTERMOST = 0.005;

/** Converts RGBA bytes to the three planes [1, 3, H, W] of the photograph, from 0 to 1. */
export function planesOf(rgba: ArrayLike<number>, pixels: number): Float32Array {
  return Float32Array.from({ length: 3 * pixels }, (_, index) => {
    const plane = Math.floor(index / pixels);
    return rgba[4 * (index - plane * pixels) + plane]! / 255;
  });
}

/** Creates a picture from a function that gives red, green and blue of a pixel, which are clamped to 0..255 when stored. */
function paint(width: number, height: number, shade: (pixel: number, channel: number) => number): Picture {
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) rgba[4 * pixel + channel] = shade(pixel, channel);
  }
  return { width, height, rgba };
}

/** Draws three planes as red, green and blue: `black` is the level of 0, and a difference of 1 is the whole range. */
function colourPicture(y: Float32Array, width: number, height: number, black: number): Picture {
  return paint(width, height, (pixel, channel) => 255 * y[channel * width * height + pixel]! + black);
}

/** Draws two planes as the length of a gradient, the longest one white. */
function gradientPicture(y: Float32Array, width: number, height: number): Picture {
  const pixels = width * height;
  const length = Float64Array.from({ length: pixels }, (_, pixel) => Math.hypot(y[pixel]!, y[pixels + pixel]!));
  const longest = length.reduce((most, value) => Math.max(most, value), 0) || 1;
  return paint(width, height, (pixel) => (255 * length[pixel]!) / longest);
}

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Each map is shrunk by this whole number along both axes. */
  readonly shrink: number;
  /** Size of one shrunken map. */
  readonly tile: readonly [width: number, height: number];
  readonly width: number;
  readonly height: number;
}

/** Chooses the full grid of `count` maps whose aspect ratio is nearest to that of a photograph. */
export function gridLayout(count: number, width: number, height: number): Grid {
  const distance = (columns: number): number =>
    Math.abs(Math.log((columns * width) / ((count / columns) * height) / GRID_ASPECT));
  const divisors = Array.from({ length: count }, (_, index) => index + 1).filter((value) => count % value === 0);
  const columns = divisors.reduce((best, value) => (distance(value) < distance(best) ? value : best));
  const rows = count / columns;
  const shrink = Math.ceil((columns * width) / MAX_GRID_WIDTH);
  const tile = [Math.max(1, Math.floor(width / shrink)), Math.max(1, Math.floor(height / shrink))] as const;
  return {
    columns,
    rows,
    shrink,
    tile,
    width: columns * (tile[0] + GAP) - GAP,
    height: rows * (tile[1] + GAP) - GAP,
  };
}

/** Draws one map, shrunk by averaging, from black to white; the most extreme values, often at the border, do not stretch the range. */
function shrunkenMap(map: Float32Array, width: number, grid: Grid): Float64Array {
  const { shrink, tile } = grid;
  const cells = Float64Array.from({ length: tile[0] * tile[1] }, (_, cell) => {
    const [left, top] = [(cell % tile[0]) * shrink, Math.floor(cell / tile[0]) * shrink];
    let sum = 0;
    for (let y = top; y < top + shrink; y++) for (let x = left; x < left + shrink; x++) sum += map[y * width + x] ?? 0;
    return sum;
  });
  const sorted = cells.toSorted();
  const cut = Math.floor(cells.length * OUTERMOST);
  const black = sorted[cut]!;
  const range = sorted[cells.length - 1 - cut]! - black || 1;
  return cells.map((value) => (255 * (value - black)) / range);
}

/** Draws every plane as a grey map, in a grid. */
function mapsPicture(y: Float32Array, width: number, height: number): Picture {
  const pixels = width * height;
  const count = y.length / pixels;
  const grid = gridLayout(count, width, height);
  const maps = Array.from({ length: count }, (_, index) =>
    shrunkenMap(y.subarray(index * pixels, (index + 1) * pixels), width, grid),
  );
  const [tileWidth, tileHeight] = grid.tile;
  return paint(grid.width, grid.height, (pixel) => {
    const [x, top] = [pixel % grid.width, Math.floor(pixel / grid.width)];
    const [column, left] = [Math.floor(x / (tileWidth + GAP)), x % (tileWidth + GAP)];
    const [row, down] = [Math.floor(top / (tileHeight + GAP)), top % (tileHeight + GAP)];
    if (left >= tileWidth || down >= tileHeight) return GAP_GREY;
    return maps[row * grid.columns + column]![down * tileWidth + left]!;
  });
}

/** Draws a result y [1, K, height, width]. */
export function pictureOf(kind: PictureKind, y: Float32Array, width: number, height: number): Picture {
  switch (kind) {
    case "photo":
      return colourPicture(y, width, height, 0);
    case "relief":
      return colourPicture(y, width, height, 128);
    case "gradient":
      return gradientPicture(y, width, height);
    case "maps":
      return mapsPicture(y, width, height);
  }
}
