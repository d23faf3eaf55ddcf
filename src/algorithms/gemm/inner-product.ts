// The gradient of a pointwise convolution's weights: dw = dy x^T, a matrix product whose sums run over all pixels of the batch. x is
// packed anew in every run, its pixels as the terms; dy is read as it lies where its pixels follow each other, else packed too. Long sums
// are split into parts that other threads make, and added up in order.
import { BINDING, STORAGE_ALIGNMENT, type Step } from "../../kernel/step.ts";
import { elementCount, roundUp } from "../../base/shape.ts";
import type { Part } from "../algorithm.ts";
import type { DeviceTraits } from "../traits.ts";
import { type Correlation, termCount } from "../../problem/correlation.ts";
import { gemmTiles } from "./tile.ts";
import {
  type GemmVariant,
  type MatrixBatch,
  type ResultBatch,
  type Unpacked,
  gemmStep,
  gemmWork,
  packStep,
  packWork,
  packedSize,
} from "./gemm.ts";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { preparedRange, scratch, whole } from "../operands.ts";
import { reduceStep, reduceWork } from "../reduce-splits.ts";
import { weightMatrix } from "./weights.ts";
import type { Work } from "../cost.ts";

/** Threads below which an adapter is not busy. */
const BUSY_THREADS = { hardware: 16_384, software: 128 };

/** The most parts of a sum, and the fewest vectors of terms in one. */
const MAX_PARTS = 64;
const MIN_PART_VECTORS = 16;

/** Whether each output is one sum over everything that its channels hold: a gradient of weights of one tap. */
export function isInnerProduct({ output, y }: Correlation): boolean {
  return y.operand === "dw" && elementCount(output) === 1;
}

/** x as a matrix: its batch (the input channels of the convolution) by terms. */
function inputMatrix(c: Correlation): Unpacked {
  return {
    batch: c.groups,
    channels: c.N,
    inner: c.C / c.groups,
    cells: c.kernel,
    innerFirst: c.layout === "channels-last",
    termsAreRows: c.layout === "channels-first",
    start: c.x.start - c.padBegin.reduce((sum, pad, axis) => sum + pad * c.x.spatial[axis]!, 0),
    batchStride: c.x.group,
    channelStride: c.x.batch,
    innerStride: c.x.channel,
    cellStrides: [c.x.spatial[0] * c.dilation[0], c.x.spatial[1] * c.dilation[1], c.x.spatial[2] * c.dilation[2]],
  };
}

function sizesOf(c: Correlation): { M: number; N: number } {
  const groupK = c.K / c.groups;
  return c.layout === "channels-last" ? { M: c.N, N: groupK } : { M: groupK, N: c.N };
}

export function innerProductVariants(c: Correlation, gpu: DeviceTraits): GemmVariant[] {
  // The sums are split until there are threads enough, whatever the tile.
  return gemmTiles(
    { batch: c.groups, ...sizesOf(c), K: termCount(c) },
    { ...gpu, rates: { ...gpu.rates, threads: 1 } },
  );
}

/** How many parts the sums are split into: a divisor of their vectors, so that all parts are alike. */
function partsOf(c: Correlation, gpu: DeviceTraits, { tileM, tileN4 }: GemmVariant): number {
  const { M, N } = sizesOf(c);
  const threads = c.groups * Math.ceil(M / tileM) * Math.ceil(N / (4 * tileN4));
  const busy = gpu.software ? BUSY_THREADS.software : BUSY_THREADS.hardware;
  const vectors = Math.ceil(termCount(c) / 4);
  let parts = Math.min(MAX_PARTS, Math.ceil(busy / threads), Math.floor(vectors / MIN_PART_VECTORS));
  while (parts > 1 && vectors % parts !== 0) parts--;
  return Math.max(1, parts);
}

/** Bytes of the workspace: the packed input, then the parts of the sums. */
function layoutOf(c: Correlation, parts: number) {
  const { M, N } = sizesOf(c);
  const row = roundUp(N, 4);
  const packed = packedSize(inputMatrix(c)).bytes;
  const partial = c.groups * M * row;
  const offset = roundUp(packed, STORAGE_ALIGNMENT);
  const partialBytes = parts > 1 ? parts * partial * F32_BYTES : 0;
  return { row, packed, partial, offset, partialBytes, bytes: parts > 1 ? offset + partialBytes : packed };
}

