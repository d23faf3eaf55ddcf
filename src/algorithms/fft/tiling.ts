// Tiling of the outputs: each tile is the valid part of one circular convolution (overlap-save; Oppenheim and Schafer,
// Discrete-Time Signal Processing, section 8.7.3). One tile is the whole map.
//
// A kernel too long for a transform is cut into parts as long as the step between tiles (uniform partitions; Gardner, "Efficient convolution without
// input-output delay", 1995; Wefers, "Partitioned convolution algorithms for real-time auralization", 2015, section 5). Part b of the kernel meets
// the input of tile i where that of tile i + b starts: each stretch of the input is transformed once, and the product of spectra sums over the parts
// as it does over channels.
import { type Triple, dilatedExtent, eachAxis, elementCount } from "../../base/shape.ts";
import type { Correlation } from "../../problem/correlation.ts";
import type { DeviceTraits } from "../traits.ts";
import { MAX_LENGTH, lengthAtLeast, passes, realPasses, storedLength } from "./lengths.ts";

/** The tiling of one axis: `tiles` transforms of `length` cells, each of which gives `outputs` valid outputs. */
export interface AxisTiling {
  readonly length: number;
  readonly outputs: number;
  readonly tiles: number;
  /** Number of parts of the kernel, and the cells of each. If there are several, tiles are as far apart. */
  readonly parts: number;
  readonly part: number;
  /** Complex numbers that an invocation may hold. */
  readonly held: number;
}

export type Tiling = readonly [AxisTiling, AxisTiling, AxisTiling];

export const AXES = [0, 1, 2] as const;

/** Returns one value for each axis. */
export function perAxis(tiling: Tiling, value: (axis: AxisTiling) => number): Triple {
  return eachAxis((axis) => value(tiling[axis]));
}

/** Complex numbers that an invocation may hold on a CPU adapter, and on a GPU that chooses large subgroups although it has few registers. */
const MOST_HELD = 64;
const FEW_HELD = 8;

/** The tiling with as many numbers held by an invocation as the registers of a device allow: more would spill, fewer load more. */
export function onDevice([d, h, w]: Tiling, { software, maxSums, subgroupSize }: DeviceTraits): Tiling {
  if (software) return [d, h, w];
  const held = subgroupSize === undefined ? maxSums / 2 : FEW_HELD;
  return [
    { ...d, held },
    { ...h, held },
    { ...w, held },
  ];
}

/** Divides an axis into at most `tiles` tiles, with the kernel in one part or in several; undefined if the transforms would be too long. */
function axisTiling(c: Correlation, axis: 0 | 1 | 2, tiles: number, inParts = false): AxisTiling | undefined {
  const stride = c.stride[axis];
  const extent = dilatedExtent(c.kernel[axis], c.dilation[axis]);
  const outputs = Math.ceil(c.output[axis] / tiles);
  const part = inParts ? Math.min(extent, outputs * stride) : extent;
  const length = lengthAtLeast((outputs - 1) * stride + part);
  if (length === undefined) return undefined;
  return {
    length,
    outputs,
    tiles: Math.ceil(c.output[axis] / outputs),
    parts: Math.ceil(extent / part),
    part,
    held: MOST_HELD,
  };
}

function combine(options: readonly (readonly (AxisTiling | undefined)[])[]): Tiling[] {
  const [d, h, w] = options.map((list) => list.filter((one) => one !== undefined));
  return d!.flatMap((one) => h!.flatMap((two) => w!.map((three): Tiling => [one, two, three])));
}

/** The whole map as one tile; undefined if a transform would be too long. */
export function wholeTiling(correlation: Correlation): Tiling | undefined {
  return combine(AXES.map((axis) => [axisTiling(correlation, axis, 1)]))[0];
}

/** An axis is not worth tiling if overlap makes its transforms this many times larger than the least. */
const MAX_OVERLAP = 2;

/**
 * Longest sides that tiles have relative to their shortest ones, along axes that are alike. Estimates of the best tiling for kernels of 3x3 to
 * 31x31 on maps of 5x5 to 240x240 are those of all tilings within 1 % on average. Kernels of three cells get squarer ones: tall tiles would be as
 * fast as Winograd's at some sizes of a map and not at others, and each change compiles kernels.
 */
const MAX_ASPECT = { small: 1.5, large: 2.4 };

/** The most cells that a small kernel reaches over. */
const SMALL_EXTENT = 3;

/** Kernels that reach less far are not worth cutting: tiles in which they fill a quarter at most overlap little. */
const LEAST_CUT = MAX_LENGTH / 4;

/** Whether two axes have the same sizes. */
function areAlike({ output, kernel, stride, dilation }: Correlation, a: 0 | 1 | 2, b: 0 | 1 | 2): boolean {
  return [output, kernel, stride, dilation].every((sizes) => sizes[a] === sizes[b]);
}

/**
 * The tilings of an axis worth considering: for each length of a transform, as few tiles as it takes, and of those the ones than which no other
 * is better in both the length of its transforms and their total, to which the products of parts beyond the first are added.
 */
function axisTilings(c: Correlation, axis: 0 | 1 | 2): AxisTiling[] {
  const size = c.output[axis];
  const stride = c.stride[axis];
  const extent = dilatedExtent(c.kernel[axis], c.dilation[axis]);
  const all: (AxisTiling | undefined)[] = [];
  for (let length: number | undefined = 1; length !== undefined; length = lengthAtLeast(length + 1)) {
    const outputs = Math.floor((length - extent) / stride) + 1;
    if (outputs > 0) all.push(axisTiling(c, axis, Math.ceil(size / outputs)));
    // Parts are as long as the step between tiles.
    const inParts = Math.floor((length / stride + 1) / 2);
    if (extent > LEAST_CUT && inParts > 0) all.push(axisTiling(c, axis, Math.ceil(size / inParts), true));
    if (outputs >= size) break;
  }
  const total = ({ length, tiles, parts }: AxisTiling): number => length * (tiles * parts + parts - 1);
  const found = all.filter((one) => one !== undefined).toSorted((a, b) => total(a) - total(b) || a.length - b.length);
  const front: AxisTiling[] = [];
  for (const one of found) {
    if (total(one) > MAX_OVERLAP * total(found[0]!)) break;
    if (front.every(({ length }) => one.length < length)) front.push(one);
  }
  return front;
}

