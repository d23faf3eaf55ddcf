// im2col: the input cells of every sum are laid out as a matrix, in chunks under a byte cap, and multiplied with the weights
// (Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing", section 3).
import { BINDING, type Step, WORKGROUP_SIZE, gridFor } from "../kernel/step.ts";
import { elementCount, roundUp } from "../base/shape.ts";
import type { Method, Part } from "./algorithm.ts";
import type { DeviceTraits } from "./traits.ts";
import type { Correlation } from "../problem/correlation.ts";
import { gemmTiles, namedTile } from "./gemm/tile.ts";
import {
  type GemmVariant,
  type MatrixBatch,
  type Products,
  type ResultBatch,
  gemmStep,
  gemmWork,
  outputPixels,
  packStep,
  packedSize,
} from "./gemm/gemm.ts";
import { F32_BYTES } from "../kernel/element-types.ts";
import { inputAlias, inputWords, loader, paddingShader, preparedRange, scratch, whole, windowConstants } from "./operands.ts";
import { type WeightMatrix, paddedTerms, weightMatrix } from "./gemm/weights.ts";
import { GATHER_LOADS, bytesOf } from "./cost.ts";
import mainShader from "../../shaders/lib/main.wgsl";
import im2colShader from "../../shaders/algorithms/im2col.wgsl";

/** A chunk larger than this gains nothing: the GEMM is long since busy. */
const CHUNK_BYTES = 32 * 2 ** 20;

/** Vectors of a row that one thread of the im2col kernel writes. */
const RUN = 4;

/** A range of outputs whose columns are laid out at once: some images whole, or a stretch of pixels of one. */
interface Chunk {
  readonly firstImage: number;
  readonly images: number;
  readonly firstPixel: number;
  readonly pixels: number;
}

/** Sizes that all chunks of a problem share. */
interface Sizes {
  /** Outputs counted along one matrix: of one image channels-first, of the whole batch channels-last. */
  readonly pixels: number;
  readonly images: number;
  /** Terms of a sum, padded to a multiple of 4. */
  readonly terms: number;
  readonly weights: WeightMatrix;
  /** Bytes of the packed weights, 0 where the GEMM reads them as they are. */
  readonly packedBytes: number;
}

function sizesOf(correlation: Correlation): Sizes {
  const channelsLast = correlation.layout === "channels-last";
  const weights = weightMatrix(correlation);
  const outputs = elementCount(correlation.output);
  return {
    pixels: channelsLast ? correlation.N * outputs : outputs,
    images: channelsLast ? 1 : correlation.N,
    terms: paddedTerms(correlation),
    weights,
    packedBytes: weights.packed ? packedSize(weights.matrix).bytes : 0,
  };
}

/** Bytes of the columns of so many pixels of one image. */
function columnBytes(correlation: Correlation, sizes: Sizes, pixels: number): number {
  const rows = correlation.layout === "channels-last" ? pixels : roundUp(pixels, 4);
  return correlation.groups * sizes.terms * rows * F32_BYTES;
}

/** The most that a chunk has: so many images whole, or so many pixels of one; nothing where not even four pixels fit. */
function largestChunk(correlation: Correlation, sizes: Sizes, gpu: DeviceTraits): Chunk | undefined {
  const cap = Math.min(CHUNK_BYTES, gpu.maxBindingBytes, gpu.maxWorkspaceBytes - sizes.packedBytes);
  const imageBytes = columnBytes(correlation, sizes, sizes.pixels);
  const first = { firstImage: 0, firstPixel: 0 };
  if (imageBytes <= cap)
    return { ...first, images: Math.min(sizes.images, Math.floor(cap / imageBytes)), pixels: sizes.pixels };
  const pixels = Math.floor(cap / columnBytes(correlation, sizes, 4)) * 4;
  return pixels > 0 ? { ...first, images: 1, pixels: Math.min(pixels, sizes.pixels) } : undefined;
}

function chunkCount(sizes: Sizes, largest: Chunk): number {
  return Math.ceil(sizes.images / largest.images) * Math.ceil(sizes.pixels / largest.pixels);
}

/** The chunks of a problem, none where not even four pixels fit. */
function chunksOf(correlation: Correlation, sizes: Sizes, gpu: DeviceTraits): Chunk[] {
  const largest = largestChunk(correlation, sizes, gpu);
  if (!largest) return [];
  const chunks: Chunk[] = [];
  for (let firstImage = 0; firstImage < sizes.images; firstImage += largest.images) {
    const images = Math.min(largest.images, sizes.images - firstImage);
    for (let firstPixel = 0; firstPixel < sizes.pixels; firstPixel += largest.pixels)
      chunks.push({ firstImage, images, firstPixel, pixels: Math.min(largest.pixels, sizes.pixels - firstPixel) });
  }
  return chunks;
}

function chunkBytes(correlation: Correlation, sizes: Sizes, chunk: Chunk): number {
  return chunk.images * columnBytes(correlation, sizes, chunk.pixels);
}

