// winograd: the minimal filtering algorithms F(m, r) of Winograd in one, two and three dimensions (Lavin and Gray, "Fast
// algorithms for convolutional neural networks", 2016, section 4). Tiles of the input and the filters are transformed, multiplied
// point by point as matrices over the channels, and transformed back: (m r / (m + r - 1))^axes fewer multiplications than the
// sum as it is written. Outputs of a tile share their errors, and a NaN or infinity in the input spreads over the tiles that see it.
import type { Plan } from "../plan.ts";
import type { ConvProblem } from "../problem.ts";
import type { Triple } from "../shape.ts";
import type { Algorithm, GpuTraits, Unsupported, Variant } from "./algorithm.ts";
import { exactOnIntegers, growth } from "./winograd/growth.ts";
import { type Products, productTile, productWork } from "./winograd/product-tile.ts";
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
} from "./winograd/steps.ts";
import { TILES, type Tile } from "./winograd/tiles.ts";

interface WinogradVariant extends Variant {
  readonly tile: Tile;
}

/** A chunk larger than this gains nothing: the matrix products are long since busy. */
const CHUNK_BYTES = 32 * 2 ** 20;

/** Values of a transformed tile at most: a thread holds them all, and the code that transforms them is written out. */
const MAX_POINTS = 64;

function transformedAxes({ kernel }: ConvProblem): number {
  return kernel.filter((taps) => taps > 1).length;
}

/** The tiles for the problem's kernel, or why there are none. */
function tilesFor(problem: ConvProblem): Tile[] | Unsupported {
  const { kernel, stride, dilation, rank } = problem;
  const own = (triple: Triple): string => triple.slice(3 - rank).join(" x ");
  if (stride.some((step) => step !== 1)) return { reason: `the stride is ${own(stride)}, and tiles need stride 1` };
  const taps = Math.max(...kernel);
  const sizes = [...new Set(TILES.map(({ r }) => r))];
  if (!sizes.includes(taps) || kernel.some((size) => size !== 1 && size !== taps)) {
    return { reason: `the kernel is ${own(kernel)}, and there are tiles for ${sizes.join(" or ")} taps an axis, or 1` };
  }
  if (dilation.some((step, axis) => step !== 1 && kernel[axis] !== 1)) {
    return { reason: `the dilation is ${own(dilation)}, and tiles need dilation 1` };
  }
  const axes = transformedAxes(problem);
  const tiles = TILES.filter(({ r, points }) => r === taps && points ** axes <= MAX_POINTS);
  if (tiles.length > 0) return tiles;
  const least = Math.min(...TILES.filter(({ r }) => r === taps).map(({ points }) => points ** axes));
  return {
    reason: `a tile of a ${own(kernel)} kernel has ${least} values, more than the ${MAX_POINTS} a thread can hold`,
  };
}

/** How many tiles a chunk may have, 0 where not even a vector of them fits. */
function chunkTiles(problem: ConvProblem, geometry: Geometry, gpu: GpuTraits): number {
  if (geometry.filterBytes > gpu.maxBindingBytes) return 0;
  const cap = Math.min(CHUNK_BYTES, gpu.maxWorkspaceBytes - geometry.filterBytes);
  const fits = (count: number): boolean =>
    chunkBytes(problem, geometry, count) <= cap &&
    Math.max(inputBytes(problem, geometry, count), productBytes(problem, geometry, count)) <= gpu.maxBindingBytes;
  if (fits(geometry.tileCount)) return geometry.tileCount;
  const bytesOfFour = chunkBytes(problem, geometry, 8) - chunkBytes(problem, geometry, 4);
  let count = 4 * Math.floor(Math.max(0, cap) / Math.max(1, bytesOfFour));
  while (count > 0 && !fits(count)) count -= 4;
  return Math.max(0, count);
}

/** The matrix products of so many tiles. */
function productsOf(problem: ConvProblem, { points, paddedC, groupK }: Geometry, count: number): Products {
  const [M, N] = problem.layout === "channels-last" ? [count, groupK] : [groupK, count];
  return { batch: points * problem.groups, M, N, K: paddedC };
}

export const winograd: Algorithm<WinogradVariant> = {
  name: "winograd",
  passes: ["forward"],

  supports(problem, gpu) {
    const tiles = tilesFor(problem);
    if (!Array.isArray(tiles)) return tiles;
    const geometries = tiles.map((tile) => geometryOf(problem, tile));
    if (geometries.some((geometry) => chunkTiles(problem, geometry, gpu) > 0)) return true;
    const filters = Math.min(...geometries.map(({ filterBytes }) => filterBytes));
    const least = Math.min(...geometries.map((geometry) => geometry.filterBytes + chunkBytes(problem, geometry, 4)));
    return {
      reason: `the transformed filters take ${filters} bytes (a binding may have ${gpu.maxBindingBytes}), with four tiles ${least} (the workspace may have ${gpu.maxWorkspaceBytes})`,
    };
  },

  variants(problem, gpu) {
    const tiles = tilesFor(problem);
    if (!Array.isArray(tiles)) return [];
    return tiles
      .filter((tile) => chunkTiles(problem, geometryOf(problem, tile), gpu) > 0)
      .map((tile) => ({ name: tile.name, tile }))
      .toSorted((a, b) => winograd.cost(problem, gpu, a) - winograd.cost(problem, gpu, b));
  },

  plan(problem, gpu, variant): Plan {
    const geometry = geometryOf(problem, variant.tile);
    const most = chunkTiles(problem, geometry, gpu);
    const chunks: Chunk[] = [];
    for (let first = 0; first < geometry.tileCount; first += most) {
      chunks.push({ first, count: Math.min(most, geometry.tileCount - first) });
    }
    return {
      algorithm: "winograd",
      variant: variant.name,
      workspaceBytes: Math.max(...chunks.map(({ count }) => chunkBytes(problem, geometry, count))),
      preparation: { steps: [filterStep(problem, geometry)], bytes: geometry.filterBytes },
      steps: chunks.flatMap((chunk) => [
        inputStep(problem, geometry, chunk),
        multiplyStep(problem, geometry, chunk, productTile(productsOf(problem, geometry, chunk.count), gpu)),
        outputStep(problem, geometry, chunk),
      ]),
    };
  },

  errorGrowth: (problem, { tile }) => growth(problem, tile, transformedAxes(problem)),

  errorSpread(problem, { tile }) {
    const along = (axis: 0 | 1 | 2): number => (problem.kernel[axis] > 1 ? tile.points - 1 : 0);
    return [along(0), along(1), along(2)];
  },

  exactOnIntegers: (problem, { tile }) => exactOnIntegers(problem, tile, transformedAxes(problem)),

  // The work of the matrix products at the rate of a small adapter, and the transforms by the numbers they read and write.
  cost(problem, gpu, { tile }) {
    const geometry = geometryOf(problem, tile);
    const { points, tileCount, paddedC, groupK } = geometry;
    const products = productsOf(problem, geometry, tileCount);
    const values = 2 * points * tileCount * problem.groups * (paddedC + groupK);
    return productWork(products, productTile(products, gpu)) / 5.6e9 + values / 5e8;
  },
};
