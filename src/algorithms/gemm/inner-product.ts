// The gradient of a pointwise convolution's weights: dw = dy x^T, a matrix product whose sums run over all pixels of the batch. Every run packs
// x, with its pixels as the terms; dy is read in place if its pixels are contiguous, else packed too. Long sums are split (split-K): different
// threads compute the splits, and a second step adds them in order.
import { elementCount, roundUp } from "../../base/shape.ts";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { BINDING, STORAGE_ALIGNMENT, type Step } from "../../kernel/step.ts";
import { type Correlation, termCount } from "../../problem/correlation.ts";
import { type Algorithm, type Candidate, type PartialPlan, type Unsupported, tooManyBytes } from "../algorithm.ts";
import { isMap, scratch, whole } from "../operands.ts";
import { refusedPadding } from "../pointwise.ts";
import { reduceSteps, reduceWork } from "../reduce-splits.ts";
import type { DeviceTraits } from "../traits.ts";
import { gemmStep, textureableBytes, texturesOf } from "./gemm.ts";
import type { MatrixBatch, ResultBatch } from "./matrices.ts";
import { type Unpacked, packStep, packWork, packedSize } from "./pack.ts";
import { selectTiles } from "./tile.ts";
import type { GemmVariant, Products, TiledAlgorithm } from "./variant.ts";
import { type WeightMatrix, packedWeightsWork, weightMatrix, withPackedWeights } from "./weights.ts";
import { copyWork, gemmError, gemmWork, productTextures } from "./work.ts";

/** Threads below which an adapter is not busy. */
const BUSY_THREADS = { hardware: 16_384, software: 128 };

/** Workgroups for each core that splits aim for. */
const WORKGROUPS_PER_CORE = 2;

/** Most splits of a sum, and fewest vectors of terms in one. */
const MAX_SPLITS = 64;
const MIN_SPLIT_VECTORS = 16;

/** Whether each output is one sum over all elements of its two channels: the gradient of weights with one tap. */
function isInnerProduct(c: Correlation): boolean {
  return isMap(c) && elementCount(c.output) === 1;
}

/** The product as matrices, before its sums are split. */
interface Product {
  readonly c: Correlation;
  readonly M: number;
  readonly N: number;
  /** x, in place and packed. */
  readonly x: Unpacked;
  readonly packed: { readonly rows: number; readonly columns: number; readonly bytes: number };
  /** dy, which takes the role of the weights. */
  readonly dy: WeightMatrix;
  /** Bytes of the packed dy; 0 if it is read in place. */
  readonly preparedBytes: number;
}

function productOf(c: Correlation): Product {
  const groupK = c.K / c.groups;
  const [M, N] = c.layout === "channels-last" ? [c.N, groupK] : [groupK, c.N];
  const x = inputMatrix(c);
  const dy = weightMatrix(c);
  return { c, M, N, x, packed: packedSize(x), dy, preparedBytes: dy.packed ? packedSize(dy.matrix).bytes : 0 };
}

/** x as a matrix: the batch of the correlation (the input channels of the convolution) by terms. */
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

/** The layout of the workspace: the packed x, then the partial sums. Strides of rows and partial sums are in elements, the rest in bytes. */
function layoutOf({ c, M, N, packed }: Product, splits: number) {
  const row = roundUp(N, 4);
  const partial = c.groups * M * row;
  const offset = roundUp(packed.bytes, STORAGE_ALIGNMENT);
  const partialBytes = splits > 1 ? splits * partial * F32_BYTES : 0;
  return { row, partial, offset, partialBytes, bytes: splits > 1 ? offset + partialBytes : packed.bytes };
}

/** How many times as many tiles keep the device busy: workgroup tiles for each of its cores, or else threads. */
function shortage({ c, M, N }: Product, device: DeviceTraits, { tileM, tileN4, workgroup }: GemmVariant): number {
  if (workgroup) {
    const workgroups = c.groups * Math.ceil(M / workgroup.sideM) * Math.ceil(N / (4 * workgroup.sideN4));
    return workgroups < device.cores ? (WORKGROUPS_PER_CORE * device.cores) / workgroups : 1;
  }
  const threads = c.groups * Math.ceil(M / tileM) * Math.ceil(N / (4 * tileN4));
  return (device.software ? BUSY_THREADS.software : BUSY_THREADS.hardware) / threads;
}

/** The number of splits to aim for, regardless of memory: a divisor of the vectors of a sum, so that all splits are equal. */
function wantedSplits(product: Product, device: DeviceTraits, tile: GemmVariant): number {
  const vectors = Math.ceil(termCount(product.c) / 4);
  const most = Math.min(MAX_SPLITS, Math.floor(vectors / MIN_SPLIT_VECTORS));
  let splits = Math.min(most, Math.ceil(shortage(product, device, tile)));
  while (splits > 1 && vectors % splits !== 0) splits--;
  return Math.max(1, splits);
}

