// im2col: the input cells of every sum are laid out as a matrix, in chunks under a byte cap, and multiplied with the weights
// (Chellapilla, Puri and Simard, "High performance convolutional neural networks for document processing", section 3).
import { BINDING, type Plan, type Step, WORKGROUP_SIZE, gridFor } from "../plan.ts";
import { type ConvProblem, multiplyAdds, sumLength } from "../problem.ts";
import { elementCount, roundUp } from "../shape.ts";
import type { Algorithm, GpuTraits } from "./algorithm.ts";
import { type GemmVariant, type MatrixBatch, gemmStep, gemmVariant, packStep, packedSize } from "./gemm.ts";
import { elementAliases, F32_BYTES, paddingShader, preparedRange, scratch, whole, windowConstants } from "./parts.ts";
import { inputStrides } from "./strides.ts";
import { type WeightMatrix, paddedTerms, weightMatrix } from "./weights.ts";

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

function sizesOf(problem: ConvProblem): Sizes {
  const channelsLast = problem.layout === "channels-last";
  const weights = weightMatrix(problem);
  const outputs = elementCount(problem.output);
  return {
    pixels: channelsLast ? problem.N * outputs : outputs,
    images: channelsLast ? 1 : problem.N,
    terms: paddedTerms(problem),
    weights,
    packedBytes: weights.packed ? packedSize(weights.matrix).bytes : 0,
  };
}

/** Bytes of the columns of so many pixels of one image. */
function columnBytes(problem: ConvProblem, sizes: Sizes, pixels: number): number {
  const rows = problem.layout === "channels-last" ? pixels : roundUp(pixels, 4);
  return problem.groups * sizes.terms * rows * F32_BYTES;
}

/** The chunks of a problem, or nothing where not even four pixels fit. */
function chunksOf(problem: ConvProblem, sizes: Sizes, gpu: GpuTraits): Chunk[] | undefined {
  const cap = Math.min(CHUNK_BYTES, gpu.maxBindingBytes, gpu.maxWorkspaceBytes - sizes.packedBytes);
  const imageBytes = columnBytes(problem, sizes, sizes.pixels);
  const chunks: Chunk[] = [];
  if (imageBytes <= cap) {
    const most = Math.floor(cap / imageBytes);
    for (let firstImage = 0; firstImage < sizes.images; firstImage += most) {
      const images = Math.min(most, sizes.images - firstImage);
      chunks.push({ firstImage, images, firstPixel: 0, pixels: sizes.pixels });
    }
    return chunks;
  }
  const most = Math.floor(cap / columnBytes(problem, sizes, 4)) * 4;
  if (most <= 0) return undefined;
  for (let firstImage = 0; firstImage < sizes.images; firstImage++) {
    for (let firstPixel = 0; firstPixel < sizes.pixels; firstPixel += most) {
      chunks.push({ firstImage, images: 1, firstPixel, pixels: Math.min(most, sizes.pixels - firstPixel) });
    }
  }
  return chunks;
}

function chunkBytes(problem: ConvProblem, sizes: Sizes, chunk: Chunk): number {
  return chunk.images * columnBytes(problem, sizes, chunk.pixels);
}

function im2colStep(problem: ConvProblem, sizes: Sizes, chunk: Chunk): Step {
  const { C, groups, input, output, padBegin } = problem;
  const channelsLast = problem.layout === "channels-last";
  const x = inputStrides(problem);
  const rows = channelsLast ? chunk.pixels : sizes.terms;
  const rowVectors = channelsLast ? sizes.terms / 4 : Math.ceil(chunk.pixels / 4);
  const runs = Math.ceil(rowVectors / RUN);
  const threads = chunk.images * groups * rows * runs;
  return {
    kernel: {
      shaders: ["lib/thread", paddingShader(problem), "im2col"],
      aliases: { E: elementAliases(problem).E },
      constants: {
        WORKGROUP_SIZE,
        RUN,
        ...windowConstants(problem),
        CHANNELS_LAST: channelsLast,
        FOURS_TOGETHER: (channelsLast ? C / groups : output[2]) % 4 === 0,
        FLIPPED: problem.flipped,
        PADDING_VALUE: { f32: problem.paddingValue },
      },
    },
    bindings: [whole(BINDING.first, "x", problem), scratch(BINDING.output, 0, chunkBytes(problem, sizes, chunk))],
    uniforms: [
      threads,
      ...[runs, rows, rowVectors],
      ...[groups, C / groups],
      ...[chunk.firstPixel, chunk.firstImage, chunk.pixels, rows],
      ...[output[1], output[0], output[2]],
      ...input,
      ...padBegin,
      ...[x.batch, x.channel, ...x.spatial],
    ],
    workgroups: gridFor(threads),
  };
}

