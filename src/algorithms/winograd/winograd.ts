// winograd: the minimal filtering algorithms F(m, r) of Winograd in one, two and three dimensions (Lavin and Gray, "Fast algorithms for
// convolutional neural networks", 2016, section 4). Tiles of the input and the filters are transformed, multiplied point by point as
// matrices over the channels, and transformed back: (m r / (m + r - 1))^axes times fewer multiplications than the direct sum. The outputs of a
// tile share their errors, and a NaN or infinity in the input spreads over the tiles that see it.
import { type Triple, elementCount, roundUp } from "../../base/shape.ts";
import { F32_BYTES } from "../../kernel/element-types.ts";
import type { Correlation } from "../../problem/correlation.ts";
import {
  type Algorithm,
  type Candidate,
  type ErrorBound,
  type PartialPlan,
  type Unsupported,
  tooManyBytes,
} from "../algorithm.ts";
import { MAX_SECONDS, OUTPUT_LOADS, type Work, divide, estimate, numberBytes } from "../cost.ts";
import { storesInLoop, texturesOf } from "../gemm/gemm.ts";
import { gemmTile } from "../gemm/tile.ts";
import type { GemmVariant, Products } from "../gemm/variant.ts";
import { copyWork, gemmWork, productTextures } from "../gemm/work.ts";
import { numbersOf } from "../operands.ts";
import type { DeviceTraits } from "../traits.ts";
import { type Chunk, type Geometry, chunkBytes, geometryOf, inputBytes, productBytes } from "./geometry.ts";
import { exactOnIntegers, growth, transformedCount } from "./growth.ts";
import { partitionOf, transformedAxes } from "./partition.ts";
import { type LineMethod, filterStep, inputStep, multiplyStep, outputStep } from "./steps.ts";
import { TILES, type Tile } from "./tiles.ts";

/** Cap of a chunk. Larger ones are no faster: matrix products of this size already keep the GPU busy. */
const CHUNK_BYTES = 32 * 2 ** 20;

/** Bytes that a chunk should take at most: on a GPU it stays in the last cache, unless the filters, which every chunk loads, are larger. */
function chunkCap({ filterBytes }: Geometry, device: DeviceTraits): number {
  return device.software ? CHUNK_BYTES : Math.min(CHUNK_BYTES, Math.max(device.cacheBytes, filterBytes));
}

/** A tile with more than this many times the multiplications of the best one is not worth trying. */
const MOST_MULTIPLICATIONS = 3;

/** Most values of a transformed tile: a thread holds all of them, and the code that transforms them is unrolled. */
const MAX_POINTS = 64;

/** Multiplications with a tile size: the points of all tiles, for each subkernel. */
function multiplications(c: Correlation, tile: Tile): number {
  const { points, tileCount } = geometryOf(c, tile);
  return points * tileCount * elementCount(partitionOf(c, tile).subkernels);
}

/** The tiles worth trying, or why there are none. Leaves out tiles that another one beats in both points and multiplications. */
function tilesFor(c: Correlation): Tile[] | Unsupported {
  const { kernel, dilation, stride, output } = c;
  const own = (triple: Triple): string => triple.slice(triple[0] > 1 ? 0 : triple[1] > 1 ? 1 : 2).join(" x ");
  if (dilation.some((step, axis) => step !== 1 && kernel[axis] !== 1)) {
    return { reason: `the dilation is ${own(dilation)}, and tiles need dilation 1` };
  }
  const axes = transformedCount(c);
  if (axes === 0) {
    return {
      reason: `along no axis are there several outputs (${own(output)}) and more taps than the stride (${own(kernel)} at stride ${own(stride)})`,
    };
  }
  const fit = TILES.filter(({ points }) => points ** axes <= MAX_POINTS).map((tile) => ({
    tile,
    count: multiplications(c, tile),
  }));
  const least = Math.min(...fit.map(({ count }) => count));
  return fit
    .filter(({ count }) => count <= MOST_MULTIPLICATIONS * least)
    .filter(({ tile, count }) =>
      fit.every((other) => {
        const better = other.tile.points < tile.points || other.count < count || other.tile.r > tile.r;
        return other.tile === tile || !(better && other.tile.points <= tile.points && other.count <= count);
      }),
    )
    .map(({ tile }) => tile);
}

/** How products are computed: the tiles of the GEMM, what ends the names of variants, and the error, undefined if it is too large. */
export interface ProductKind {
  readonly tiles: readonly GemmVariant[];
  readonly suffix: string;
  error(c: Correlation, tile: Tile, paddedC: number): ErrorBound | undefined;
}

/** A device, and the kernels for it: those of the products, and lines of tiles if workgroups transform these. */
interface Target extends ProductKind {
  readonly device: DeviceTraits;
  readonly lines: LineMethod | undefined;
}