/** Bytes that the product takes at least: workspace, and dy where it is packed. */
export function innerProductBytes(c: Correlation): { workspace: number; prepared: number } {
  const weights = weightMatrix(c);
  return { workspace: layoutOf(c, 1).bytes, prepared: weights.packed ? packedSize(weights.matrix).bytes : 0 };
}

/** How many parts fit in memory of those wanted. */
function partsThatFit(c: Correlation, gpu: DeviceTraits, variant: GemmVariant): number {
  const weights = weightMatrix(c);
  const prepared = weights.packed ? packedSize(weights.matrix).bytes : 0;
  const wanted = partsOf(c, gpu, variant);
  const { bytes, partialBytes } = layoutOf(c, wanted);
  return bytes + prepared <= gpu.maxWorkspaceBytes && partialBytes <= gpu.maxBindingBytes ? wanted : 1;
}

/** The work of the steps; what is packed of dy is packed in every run too. */
export function innerProductWork(c: Correlation, gpu: DeviceTraits, variant: GemmVariant): Work[] {
  const parts = partsThatFit(c, gpu, variant);
  const weights = weightMatrix(c);
  return [
    ...(weights.packed ? [packWork(weights.matrix)] : []),
    packWork(inputMatrix(c)),
    gemmWork({ batch: parts * c.groups, ...sizesOf(c), K: termCount(c) / parts }, variant),
    ...(parts > 1 ? [reduceWork(c, parts)] : []),
  ];
}

/** The packing of x, and of dy where it has to be; the product; the sum of its parts where there are several. */
export function innerProductDispatches(c: Correlation, gpu: DeviceTraits, variant: GemmVariant): number {
  return 2 + Number(weightMatrix(c).packed) + Number(partsThatFit(c, gpu, variant) > 1);
}

export function innerProduct(c: Correlation, gpu: DeviceTraits, variant: GemmVariant): Part {
  const channelsLast = c.layout === "channels-last";
  const weights = weightMatrix(c);
  const prepared = weights.packed ? packedSize(weights.matrix).bytes : 0;
  const parts = partsThatFit(c, gpu, variant);
  const { M, N } = sizesOf(c);
  const { row, packed, partial, offset, partialBytes, bytes } = layoutOf(c, parts);
  const size = packedSize(inputMatrix(c));
  const terms = (Math.ceil(termCount(c) / 4) / parts) * 4;
  // Along the terms: columns of a matrix of rows, rows of one of columns.
  const along = (stride: number, termsAreRows: boolean): number => terms * (termsAreRows ? stride : 1);
  const inputs: MatrixBatch = {
    buffer: scratch(channelsLast ? BINDING.first : BINDING.second, 0, packed),
    row: size.columns,
    inner: size.rows * size.columns,
    outer: along(size.columns, !channelsLast),
  };
  const kernels: MatrixBatch = { ...weights.batch, outer: along(weights.batch.row, channelsLast) };
  const result: ResultBatch =
    parts > 1
      ? {
          buffer: scratch(BINDING.output, offset, partialBytes),
          ...{ row, column: 1, inner: M * row, outer: partial, start: 0 },
        }
      : {
          buffer: whole(BINDING.output, "y", c),
          row: channelsLast ? c.y.batch : c.y.channel,
          column: channelsLast ? c.y.channel : c.y.batch,
          inner: c.y.group,
          outer: 0,
          start: c.y.start,
        };
  const steps: Step[] = [
    packStep(inputMatrix(c), "x", scratch(BINDING.output, 0, packed), c),
    gemmStep(
      {
        ...{ M, N, K: terms, outerCount: parts, innerCount: c.groups },
        a: channelsLast ? inputs : kernels,
        b: channelsLast ? kernels : inputs,
        c: result,
        channelsAreRows: !channelsLast,
        channels: c.K / c.groups,
      },
      variant,
      c,
    ),
  ];
  if (parts > 1) {
    steps.push(
      reduceStep(c, {
        count: parts,
        buffer: scratch(BINDING.first, offset, partialBytes),
        part: partial,
        group: M * row,
        channel: channelsLast ? 1 : row,
        output: channelsLast ? row : 1,
      }),
    );
  }
  const part: Part = { steps, workspaceBytes: bytes };
  if (!weights.packed) return part;
  const pack = packStep(weights.matrix, "w", preparedRange(BINDING.output, 0, prepared), c);
  return { ...part, preparation: { steps: [pack], bytes: prepared } };
}
