// im2col: lays out the input cells of every sum as a matrix, in chunks under a byte cap, and multiplies it by the weights (Chellapilla, Puri and
// Simard, "High performance convolutional neural networks for document processing", section 3).
import im2colShader from "../../shaders/algorithms/im2col.wgsl";
import { elementCount, roundUp } from "../base/shape.ts";
import { F32_BYTES } from "../kernel/element-types.ts";
import { BINDING, type Step } from "../kernel/step.ts";
import { type Correlation, termCount } from "../problem/correlation.ts";
import { type Candidate, type PartialPlan, tooManyBytes, tooManyDispatches } from "./algorithm.ts";
import { CELL_LOADS, type Work, numberBytes } from "./cost.ts";
import { gemmStep, storesInLoop, textureableBytes, texturesOf } from "./gemm/gemm.ts";
import { type MatrixBatch, outputBatch } from "./gemm/matrices.ts";
import { packedSize } from "./gemm/pack.ts";
import { selectTiles } from "./gemm/tile.ts";
import type { GemmVariant, Products, TiledAlgorithm } from "./gemm/variant.ts";
import { type WeightMatrix, packedWeightsWork, paddedTerms, weightMatrix, withPackedWeights } from "./gemm/weights.ts";
import { copyWork, gemmError, productTextures, gemmWork } from "./gemm/work.ts";
import {
  alongAxes,
  dispatchOn,
  inputUniforms,
  isMap,
  kernelUniforms,
  paddedInput,
  scratch,
  windowConstants,
} from "./operands.ts";
import type { DeviceTraits } from "./traits.ts";

/** Cap of a chunk. Larger ones are no faster: a GEMM of this size already keeps the GPU busy. */
const CHUNK_BYTES = 32 * 2 ** 20;

/** Vectors of a row that one thread of the im2col kernel writes. */
const RUN = 4;

/** Cost of a cell whose position is found by itself, in equivalent loads: gradients of 3x3 weights on maps of 7, 10 and 14 took that long on SwiftShader; on lavapipe it makes no difference. */
const LONE_LOADS = 20;

/** A range of outputs whose columns are laid out at once: several whole images, or a run of pixels of one. */
interface Chunk {
  readonly firstImage: number;
  readonly images: number;
  readonly firstPixel: number;
  readonly pixels: number;
}

/** Sizes common to all chunks of a correlation. */
interface Sizes {
  /** Outputs along one matrix: those of one image channels-first, of the whole batch channels-last. */
  readonly pixels: number;
  readonly images: number;
  /** Terms of a sum, padded to a multiple of 4. */
  readonly terms: number;
  readonly weights: WeightMatrix;
  /** Bytes of the packed weights; 0 if the GEMM reads them as they are. */
  readonly packedBytes: number;
}

function measure(c: Correlation, device: DeviceTraits): Sizes {
  const channelsLast = c.layout === "channels-last";
  const weights = weightMatrix(c, device.textureBytes !== undefined);
  const outputs = elementCount(c.output);
  return {
    pixels: channelsLast ? c.N * outputs : outputs,
    images: channelsLast ? 1 : c.N,
    terms: paddedTerms(c),
    weights,
    packedBytes: weights.packed ? packedSize(weights.matrix).bytes : 0,
  };
}

/** Bytes of the columns of `pixels` pixels of one image. */
function columnBytes(c: Correlation, sizes: Sizes, pixels: number): number {
  const rows = c.layout === "channels-last" ? pixels : roundUp(pixels, 4);
  return c.groups * sizes.terms * rows * F32_BYTES;
}

/** The largest chunk that fits in memory: whole images, or else pixels of one; undefined if not even four pixels fit. */
function largestChunk(c: Correlation, sizes: Sizes, device: DeviceTraits): Chunk | undefined {
  const cap = Math.min(CHUNK_BYTES, device.maxBindingBytes, device.maxWorkspaceBytes - sizes.packedBytes);
  const imageBytes = columnBytes(c, sizes, sizes.pixels);
  const first = { firstImage: 0, firstPixel: 0 };
  if (imageBytes <= cap)
    return { ...first, images: Math.min(sizes.images, Math.floor(cap / imageBytes)), pixels: sizes.pixels };
  const pixels = Math.floor(cap / columnBytes(c, sizes, 4)) * 4;
  return pixels > 0 ? { ...first, images: 1, pixels: Math.min(pixels, sizes.pixels) } : undefined;
}

function chunkCount(sizes: Sizes, largest: Chunk): number {
  return Math.ceil(sizes.images / largest.images) * Math.ceil(sizes.pixels / largest.pixels);
}

/** All chunks, given the largest. */
function chunksOf(sizes: Sizes, largest: Chunk): Chunk[] {
  const chunks: Chunk[] = [];
  for (let firstImage = 0; firstImage < sizes.images; firstImage += largest.images) {
    const images = Math.min(largest.images, sizes.images - firstImage);
    for (let firstPixel = 0; firstPixel < sizes.pixels; firstPixel += largest.pixels)
      chunks.push({ firstImage, images, firstPixel, pixels: Math.min(largest.pixels, sizes.pixels - firstPixel) });
  }
  return chunks;
}

function chunkBytes(c: Correlation, sizes: Sizes, chunk: Chunk): number {
  return chunk.images * columnBytes(c, sizes, chunk.pixels);
}