/** Most tiles of a chunk, whose product takes no longer than a dispatch may; 0 if not even a vector of them fits in memory. */
function chunkTiles(c: Correlation, geometry: Geometry, { device, tiles }: Target): number {
  if (geometry.filterBytes > device.maxBindingBytes) return 0;
  const cap = Math.min(chunkCap(geometry, device), device.maxWorkspaceBytes - geometry.filterBytes);
  const fits = (count: number): boolean =>
    chunkBytes(c, geometry, count) <= cap &&
    Math.max(inputBytes(c, geometry, count), productBytes(c, geometry, count)) <= device.maxBindingBytes;
  const products = productsOf(c, geometry, geometry.tileCount, device);
  const seconds = estimate([gemmWork(products, gemmTile(tiles, products, device))], device.rates);
  if (seconds <= MAX_SECONDS && fits(geometry.tileCount)) return geometry.tileCount;
  const inTime = Math.max(1, Math.floor((geometry.tileCount * MAX_SECONDS) / seconds / 4));
  const bytesOfFour = chunkBytes(c, geometry, 8) - chunkBytes(c, geometry, 4);
  let count = 4 * Math.min(inTime, Math.floor(Math.max(0, cap) / Math.max(1, bytesOfFour)));
  while (count > 0 && !fits(count)) count -= 4;
  if (count <= 0) return 0;
  // As many chunks of nearly the same size.
  return Math.min(count, roundUp(Math.ceil(geometry.tileCount / Math.ceil(geometry.tileCount / count)), 4));
}

/** The matrix products of `count` tiles, in chunks of `most`. */
function productsOf(c: Correlation, geometry: Geometry, count: number, device: DeviceTraits, most = count): Products {
  const { groups, layout } = c;
  const { points, paddedC, groupK, filterBytes } = geometry;
  const planBytes = chunkBytes(c, geometry, most) + filterBytes;
  const [M, N] = layout === "channels-last" ? [count, groupK] : [groupK, count];
  return {
    ...{ batch: points * groups, M, N, K: paddedC, storedInLoop: storesInLoop(c, paddedC) },
    ...texturesOf(device, planBytes, c, filterBytes, inputBytes(c, geometry, count)),
  };
}

/** The ranges of tiles that are transformed at once. */
function chunksOf({ tileCount }: Geometry, most: number): Chunk[] {
  const chunks: Chunk[] = [];
  for (let first = 0; first < tileCount; first += most)
    chunks.push({ first, count: Math.min(most, tileCount - first) });
  return chunks;
}

/** The candidate that transforms, multiplies and transforms back in separate steps. */
function separate(c: Correlation, target: Target, geometry: Geometry, most: number, error: ErrorBound): Candidate {
  const { device, tiles } = target;
  const products = chunksOf(geometry, most).map(({ count }) => productsOf(c, geometry, count, device, most));
  // The first chunk is the largest.
  const gemm = gemmTile(tiles, products[0]!, device);
  return {
    variant: `${geometry.tile.name}${target.suffix}`,
    workspaceBytes: chunkBytes(c, geometry, most),
    preparedBytes: geometry.filterBytes,
    textures: productTextures(products[0]!, gemm),
    // The transform of the filters, and for each chunk of tiles two transforms and its products.
    dispatches: 1 + 3 * products.length,
    work: winogradWork(c, target, geometry, most),
    error,
    iterations: geometry.paddedC / 4,
    plan: () => winogradPlan(c, target, geometry, most, gemm),
  };
}

function winogradPlan(
  c: Correlation,
  { lines }: Target,
  geometry: Geometry,
  most: number,
  gemm: GemmVariant,
): PartialPlan {
  return {
    workspaceBytes: chunkBytes(c, geometry, most),
    preparation: { steps: [filterStep(c, geometry, lines)], bytes: geometry.filterBytes },
    steps: chunksOf(geometry, most).flatMap((chunk) => [
      inputStep(c, geometry, chunk, lines),
      multiplyStep(c, geometry, chunk, gemm),
      outputStep(c, geometry, chunk, lines),
    ]),
  };
}

export function winogradError(c: Correlation, tile: Tile): ErrorBound {
  const axes = transformedCount(c);
  const transformed = transformedAxes(c);
  const along = (axis: 0 | 1 | 2): number => (transformed[axis] ? (tile.points - 1) * c.stride[axis] : 0);
  return {
    growth: growth(c, tile, axes),
    spread: [along(0), along(1), along(2)],
    norm: "windows",
    exactOnIntegers: exactOnIntegers(c, tile, axes),
  };
}

/** The work of a transform of some tiles, whose numbers are loaded and stored by one thread for each tile, or by one for each line of it. */
function transformWork(
  { tile, axes, points }: Geometry,
  tiles: number,
  loads: number,
  stores: number,
  byLines = false,
): Work {
  const turns = byLines ? axes - 1 : 0;
  return {
    threads: turns > 0 ? (tiles * points) / tile.points : tiles,
    // A line of n points takes n (n - 2) / 2: the halves of a pair of points are computed once (input.wgsl and the others).
    multiplyAdds: (axes * points * (tile.points - 2) * tiles) / 2,
    loads: (loads + stores) * tiles,
    bytes: numberBytes(2 * points * tiles),
    // Between two axes every number is stored and loaded.
    ...(turns > 0 && { workgroupLoads: 2 * points * turns * tiles }),
  };
}

