// winograd: the minimal filtering algorithms F(m, r) of Winograd in one, two and three dimensions (Lavin and Gray, "Fast
// algorithms for convolutional neural networks", 2016, section 4). Tiles of the input and the filters are transformed, multiplied
// point by point as matrices over the channels, and transformed back: (m r / (m + r - 1))^axes fewer multiplications than the
// sum as it is written. Outputs of a tile share their errors, and a NaN or infinity in the input spreads over the tiles that see it.
import { type Triple, elementCount } from "../../base/shape.ts";
import type { Method, Part, Unsupported, Variant } from "../algorithm.ts";
import type { DeviceTraits } from "../traits.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { gemmTile } from "../gemm/tile.ts";
import { type Products, gemmWork } from "../gemm/gemm.ts";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { exactOnIntegers, growth } from "./growth.ts";
import { partitionOf, transformedAxes } from "./partition.ts";
import {
  type Chunk,
  type Geometry,
  chunkBytes,
  filterStep,
  geometryOf,
  inputBytes,
  inputStep,
  multiplyStep,
  outputStep,
  productBytes,
} from "./steps.ts";
import { TILES, type Tile } from "./tiles.ts";
import { OUTPUT_LOADS, type Work, bytesOf, estimate } from "../cost.ts";

interface WinogradVariant extends Variant {
  readonly tile: Tile;
}

/** A chunk larger than this gains nothing: the matrix products are long since busy. */
const CHUNK_BYTES = 32 * 2 ** 20;

/** A tile with more than this many times the multiplications of the best is not worth trying. */
const MOST_MULTIPLICATIONS = 3;

/** Values of a transformed tile at most: a thread holds them all, and the code that transforms them is written out. */
const MAX_POINTS = 64;

function axisCount(correlation: Correlation): number {
  return transformedAxes(correlation).filter(Boolean).length;
}

/** Multiplications of a tile size: points of all tiles, for each part of the kernel. */
function multiplications(correlation: Correlation, tile: Tile): number {
  const { points, tileCount } = geometryOf(correlation, tile);
  return points * tileCount * elementCount(partitionOf(correlation, tile).parts);
}

