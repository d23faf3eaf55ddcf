// Prepacked weights bound as uniforms. On lavapipe a load from storage is a loop over the lanes of a vector, one from uniforms is not: 3.9 ns a number
// and lane against 0.3 on two cores. A uniform binding holds 64 KiB on most devices, so that products are computed range by range of their weights.
//
// Measured there, 36 products of 96 x 96 with 96 x 100, milliseconds: 16 x 16 without uniforms 57; 16 x 8 with them 31, 32 x 4 18, 48 x 4 21,
// 32 x 8 19.
import matrixAUniformShader from "../../../shaders/algorithms/gemm/matrix-a-uniform.wgsl";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { STORAGE_ALIGNMENT } from "../../kernel/step.ts";
import type { GemmVariant, UniformMethod, UniformRange } from "./gemm.ts";
import { tile } from "./tile.ts";

/** Most ranges: each is a dispatch. */
const MAX_RANGES = 160;

/** The ranges of at most so many bytes. */
const rangesIn =
  (bytes: number): UniformMethod["ranges"] =>
  ({ batch, M }, { row, inner, groups, shared }, tileM) => {
    // A binding begins at a multiple of the alignment, at or before its weights.
    const even = [inner, row * tileM].every((stride) => (stride * F32_BYTES) % STORAGE_ALIGNMENT === 0);
    const numbers = (even ? bytes : bytes - STORAGE_ALIGNMENT) / F32_BYTES;
    const tiles = Math.ceil(M / tileM);
    const matrices = shared ? groups : batch;
    const rangeOf = (first: number, count: number, firstTile: number, tilesM: number): UniformRange => {
      const firstRow = firstTile * tileM;
      const start = (first * inner + firstRow * row) * F32_BYTES;
      const end = ((first + count - 1) * inner + Math.min(M, firstRow + tilesM * tileM) * row) * F32_BYTES;
      const offset = Math.floor(start / STORAGE_ALIGNMENT) * STORAGE_ALIGNMENT;
      const own = shared ? { firstBatch: 0, batches: batch } : { firstBatch: first, batches: count };
      return { ...own, firstRow, tilesM, offset, size: end - offset };
    };
    const together = Math.floor(numbers / inner);
    if (together >= matrices) return [rangeOf(0, matrices, 0, tiles)];
    // The groups of an image follow each other: their weights have to fit at once.
    if (shared && groups > 1) return undefined;
    if (together > 0) {
      const parts = evenParts(matrices, together);
      return parts.length > MAX_RANGES ? undefined : parts.map(([first, count]) => rangeOf(first, count, 0, tiles));
    }
    const fitting = Math.floor(numbers / row / tileM);
    if (fitting < 1) return undefined;
    const parts = evenParts(tiles, fitting);
    if (matrices * parts.length > MAX_RANGES) return undefined;
    return Array.from({ length: matrices }, (_, matrix) =>
      parts.map(([first, count]) => rangeOf(matrix, 1, first, count)),
    ).flat();
  };

/** Divides a number of things into the fewest parts of at most `most`, of nearly the same size. */
export function evenParts(all: number, most: number): [first: number, count: number][] {
  const each = Math.ceil(all / Math.ceil(all / most));
  return Array.from({ length: Math.ceil(all / each) }, (_, at) => [at * each, Math.min(each, all - at * each)]);
}

/** The method for bindings of so many bytes. */
export function uniformMethod(bytes: number): UniformMethod {
  return {
    on: ({ uniformBytes = 0 }) => (uniformBytes > 0 ? uniformMethod(uniformBytes) : undefined),
    ranges: rangesIn(bytes),
    shader: matrixAUniformShader,
  };
}

/** Thread tiles whose rows of A are weights bound as uniforms: of many rows, since only loads of B are expensive then. */
export const UNIFORM_TILES: readonly GemmVariant[] = (
  [
    [64, 1],
    [48, 1],
    [32, 2],
    [32, 1],
    [24, 2],
    [24, 1],
    [16, 4],
    [16, 2],
    [16, 1],
    [8, 4],
    [8, 2],
  ] as const
).map(([tileM, tileN4]) => {
  const one = tile(tileM, tileN4, false);
  return { ...one, name: `${one.name}-uniform`, uniform: uniformMethod(0) };
});