/** The work on the filters: transformed weights are cached with their tensor; a gradient in their role is transformed in every run. */
export function filterWork(c: Correlation, geometry: Geometry, byLines: boolean): Work[] {
  const { points, filterBytes } = geometry;
  return c.w.operand === "w"
    ? []
    : [{ ...transformWork(geometry, filterBytes / F32_BYTES / points, points, points, byLines), prepares: true }];
}

/** The work of all steps, in chunks of `most` tiles. */
function winogradWork(c: Correlation, { device, tiles, lines }: Target, geometry: Geometry, most: number): Work[] {
  const { tile, axes, points, tileCount, paddedC, groupK, filterBytes } = geometry;
  const { textures } = productsOf(c, geometry, Math.min(most, tileCount), device);
  const products = { ...productsOf(c, geometry, tileCount, device), ...(textures && { textures }) };
  const byLines = lines !== undefined && axes > 1;
  const input = transformWork(geometry, tileCount * c.groups * paddedC, points * 1.5, points, byLines);
  const gemm = gemmTile(tiles, products, device);
  const multiply = gemmWork(products, gemm);
  const outputs = tile.m ** axes;
  const output = transformWork(geometry, tileCount * c.groups * groupK, points, outputs * OUTPUT_LOADS, byLines);
  const chunks = Math.ceil(tileCount / most);
  const inChunks = (steps: readonly Work[]): Work[] => [
    ...filterWork(c, geometry, byLines),
    ...steps.flatMap((step) => divide(step, chunks)),
  ];
  if (device.software) {
    const copies = Array.from({ length: chunks }, () => copyWork(products, gemm)).flat();
    return [...inChunks([input, multiply, output]), ...copies];
  }
  // Channels-first, neighbouring threads with a tile each load and store every m-th cell, and neighbouring points.
  const cacheLines = c.layout === "channels-last" || byLines ? 1 : (1 + tile.m) / 2;
  const isCached = (bytes: number): boolean => bytes <= device.cacheBytes;
  const inCache = isCached(chunkBytes(c, geometry, most));
  const loaded = (work: Work, bytes: number): Work => ({ traffic: work.bytes, ...work, ...(inCache && { bytes }) });
  return inChunks([
    { ...loaded(input, numberBytes(numbersOf(c).x)), lines: cacheLines },
    loaded(multiply, isCached(filterBytes) ? filterBytes : chunks * filterBytes),
    { ...loaded(output, numberBytes(numbersOf(c).y)), lines: cacheLines },
  ]);
}

/** Refuses a correlation that fits in memory with none of the tiles. */
function tooLarge(c: Correlation, device: DeviceTraits, geometries: readonly Geometry[]): Unsupported {
  const filters = Math.min(...geometries.map(({ filterBytes }) => filterBytes));
  if (filters > device.maxBindingBytes) return tooManyBytes("the transformed filters take at least", filters, device);
  const least = Math.min(...geometries.map((geometry) => geometry.filterBytes + chunkBytes(c, geometry, 4)));
  return tooManyBytes("the transformed filters and four tiles take at least", least, device);
}

/** The candidates of a kernel that does all but the transform of the filters in one step, worth trying or of a name. */
export type FusedKernel = (c: Correlation, device: DeviceTraits, tile: Tile, name?: string) => readonly Candidate[];

/** Kernels for adapters with workgroup memory. */
export interface WorkgroupKernels {
  readonly lines: (device: DeviceTraits) => LineMethod;
  readonly fused: FusedKernel;
  /** Products in half precision, on devices that have it. */
  readonly halves: (device: DeviceTraits) => readonly ProductKind[];
}

/** The algorithm with some tiles of the GEMM, and kernels for adapters with workgroup memory. */
export const winograd = (gemmTiles: readonly GemmVariant[], kernels?: WorkgroupKernels): Algorithm => ({
  name: "winograd",

  candidates(c, device, variant) {
    const tiles = tilesFor(c);
    if ("reason" in tiles) return tiles;
    const lines = device.software ? undefined : kernels?.lines(device);
    const floats: ProductKind = { tiles: gemmTiles, suffix: "", error: winogradError };
    const kinds = [floats, ...(kernels?.halves(device) ?? [])];
    const geometries = tiles.map((tile) => geometryOf(c, tile));
    const list = [
      ...kinds.flatMap((kind) => {
        const target: Target = { ...kind, device, lines };
        return geometries.flatMap((geometry) => {
          const error = kind.error(c, geometry.tile, geometry.paddedC);
          const most = error ? chunkTiles(c, geometry, target) : 0;
          return error && most > 0 ? [separate(c, target, geometry, most, error)] : [];
        });
      }),
      ...tiles.flatMap((tile) => kernels?.fused(c, device, tile, variant) ?? []),
    ];
    if (list.length === 0) return tooLarge(c, device, geometries);
    return list
      .filter((one) => variant === undefined || one.variant === variant)
      .map((candidate) => ({ candidate, seconds: estimate(candidate.work, device.rates) }))
      .toSorted((a, b) => a.seconds - b.seconds)
      .map(({ candidate }) => candidate);
  },
});