/** The tiles for the problem, or why there are none. A tile that another one beats in points and in multiplications is not worth it. */
function tilesFor(correlation: Correlation): Tile[] | Unsupported {
  const { kernel, dilation, stride, output } = correlation;
  const own = (triple: Triple): string => triple.slice(triple[0] > 1 ? 0 : triple[1] > 1 ? 1 : 2).join(" x ");
  if (dilation.some((step, axis) => step !== 1 && kernel[axis] !== 1)) {
    return { reason: `the dilation is ${own(dilation)}, and tiles need dilation 1` };
  }
  const axes = axisCount(correlation);
  if (axes === 0) {
    return {
      reason: `along no axis are there several outputs (${own(output)}) and more taps than the stride (${own(kernel)} at stride ${own(stride)})`,
    };
  }
  const fit = TILES.filter(({ points }) => points ** axes <= MAX_POINTS).map((tile) => ({
    tile,
    count: multiplications(correlation, tile),
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

/** How many tiles a chunk may have, 0 where not even a vector of them fits. */
function chunkTiles(correlation: Correlation, geometry: Geometry, gpu: DeviceTraits): number {
  if (geometry.filterBytes > gpu.maxBindingBytes) return 0;
  const cap = Math.min(CHUNK_BYTES, gpu.maxWorkspaceBytes - geometry.filterBytes);
  const fits = (count: number): boolean =>
    chunkBytes(correlation, geometry, count) <= cap &&
    Math.max(inputBytes(correlation, geometry, count), productBytes(correlation, geometry, count)) <=
      gpu.maxBindingBytes;
  if (fits(geometry.tileCount)) return geometry.tileCount;
  const bytesOfFour = chunkBytes(correlation, geometry, 8) - chunkBytes(correlation, geometry, 4);
  let count = 4 * Math.floor(Math.max(0, cap) / Math.max(1, bytesOfFour));
  while (count > 0 && !fits(count)) count -= 4;
  return Math.max(0, count);
}

/** The transform of the filters, and three dispatches for each chunk of tiles. */
function dispatchesOf(correlation: Correlation, tile: Tile, gpu: DeviceTraits): number {
  const geometry = geometryOf(correlation, tile);
  return 1 + 3 * Math.ceil(geometry.tileCount / chunkTiles(correlation, geometry, gpu));
}

/** The matrix products of so many tiles. */
function productsOf(correlation: Correlation, { points, paddedC, groupK }: Geometry, count: number): Products {
  const [M, N] = correlation.layout === "channels-last" ? [count, groupK] : [groupK, count];
  return { batch: points * correlation.groups, M, N, K: paddedC };
}

export const winograd: Method<WinogradVariant> = {
  name: "winograd",
  supports(correlation, gpu) {
    const tiles = tilesFor(correlation);
    if (!Array.isArray(tiles)) return tiles;
    const geometries = tiles.map((tile) => geometryOf(correlation, tile));
    if (geometries.some((geometry) => chunkTiles(correlation, geometry, gpu) > 0)) return true;
    const filters = Math.min(...geometries.map(({ filterBytes }) => filterBytes));
    const least = Math.min(
      ...geometries.map((geometry) => geometry.filterBytes + chunkBytes(correlation, geometry, 4)),
    );
    return {
      reason: `the transformed filters take ${filters} bytes (a binding may have ${gpu.maxBindingBytes}), with four tiles ${least} (the workspace may have ${gpu.maxWorkspaceBytes})`,
    };
  },

  variants(correlation, gpu) {
    const tiles = tilesFor(correlation);
    if (!Array.isArray(tiles)) return [];
    const seconds = (variant: WinogradVariant): number => estimate(winograd.work(correlation, gpu, variant), gpu.rates);
    return tiles
      .filter((tile) => chunkTiles(correlation, geometryOf(correlation, tile), gpu) > 0)
      .map((tile) => ({ name: tile.name, tile }))
      .toSorted((a, b) => seconds(a) - seconds(b));
  },

  dispatches: (correlation, gpu, { tile }) => dispatchesOf(correlation, tile, gpu),

  plan(correlation, gpu, variant): Part {
    const geometry = geometryOf(correlation, variant.tile);
    const most = chunkTiles(correlation, geometry, gpu);
    const chunks: Chunk[] = [];
    for (let first = 0; first < geometry.tileCount; first += most) {
      chunks.push({ first, count: Math.min(most, geometry.tileCount - first) });
    }
    return {
      workspaceBytes: Math.max(...chunks.map(({ count }) => chunkBytes(correlation, geometry, count))),
      preparation: { steps: [filterStep(correlation, geometry)], bytes: geometry.filterBytes },
      steps: chunks.flatMap((chunk) => [
        inputStep(correlation, geometry, chunk),
        multiplyStep(correlation, geometry, chunk, gemmTile(productsOf(correlation, geometry, chunk.count), gpu)),
        outputStep(correlation, geometry, chunk),
      ]),
    };
  },

  errorGrowth: (correlation, { tile }) => growth(correlation, tile, axisCount(correlation)),

  errorSpread(correlation, { tile }) {
    const transformed = transformedAxes(correlation);
    const along = (axis: 0 | 1 | 2): number => (transformed[axis] ? (tile.points - 1) * correlation.stride[axis] : 0);
    return [along(0), along(1), along(2)];
  },

  exactOnIntegers: (correlation, { tile }) => exactOnIntegers(correlation, tile, axisCount(correlation)),

  // A thread transforms a tile of one channel: it loads and stores all of its points.
  work(correlation, gpu, { tile }) {
    const geometry = geometryOf(correlation, tile);
    const { points, tileCount, paddedC, groupK, filterBytes } = geometry;
    const { groups } = correlation;
    const products = productsOf(correlation, geometry, tileCount);
    const transform = (threads: number, loads: number, stores: number): Work => ({
      threads,
      multiplyAdds: 2 * tile.points * points * threads,
      loads: (loads + stores) * threads,
      bytes: bytesOf(2 * points * threads),
    });
    const outputs = tile.m ** geometry.axes;
    return [
      // What is prepared of the weights is kept with them; a gradient in their place is transformed in every run.
      ...(correlation.w.operand === "w" ? [] : [transform(filterBytes / F32_BYTES / points, points, points)]),
      transform(tileCount * groups * paddedC, points * 1.5, points),
      gemmWork(products, gemmTile(products, gpu)),
      transform(tileCount * groups * groupK, points, outputs * OUTPUT_LOADS),
    ];
  },
};