function multiplyStep(problem: ConvProblem, sizes: Sizes, chunk: Chunk, variant: GemmVariant): Step {
  const { K, groups } = problem;
  const groupK = K / groups;
  const outputs = elementCount(problem.output);
  const channelsLast = problem.layout === "channels-last";
  const row = channelsLast ? sizes.terms : roundUp(chunk.pixels, 4);
  const rows = channelsLast ? chunk.pixels : sizes.terms;
  const columns: MatrixBatch = {
    buffer: scratch(BINDING.second, 0, chunkBytes(problem, sizes, chunk)),
    row,
    inner: rows * row,
    outer: groups * rows * row,
  };
  const y = whole(BINDING.output, "y", problem);
  return gemmStep(
    {
      M: channelsLast ? chunk.pixels : groupK,
      N: channelsLast ? groupK : chunk.pixels,
      K: sizes.terms,
      outerCount: chunk.images,
      innerCount: groups,
      a: channelsLast ? columns : sizes.weights.batch,
      b: channelsLast ? sizes.weights.batch : columns,
      c: channelsLast
        ? { buffer: y, row: K, inner: groupK, outer: 0, start: chunk.firstPixel * K }
        : {
            buffer: y,
            row: outputs,
            inner: groupK * outputs,
            outer: K * outputs,
            start: chunk.firstImage * K * outputs + chunk.firstPixel,
          },
      channelsAreRows: !channelsLast,
      channels: groupK,
    },
    variant,
    problem,
  );
}

export const im2col: Algorithm<GemmVariant> = {
  name: "im2col",
  passes: ["forward"],

  supports(problem, gpu) {
    const sizes = sizesOf(problem);
    if (chunksOf(problem, sizes, gpu)) return true;
    const least = sizes.packedBytes + columnBytes(problem, sizes, 4);
    return {
      reason: `the columns of four outputs and the packed weights take ${least} bytes of workspace, more than the ${Math.min(gpu.maxWorkspaceBytes, gpu.maxBindingBytes)} allowed`,
    };
  },

  variants(problem) {
    const { pixels } = sizesOf(problem);
    const groupK = problem.K / problem.groups;
    return [problem.layout === "channels-last" ? gemmVariant(pixels, groupK) : gemmVariant(groupK, pixels)];
  },

  plan(problem, gpu, variant): Plan {
    const sizes = sizesOf(problem);
    const chunks = chunksOf(problem, sizes, gpu) ?? [];
    const steps = chunks.flatMap((chunk) => [
      im2colStep(problem, sizes, chunk),
      multiplyStep(problem, sizes, chunk, variant),
    ]);
    const workspaceBytes = Math.max(...chunks.map((chunk) => chunkBytes(problem, sizes, chunk)));
    const { weights, packedBytes } = sizes;
    const plan = { algorithm: "im2col", variant: variant.name, steps, workspaceBytes };
    if (packedBytes === 0) return plan;
    const pack = packStep(
      weights.matrix,
      whole(BINDING.first, "w", problem),
      preparedRange(BINDING.output, 0, packedBytes),
      problem,
    );
    return { ...plan, preparation: { steps: [pack], bytes: packedBytes } };
  },

  // The terms are summed sequentially, as in the direct method.
  errorGrowth: () => 1,

  // Measured on SwiftShader: multiply-adds a second of the GEMM over 64 to 256 channels, and cells of the columns written and read.
  cost(problem) {
    const outputs = problem.N * elementCount(problem.output);
    return (
      multiplyAdds(problem) / 1.9e9 + (outputs * problem.groups * sumLength(problem)) / 6e7 + outputs * problem.K * 1e-8
    );
  },
};