/** The wanted number of splits if their partial sums fit in memory, else one. */
function splitsFor(product: Product, device: DeviceTraits, tile: GemmVariant, textures: readonly number[]): number {
  const wanted = wantedSplits(product, device, tile);
  const { bytes, partialBytes } = layoutOf(product, wanted);
  const all = textures.reduce((sum, one) => sum + one, bytes + product.preparedBytes);
  const fits = all <= device.maxWorkspaceBytes && partialBytes <= device.maxBindingBytes;
  return fits ? wanted : 1;
}

/** The candidates for a correlation that is an inner product. */
function innerProductCandidates(
  tiles: TiledAlgorithm["tiles"],
  c: Correlation,
  device: DeviceTraits,
  variant?: string,
): readonly Candidate[] | Unsupported {
  const product = productOf(c);
  const { M, N, x, packed, dy, preparedBytes } = product;
  const { bytes } = layoutOf(product, 1);
  if (Math.max(bytes, preparedBytes) > device.maxBindingBytes || bytes + preparedBytes > device.maxWorkspaceBytes) {
    return tooManyBytes("the packed input and gradient take", bytes + preparedBytes, device);
  }
  // The sums are split until there are enough threads, whatever the tile.
  const busy = { ...device, rates: { ...device.rates, threads: 1, cores: 1 } };
  const products: Products = {
    ...{ batch: c.groups, M, N, K: termCount(c) },
    ...texturesOf(device, bytes + preparedBytes, c, textureableBytes(dy.batch, c), packed.bytes),
  };
  return selectTiles(tiles, products, busy, variant).map((tile): Candidate => {
    const textures = productTextures(products, tile);
    const splits = splitsFor(product, device, tile, textures);
    return {
      variant: tile.name,
      workspaceBytes: layoutOf(product, splits).bytes,
      preparedBytes,
      textures,
      // The packing of x, and of dy if necessary; the product; the reduction if sums are split.
      dispatches: 2 + Number(dy.packed) + Number(splits > 1),
      work: [
        ...packedWeightsWork(dy, c),
        packWork(x),
        ...copyWork(products, tile),
        gemmWork({ ...products, batch: splits * c.groups, K: termCount(c) / splits }, tile),
        ...reduceWork(c, splits),
      ],
      error: gemmError(tile, c, termCount(c)),
      iterations: Math.ceil(termCount(c) / splits / 4),
      plan: () => innerProductPlan(product, splits, tile),
    };
  });
}

/**
 * Extends `pointwise` to gradients of weights, in which each output sees every cell of x once, and `im2col`, whose columns would be x; returns other
 * algorithms as they are.
 */
export function withInnerProducts(algorithm: Algorithm): Algorithm {
  if (!("tiles" in algorithm)) return algorithm;
  const { tiles } = algorithm as TiledAlgorithm;
  return {
    ...algorithm,
    candidates(c, device, variant) {
      const refused = isInnerProduct(c) && refusedPadding(c);
      if (isInnerProduct(c) && !refused) return innerProductCandidates(tiles, c, device, variant);
      // Columns have cells of padding.
      const own = algorithm.candidates(c, device, variant);
      return refused && "reason" in own ? refused : own;
    },
  };
}

function innerProductPlan(product: Product, splits: number, tile: GemmVariant): PartialPlan {
  const { c, M, x, packed, dy } = product;
  const channelsLast = c.layout === "channels-last";
  const { row, partial, offset, partialBytes, bytes } = layoutOf(product, splits);
  const terms = (Math.ceil(termCount(c) / 4) / splits) * 4;
  // The stride from a split to the next, along the terms: columns if the terms are columns of the matrix, rows if they are rows.
  const along = (stride: number, termsAreRows: boolean): number => terms * (termsAreRows ? stride : 1);
  const inputs: MatrixBatch = {
    buffer: scratch(BINDING.first, 0, packed.bytes),
    row: packed.columns,
    inner: packed.rows * packed.columns,
    outer: along(packed.columns, !channelsLast),
  };
  const kernels: MatrixBatch = { ...dy.batch, outer: along(dy.batch.row, channelsLast) };
  const partialStrides = channelsLast ? { channel: 1, output: row } : { channel: row, output: 1 };
  const result: ResultBatch =
    splits > 1
      ? {
          buffer: scratch(BINDING.output, offset, partialBytes),
          ...{ ...partialStrides, inner: M * row, outer: partial, start: 0 },
        }
      : {
          buffer: whole(BINDING.output, "y", c),
          channel: c.y.channel,
          output: c.y.batch,
          inner: c.y.group,
          outer: 0,
          start: c.y.start,
        };
  const partials = {
    count: splits,
    buffer: scratch(BINDING.first, offset, partialBytes),
    split: partial,
    group: M * row,
    ...partialStrides,
  };
  const steps: Step[] = [
    packStep(x, "x", scratch(BINDING.output, 0, packed.bytes), c),
    gemmStep({ outputs: c.N, K: terms, outerCount: splits, weights: kernels, cells: inputs, result }, tile, c),
    ...reduceSteps(c, partials),
  ];
  return withPackedWeights({ steps, workspaceBytes: bytes }, dy, c);
}
