// Tiling of the outputs: each tile is the valid part of one circular convolution (overlap-save; Oppenheim and Schafer,
// Discrete-Time Signal Processing, section 8.7.3). One tile is the whole map.
import { type Triple, dilatedExtent, eachAxis, elementCount, toTriple } from "../../base/shape.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { lengthAtLeast, passes, realPasses, storedLength } from "./lengths.ts";

/** The tiling of one axis: `tiles` transforms of `length` cells, each of which gives `outputs` valid outputs. */
export interface AxisTiling {
  readonly length: number;
  readonly outputs: number;
  readonly tiles: number;
}

export type Tiling = readonly [AxisTiling, AxisTiling, AxisTiling];

export const AXES = [0, 1, 2] as const;

/** Returns one value for each axis. */
export function perAxis(tiling: Tiling, value: (axis: AxisTiling) => number): Triple {
  return eachAxis((axis) => value(tiling[axis]));
}

/** Number of cells of the padded input that `outputs` neighbouring outputs see along an axis. */
function reach(correlation: Correlation, axis: 0 | 1 | 2, outputs: number): number {
  return (outputs - 1) * correlation.stride[axis] + dilatedExtent(correlation.kernel[axis], correlation.dilation[axis]);
}

/** Divides an axis into at most `tiles` tiles; undefined if the transforms would be too long. */
function axisTiling(correlation: Correlation, axis: 0 | 1 | 2, tiles: number): AxisTiling | undefined {
  const outputs = Math.ceil(correlation.output[axis] / tiles);
  const length = lengthAtLeast(reach(correlation, axis, outputs));
  return length === undefined ? undefined : { length, outputs, tiles: Math.ceil(correlation.output[axis] / outputs) };
}

function combine(options: readonly (readonly AxisTiling[])[]): Tiling[] {
  return options[0]!.flatMap((d) => options[1]!.flatMap((h) => options[2]!.map((w): Tiling => [d, h, w])));
}

/** The whole map as one tile; undefined if a transform would be too long. */
export function wholeTiling(correlation: Correlation): Tiling | undefined {
  return combine(AXES.map((axis) => [axisTiling(correlation, axis, 1)].filter((one) => one !== undefined)))[0];
}

/** An axis is not worth tiling if overlap makes its transforms this many times larger than the least. */
const MAX_OVERLAP = 3;

/**
 * The tilings worth considering: along each axis, no other is better in both the length of its transforms and their total. Empty if the
 * kernel is longer than any transform.
 */
export function tilings(correlation: Correlation): Tiling[] {
  const options = AXES.map((axis) => {
    const size = correlation.output[axis];
    // The tile counts to try: those of tiles that grow by 15 % each time.
    const counts = new Set<number>();
    for (let outputs = 1; outputs <= size; outputs = Math.ceil(outputs * 1.15)) counts.add(Math.ceil(size / outputs));
    counts.add(1);
    const all = [...counts]
      .map((tiles) => axisTiling(correlation, axis, tiles))
      .filter((one) => one !== undefined)
      .toSorted((a, b) => a.length * a.tiles - b.length * b.tiles || a.length - b.length);
    const front: AxisTiling[] = [];
    for (const one of all) {
      const best = all[0]!;
      if (one.length * one.tiles > MAX_OVERLAP * best.length * best.tiles) break;
      if (front.every(({ length }) => one.length < length)) front.push(one);
    }
    return front;
  });
  return combine(options);
}

/** Whether a tiling has more than one tile. */
export function isTiled(tiling: Tiling): boolean {
  return tiling.some(({ tiles }) => tiles > 1);
}

/** The name of a tiling: the number of tiles along each axis, without the leading unit axes of lower ranks. */
export function tilingName(tiling: Tiling): string {
  if (!isTiled(tiling)) return "whole";
  const counts = tiling.map(({ tiles }) => tiles);
  return `tiles ${counts.slice(counts.findIndex((count) => count > 1)).join("x")}`;
}

/** The tiling of a name, with about that many tiles; undefined if the name is invalid or a transform would be too long. */
export function tilingNamed(correlation: Correlation, name: string): Tiling | undefined {
  if (name === "whole") return wholeTiling(correlation);
  const counts = /^tiles (\d+(?:x\d+){0,2})$/.exec(name)?.[1]!.split("x").map(Number);
  if (!counts) return undefined;
  const [d, h, w] = toTriple(counts, 1);
  const isCut = [d, h, w].every((count, axis) => count >= 1 && count <= correlation.output[axis]!);
  if (!isCut) return undefined;
  return combine(
    [d, h, w].map((count, axis) => [axisTiling(correlation, AXES[axis]!, count)].filter((one) => one !== undefined)),
  )[0];
}

/** Number of tiles in all images. */
export function tileCount(correlation: Correlation, tiling: Tiling): number {
  return correlation.N * elementCount(perAxis(tiling, ({ tiles }) => tiles));
}

/** Number of complex numbers in the spectrum of a tile. */
export function spectrumSize([d, h, w]: Tiling): number {
  return d.length * h.length * storedLength(w.length);
}

/** Sizes of all passes over a spectrum, those along the width first. */
export function passSizes([d, h, w]: Tiling): number[] {
  return [...(realPasses(w.length) ?? []), ...(passes(h.length) ?? []), ...(passes(d.length) ?? [])].map(
    ({ size }) => size,
  );
}

/** Number of cells of a tile, by which the result of an inverse transform is divided. */
export function tileCells(tiling: Tiling): number {
  return elementCount(perAxis(tiling, ({ length }) => length));
}