function im2colStep(correlation: Correlation, sizes: Sizes, chunk: Chunk): Step {
  const { C, groups, input, output, padBegin } = correlation;
  const channelsLast = correlation.layout === "channels-last";
  const rows = channelsLast ? chunk.pixels : sizes.terms;
  const rowVectors = channelsLast ? sizes.terms / 4 : Math.ceil(chunk.pixels / 4);
  const runs = Math.ceil(rowVectors / RUN);
  const threads = chunk.images * groups * rows * runs;
  const from = loader(correlation, "x", BINDING.first);
  return {
    kernel: {
      shaders: [mainShader, ...from.shaders, paddingShader(correlation), im2colShader],
      aliases: inputAlias(correlation),
      constants: {
        ...from.constants,
        WORKGROUP_SIZE,
        RUN,
        ...windowConstants(correlation),
        CHANNELS_LAST: channelsLast,
        FOURS_TOGETHER: (channelsLast ? C / groups : output[2]) % 4 === 0,
        PADDING_VALUE: { f32: correlation.paddingValue },
      },
    },
    bindings: [...from.bindings, scratch(BINDING.output, 0, chunkBytes(correlation, sizes, chunk))],
    uniforms: [
      threads,
      ...[runs, rows, rowVectors],
      ...[groups, C / groups],
      ...[chunk.firstPixel, chunk.firstImage, chunk.pixels, rows],
      ...[output[1], output[0], output[2]],
      ...input,
      ...padBegin,
      ...inputWords(correlation),
    ],
    workgroups: gridFor(threads),
  };
}

/** The matrix products of a chunk. */
function productsOf({ K, groups, layout }: Correlation, { terms }: Sizes, { images, pixels }: Chunk): Products {
  const [M, N] = layout === "channels-last" ? [pixels, K / groups] : [K / groups, pixels];
  return { batch: images * groups, M, N, K: terms };
}

/** Where the outputs of a chunk go. */
function resultOf(correlation: Correlation, { firstImage, firstPixel }: Chunk): ResultBatch {
  const { y } = correlation;
  const channelsLast = correlation.layout === "channels-last";
  const lie = outputPixels(y, correlation.output, channelsLast ? correlation.N : 1);
  const pixel = "even" in lie ? lie.even : 0;
  return {
    buffer: whole(BINDING.output, "y", correlation),
    row: channelsLast ? pixel : y.channel,
    column: channelsLast ? y.channel : pixel,
    inner: y.group,
    outer: channelsLast ? 0 : y.batch,
    start: y.start + (channelsLast ? 0 : firstImage * y.batch) + firstPixel * pixel,
    ...("pixels" in lie && { pixels: lie.pixels, first: firstPixel }),
  };
}

function multiplyStep(correlation: Correlation, sizes: Sizes, chunk: Chunk, variant: GemmVariant): Step {
  const { K, groups } = correlation;
  const groupK = K / groups;
  const channelsLast = correlation.layout === "channels-last";
  const row = channelsLast ? sizes.terms : roundUp(chunk.pixels, 4);
  const rows = channelsLast ? chunk.pixels : sizes.terms;
  const columns: MatrixBatch = {
    buffer: scratch(BINDING.second, 0, chunkBytes(correlation, sizes, chunk)),
    row,
    inner: rows * row,
    outer: groups * rows * row,
  };
  return gemmStep(
    {
      M: channelsLast ? chunk.pixels : groupK,
      N: channelsLast ? groupK : chunk.pixels,
      K: sizes.terms,
      outerCount: chunk.images,
      innerCount: groups,
      a: channelsLast ? columns : sizes.weights.batch,
      b: channelsLast ? sizes.weights.batch : columns,
      c: resultOf(correlation, chunk),
      channelsAreRows: !channelsLast,
      channels: groupK,
    },
    variant,
    correlation,
  );
}

export const im2col: Method<GemmVariant> = {
  name: "im2col",
  supports(correlation, gpu) {
    const sizes = sizesOf(correlation);
    if (largestChunk(correlation, sizes, gpu)) return true;
    const least = sizes.packedBytes + columnBytes(correlation, sizes, 4);
    return {
      reason: `the columns of four outputs and the packed weights take ${least} bytes of workspace, more than the ${Math.min(gpu.maxWorkspaceBytes, gpu.maxBindingBytes)} allowed`,
    };
  },

  variants(correlation, gpu) {
    const sizes = sizesOf(correlation);
    const chunk = largestChunk(correlation, sizes, gpu);
    return chunk ? gemmTiles(productsOf(correlation, sizes, chunk), gpu) : [];
  },

  named: (_correlation, gpu, name) => namedTile(name, gpu),

  dispatches(correlation, gpu) {
    const sizes = sizesOf(correlation);
    const largest = largestChunk(correlation, sizes, gpu);
    return (largest ? 2 * chunkCount(sizes, largest) : 0) + Number(sizes.packedBytes > 0);
  },

  plan(correlation, gpu, variant): Part {
    const sizes = sizesOf(correlation);
    const chunks = chunksOf(correlation, sizes, gpu);
    const steps = chunks.flatMap((chunk) => [
      im2colStep(correlation, sizes, chunk),
      multiplyStep(correlation, sizes, chunk, variant),
    ]);
    const workspaceBytes = Math.max(...chunks.map((chunk) => chunkBytes(correlation, sizes, chunk)));
    const { weights, packedBytes } = sizes;
    const plan = { steps, workspaceBytes };
    if (packedBytes === 0) return plan;
    const pack = packStep(weights.matrix, "w", preparedRange(BINDING.output, 0, packedBytes), correlation);
    return { ...plan, preparation: { steps: [pack], bytes: packedBytes } };
  },

  // The terms are summed sequentially, as in the direct method.
  errorGrowth: () => 1,

  work(correlation, gpu, variant) {
    const sizes = sizesOf(correlation);
    return chunksOf(correlation, sizes, gpu).flatMap((chunk) => {
      const cells = chunk.images * correlation.groups * sizes.terms * chunk.pixels;
      const lay = {
        threads: cells / (4 * RUN),
        multiplyAdds: 0,
        loads: (GATHER_LOADS + 1) * cells,
        bytes: bytesOf(cells),
      };
      return [lay, gemmWork(productsOf(correlation, sizes, chunk), variant)];
    });
  },
};
