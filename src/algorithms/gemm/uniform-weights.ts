// Prepacked weights bound as uniforms. On lavapipe a load from storage is a loop over the lanes of a vector, one from uniforms is not: 3.9 ns a number
// and lane against 0.3 on two cores. A uniform binding holds 64 KiB on most devices, so that products are computed range by range of their weights.
//
// Measured there, 36 products of 96 x 96 with 96 x 100, milliseconds: 16 x 16 without uniforms 57; 16 x 8 with them 31, 32 x 4 18, 48 x 4 21,
// 32 x 8 19.
import matrixAUniformShader from "../../../shaders/algorithms/gemm/matrix-a-uniform.wgsl";
import matrixAVectorsShader from "../../../shaders/algorithms/gemm/matrix-a-vectors.wgsl";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { BINDING, STORAGE_ALIGNMENT, type Step, WORKGROUP_SIZE, gridFor } from "../../kernel/step.ts";
import { UNIFORM_LOADS, UNIFORM_WORKGROUP } from "../cost.ts";
import type { BindingMethod, GemmVariant, Products, WeightRows } from "./gemm.ts";
import { tile } from "./tile.ts";

/** Bytes of a vector. */
export const VECTOR_BYTES = 4 * F32_BYTES;

/** Most ranges: each is a dispatch. */
const MAX_RANGES = 160;

/** A range of a batch of products, whose weights are bound together. */
export interface UniformRange {
  readonly firstBatch: number;
  readonly batches: number;
  readonly firstRow: number;
  readonly tilesM: number;
  /** The bytes of A that are bound. */
  readonly offset: number;
  readonly size: number;
}

/** The ranges of a batch of products on a tile, of nearly the same size and of at most so many bytes; undefined if they do not fit, or are too many. */
export function uniformRanges(
  { batch, M }: Pick<Products, "batch" | "M">,
  { row, inner, groups, shared }: WeightRows,
  tileM: number,
  bytes: number,
): readonly UniformRange[] | undefined {
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
}

/** The step of a range. */
function stepOf(step: Step, range: UniformRange): Step {
  const { kernel, bindings, uniforms } = step;
  const { firstBatch, batches, firstRow, tilesM, offset, size } = range;
  const threads = batches * tilesM * Number(uniforms["tilesN"]);
  return {
    kernel: {
      ...kernel,
      shaders: kernel.shaders.map((one) => (one === matrixAVectorsShader ? matrixAUniformShader : one)),
      constants: { ...kernel.constants, A_VECTORS: size / VECTOR_BYTES, WORKGROUP_SIZE: UNIFORM_WORKGROUP },
    },
    bindings: bindings.map((one) => (one.binding === BINDING.first ? { ...one, offset, size } : one)),
    uniforms: { ...uniforms, threads, tilesM, firstBatch, firstRow, aFirst: offset / VECTOR_BYTES },
    workgroups: uniformGrid(threads),
  };
}

/** The grid for a number of threads in small workgroups. */
export function uniformGrid(threads: number): Step["workgroups"] {
  return gridFor(Math.ceil(threads / UNIFORM_WORKGROUP) * WORKGROUP_SIZE);
}

/** Divides a number of things into the fewest parts of at most `most`, of nearly the same size. */
export function evenParts(all: number, most: number): [first: number, count: number][] {
  const each = Math.ceil(all / Math.ceil(all / most));
  return Array.from({ length: Math.ceil(all / each) }, (_, at) => [at * each, Math.min(each, all - at * each)]);
}

/** The method for bindings of so many bytes. */
export function uniformMethod(bytes: number): BindingMethod {
  return {
    loads: { a: UNIFORM_LOADS, b: 1 },
    textures: () => [],
    on: ({ uniformBytes = 0 }) => (uniformBytes > 0 ? uniformMethod(uniformBytes) : undefined),
    count: (products, tileM) =>
      (products.weights && uniformRanges(products, products.weights, tileM, bytes)?.length) ?? 0,
    divide: (step, { weights, outerCount }, { tileM }, { groups, K }) =>
      uniformRanges(
        { batch: outerCount * groups, M: K / groups },
        { ...weights, shared: weights.outer === 0, groups },
        tileM,
        bytes,
      )!.map((range) => stepOf(step, range)),
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
  return { ...one, name: `${one.name}-uniform`, binding: uniformMethod(0) };
});