function im2colStep(c: Correlation, sizes: Sizes, chunk: Chunk): Step {
  const { C, groups, output } = c;
  const channelsLast = c.layout === "channels-last";
  const rows = channelsLast ? chunk.pixels : sizes.terms;
  const rowVectors = channelsLast ? sizes.terms / 4 : Math.ceil(chunk.pixels / 4);
  const runs = Math.ceil(rowVectors / RUN);
  return dispatchOn([paddedInput(c)], {
    shaders: [im2colShader],
    constants: {
      RUN,
      ...windowConstants(c),
      FOURS_TOGETHER: foursTogether(c),
    },
    ranges: [scratch(BINDING.output, 0, chunkBytes(c, sizes, chunk))],
    uniforms: {
      ...{ runs, rows, rowVectors, groups, groupC: C / groups },
      ...{ firstPixel: chunk.firstPixel, firstImage: chunk.firstImage, pixels: chunk.pixels, matrixRows: rows },
      ...alongAxes("output", output, "output"),
      ...kernelUniforms(c),
      ...inputUniforms(c),
    },
    threads: chunk.images * groups * rows * runs,
  });
}

/** The matrix products of a chunk. */
function productsOf(c: Correlation, sizes: Sizes, chunk: Chunk, device: DeviceTraits): Products {
  const { K, groups, layout } = c;
  const { terms, weights, packedBytes } = sizes;
  const { images, pixels } = chunk;
  const columns = chunkBytes(c, sizes, chunk);
  const [M, N] = layout === "channels-last" ? [pixels, K / groups] : [K / groups, pixels];
  return {
    ...{ batch: images * groups, M, N, K: terms, storedInLoop: storesInLoop(c, terms) },
    ...texturesOf(device, columns + packedBytes, c, textureableBytes(weights.batch, c), columns),
  };
}

function multiplyStep(c: Correlation, sizes: Sizes, chunk: Chunk, variant: GemmVariant): Step {
  const { groups } = c;
  const channelsLast = c.layout === "channels-last";
  const row = channelsLast ? sizes.terms : roundUp(chunk.pixels, 4);
  const rows = channelsLast ? chunk.pixels : sizes.terms;
  const columns: MatrixBatch = {
    buffer: scratch(BINDING.second, 0, chunkBytes(c, sizes, chunk)),
    row,
    inner: rows * row,
    outer: groups * rows * row,
  };
  return gemmStep(
    {
      outputs: chunk.pixels,
      K: sizes.terms,
      outerCount: chunk.images,
      weights: sizes.weights.batch,
      cells: columns,
      result: outputBatch(c, chunk.firstImage, chunk.firstPixel),
    },
    variant,
    c,
  );
}

/** Whether the four cells of a vector lie together: in one row of the input, or at one position. */
function foursTogether({ C, groups, layout, output }: Correlation): boolean {
  return (layout === "channels-last" ? C / groups : output[2]) % 4 === 0;
}

function im2colWork(c: Correlation, sizes: Sizes, chunk: Chunk, { textureBytes }: DeviceTraits): Work {
  const cells = chunk.images * c.groups * sizes.terms * chunk.pixels;
  return {
    threads: cells / (4 * RUN),
    multiplyAdds: 0,
    loads: ((foursTogether(c) || textureBytes ? CELL_LOADS : LONE_LOADS) + 1) * cells,
    bytes: numberBytes(cells),
  };
}

function im2colPlan(c: Correlation, sizes: Sizes, chunks: readonly Chunk[], tile: GemmVariant): PartialPlan {
  const steps = chunks.flatMap((chunk) => [im2colStep(c, sizes, chunk), multiplyStep(c, sizes, chunk, tile)]);
  const plan = { steps, workspaceBytes: workspaceBytes(c, sizes, chunks) };
  return withPackedWeights(plan, sizes.weights, c);
}

function workspaceBytes(c: Correlation, sizes: Sizes, chunks: readonly Chunk[]): number {
  return Math.max(...chunks.map((chunk) => chunkBytes(c, sizes, chunk)));
}

/**
 * The correlation with a row for each output of the whole batch, as channels-last, where that fills tiles better: each output map of a gradient of
 * weights is a kernel, of few cells.
 */
function oriented(c: Correlation): Correlation {
  return isMap(c) ? { ...c, layout: "channels-last" } : c;
}

/** The algorithm with some lists of tiles of the GEMM. */
export const im2col = (...tiles: TiledAlgorithm["tiles"]): TiledAlgorithm => ({
  name: "im2col",
  tiles,

  candidates(given, device, variant) {
    const c = oriented(given);
    const sizes = measure(c, device);
    if (sizes.packedBytes > device.maxBindingBytes)
      return tooManyBytes("the packed weights take", sizes.packedBytes, device);
    const largest = largestChunk(c, sizes, device);
    if (!largest) {
      const least = sizes.packedBytes + columnBytes(c, sizes, 4);
      return tooManyBytes("the columns of four outputs and the packed weights take", least, device);
    }
    const count = chunkCount(sizes, largest);
    const dispatches = 2 * count + Number(sizes.packedBytes > 0);
    if (dispatches > device.maxDispatches) return tooManyDispatches(dispatches, device);
    const chunks = chunksOf(sizes, largest);
    const products = chunks.map((chunk) => productsOf(c, sizes, chunk, device));
    const columns = chunks.map((chunk) => im2colWork(c, sizes, chunk, device));
    return selectTiles(tiles, products[0]!, device, variant).map((tile): Candidate => ({
      variant: tile.name,
      workspaceBytes: workspaceBytes(c, sizes, chunks),
      preparedBytes: sizes.packedBytes,
      textures: productTextures(products[0]!, tile),
      dispatches,
      work: [
        ...packedWeightsWork(sizes.weights, c),
        ...columns.flatMap((one, at) => [one, ...copyWork(products[at]!, tile), gemmWork(products[at]!, tile)]),
      ],
      // In float32 the terms are summed sequentially, as in direct.
      error: gemmError(tile, c, termCount(c)),
      iterations: sizes.terms / 4,
      plan: () => im2colPlan(c, sizes, chunks, tile),
    }));
  },
});