/** The tilings worth considering. */
export function tilings(c: Correlation): Tiling[] {
  const alike = ([0, 1] as const).flatMap((a) =>
    ([1, 2] as const).filter((b) => a < b && areAlike(c, a, b)).map((b) => [a, b] as const),
  );
  return combine(AXES.map((axis) => axisTilings(c, axis))).filter((tiling) =>
    alike.every(([a, b]) => {
      const lengths = [tiling[a].length, tiling[b].length];
      const isSmall = dilatedExtent(c.kernel[b], c.dilation[b]) <= SMALL_EXTENT;
      return Math.max(...lengths) <= (isSmall ? MAX_ASPECT.small : MAX_ASPECT.large) * Math.min(...lengths);
    }),
  );
}

/** Whether a tiling has more than one tile or part. */
export function isTiled(tiling: Tiling): boolean {
  return tiling.some((axis) => inputTiles(axis) > 1);
}

/**
 * The name of a tiling: the number of tiles along each axis, and after a slash that of the parts of the kernel if there are several, without the
 * leading unit axes of lower ranks.
 */
export function tilingName(tiling: Tiling): string {
  if (!isTiled(tiling)) return "whole";
  const names = tiling.map(({ tiles, parts }) => (parts > 1 ? `${tiles}/${parts}` : `${tiles}`));
  return `tiles ${names.slice(names.findIndex((name) => name !== "1")).join("x")}`;
}

/** The tiling of a name, with about that many tiles and parts; undefined if the name is invalid or a transform would be too long. */
export function tilingNamed(correlation: Correlation, name: string): Tiling | undefined {
  if (name === "whole") return wholeTiling(correlation);
  const [kind, ...axes] = name.split(/[ x]/);
  if (kind !== "tiles" || axes.length < 1 || axes.length > 3 || !axes.every((axis) => /^\d+(\/\d+)?$/.test(axis)))
    return undefined;
  const names = ["1", "1", ...axes].slice(-3);
  return combine(
    AXES.map((axis) => {
      const [tiles, parts] = names[axis]!.split("/").map(Number) as [number, number?];
      if (tiles < 1 || tiles > correlation.output[axis]) return [];
      return [axisTiling(correlation, axis, tiles, parts !== undefined)];
    }),
  )[0];
}

/** Number of tiles in all images. */
export function tileCount(correlation: Correlation, tiling: Tiling): number {
  return correlation.N * elementCount(perAxis(tiling, ({ tiles }) => tiles));
}

/** Number of parts of the kernel along each axis. */
export function partsOf(tiling: Tiling): Triple {
  return perAxis(tiling, ({ parts }) => parts);
}

/** Number of parts of the kernel. */
export function partCount(tiling: Tiling): number {
  return elementCount(partsOf(tiling));
}

/** Number of transforms of the input along an axis: the parts of the kernel reach past the last tile. */
export function inputTiles({ tiles, parts }: AxisTiling): number {
  return tiles + parts - 1;
}

/** Number of cells along an axis that can affect one output: the cells of every tile that its sum over the parts of the kernel includes. */
export function reach({ length, part, parts }: AxisTiling): number {
  return (parts - 1) * part + length;
}

/**
 * How tiles count among those of the input (shaders/algorithms/fft/product.wgsl computes the same): past the end of a row, a slice and an image
 * of `every` tiles, `skip` of the input's are left out.
 */
export function rowEnds(tiling: Tiling): { every: Triple; skip: Triple } {
  const [d, h, w] = perAxis(tiling, ({ tiles }) => tiles);
  const [, rows, columns] = perAxis(tiling, inputTiles);
  const [partsD, partsH, partsW] = partsOf(tiling);
  const skip: Triple = [(partsD - 1) * rows * columns, (partsH - 1) * columns, partsW - 1];
  return { every: [d * h * w, h * w, w], skip };
}

/** A range of tiles. */
export interface TileRange {
  readonly first: number;
  readonly count: number;
}

/** The range of the input's tiles that a range of tiles needs. */
export function inputRange(tiling: Tiling, { first, count }: TileRange): TileRange {
  const { every, skip } = rowEnds(tiling);
  const place = (tile: number): number =>
    skip.reduce((sum, tiles, axis) => sum + Math.floor(tile / every[axis]!) * tiles, tile);
  const last = place(first + count - 1) + skip[0] + skip[1] + skip[2];
  return { first: place(first), count: last - place(first) + 1 };
}

/** Number of complex numbers in the spectrum of a tile. */
export function spectrumSize([d, h, w]: Tiling): number {
  return d.length * h.length * storedLength(w.length, w.held);
}

/** Sizes of all passes over a spectrum, those along the width first. */
export function passSizes([d, h, w]: Tiling): number[] {
  return [...realPasses(w.length, w.held), ...passes(h.length, h.held), ...passes(d.length, d.held)].map(
    ({ size }) => size,
  );
}

/** Number of cells of a tile, by which the result of an inverse transform is divided. */
export function tileCells(tiling: Tiling): number {
  return elementCount(perAxis(tiling, ({ length }) => length));
}
