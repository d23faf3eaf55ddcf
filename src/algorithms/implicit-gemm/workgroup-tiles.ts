// Implicit GEMM on the tiled GEMM: the rows of A are outputs and its columns their cells, which workgroups load from the input into their memory.
// Terms run through the channels of a tap, tap after tap, so that a row needs one address and one test for padding a tap. With few channels (in
// the first layer of a network), terms keep the order of the input's layout, since a vector would be mostly empty.
import { elementCount, roundUp } from "../../base/shape.ts";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { BINDING } from "../../kernel/step.ts";
import { type Correlation, termCount } from "../../problem/correlation.ts";
import { type Candidate, type Kernels, type PartialPlan } from "../algorithm.ts";
import { type Work, estimate } from "../cost.ts";
import { gemmStep } from "../gemm/gemm.ts";
import { type ResultBatch, outputRows } from "../gemm/matrices.ts";
import { type Unpacked, packedSize } from "../gemm/pack.ts";
import { MOST_TILES, coarse, hardwareSums, tilesThatFit } from "../gemm/tile.ts";
import type { GemmVariant, Products } from "../gemm/variant.ts";
import { packedWeightsWork, termRows, withPackedWeights } from "../gemm/weights.ts";
import { type Runs, windowMatrix } from "../gemm/window.ts";
import { gemmError, gemmWork } from "../gemm/work.ts";
import { operandBytes, preparedRange, scratch } from "../operands.ts";
import { type Partials, reduceSteps, reduceWork } from "../reduce-splits.ts";
import type { DeviceTraits } from "../traits.ts";
import { MAX_SPLITS, MIN_SPLIT_TERMS, inSplits, splitName } from "./splits.ts";

/** Channels of a group below which terms keep the order of the input's layout. */
const FEW_CHANNELS = 8;

/** Terms of a run in that order. */
const RUN_TERMS = 64;

/** Workgroups for each core that splits aim for. */
const WORKGROUPS_PER_CORE = 2;

/** Instructions that find a cell: of a run and row, and of a term and row where terms keep the order of the layout. */
const CELL_INSTRUCTIONS = { run: 25, term: 10 };

/** A product: its tile, its weights, the runs of its terms, and the number of splits of its sums. */
interface Product {
  readonly c: Correlation;
  readonly tile: GemmVariant;
  readonly weights: Unpacked;
  readonly runs: Runs;
  readonly splits: number;
}

function hasFewChannels({ C, groups }: Correlation): boolean {
  return C / groups < FEW_CHANNELS;
}

/** The weights with a row for each term: tap by tap, with the channels of each in whole vectors, or in the order of the layout. */
function weightsOf(c: Correlation): Unpacked {
  const rows = termRows(c);
  if (hasFewChannels(c)) return rows;
  return { ...rows, innerFirst: true, inner: roundUp(rows.inner, 4), innerUsed: rows.inner };
}

/** The runs of terms, divided among at most `wanted` splits. */
function runsOf(c: Correlation, wanted: number): Runs & { readonly splits: number } {
  if (hasFewChannels(c)) {
    const all = Math.ceil(termCount(c) / RUN_TERMS);
    const each = Math.ceil(all / wanted);
    return { byTap: false, terms: RUN_TERMS, all, each, blocks: 1, splits: Math.ceil(all / each) };
  }
  const taps = elementCount(c.kernel);
  const channels = roundUp(c.C / c.groups, 4);
  // Blocks of whole K-steps, whatever the tile, if there are such.
  const unit = channels % 16 === 0 ? 16 : 4;
  let blocks = 1;
  while (taps * blocks < wanted && blocks < channels / unit) {
    do blocks++;
    while ((channels / unit) % blocks !== 0);
  }
  const all = taps * blocks;
  const each = Math.ceil(all / wanted);
  return { byTap: true, terms: channels / blocks, all, each, blocks, splits: Math.ceil(all / each) };
}

/** The product in at most `wanted` splits. */
function productOf(c: Correlation, tile: GemmVariant, wanted: number): Product {
  let splits = wanted;
  let found = runsOf(c, splits);
  // The same number of splits, asked for by name, has to give the same runs.
  while (found.splits < splits) found = runsOf(c, (splits = found.splits));
  return { c, tile, weights: weightsOf(c), runs: found, splits };
}

/** The layout of partial sums: for each split and group a row of channels, in whole vectors, for each output. Strides in elements. */
function partialLayout({ c, splits }: Product) {
  const row = roundUp(c.K / c.groups, 4);
  const group = c.N * elementCount(c.output) * row;
  const split = c.groups * group;
  return { row, group, split, bytes: splits > 1 ? splits * split * F32_BYTES : 0 };
}

function fits(product: Product, device: DeviceTraits): boolean {
  const prepared = packedSize(product.weights).bytes;
  const { bytes } = partialLayout(product);
  return Math.max(prepared, bytes) <= device.maxBindingBytes && prepared + bytes <= device.maxWorkspaceBytes;
}

/** The products of a split. */
function productsOf({ c, runs, splits }: Product): Products {
  const K = runs.byTap ? runs.each * runs.terms : Math.min(runs.each * RUN_TERMS, roundUp(termCount(c), 4));
  return { batch: splits * c.groups, M: c.N * elementCount(c.output), N: c.K / c.groups, K };
}

function workOf(product: Product, products = productsOf(product)): Work[] {
  const { c, tile, runs, splits } = product;
  const multiply = gemmWork(products, tile);
  const { sideM, step4, threads } = tile.workgroup!;
  const rows = multiply.threads * Math.max(1, (sideM * step4) / threads);
  const cells = multiply.workgroups! * sideM * roundUp(products.K, 4 * step4);
  const finding = runs.byTap ? CELL_INSTRUCTIONS.run * rows * runs.each : CELL_INSTRUCTIONS.term * cells;
  return [
    {
      ...multiply,
      instructions: multiply.instructions! + finding,
      bytes: operandBytes(c) + partialLayout(product).bytes,
      lines: c.layout === "channels-first" ? Math.min(4, c.stride[2]) : 1,
    },
    ...reduceWork(c, splits),
  ];
}

function planOf(product: Product): PartialPlan {
  const { c, tile, weights, runs, splits } = product;
  const { row, group, split, bytes } = partialLayout(product);
  const { rows, columns, bytes: prepared } = packedSize(weights);
  const partials: Partials = {
    ...{ count: splits, buffer: scratch(BINDING.first, 0, bytes), split, group, channel: 1, output: row },
  };
  const toPartials: ResultBatch = {
    buffer: scratch(BINDING.output, 0, bytes),
    ...{ channel: 1, output: row, inner: group, outer: split, start: 0 },
  };
  const multiply = gemmStep(
    {
      outputs: c.N * elementCount(c.output),
      K: runs.byTap ? runs.terms : roundUp(termCount(c), 4),
      outerCount: splits,
      weights: {
        buffer: preparedRange(BINDING.second, 0, prepared),
        ...{ row: columns, inner: rows * columns, outer: 0 },
      },
      cells: windowMatrix(c, runs),
      result: splits > 1 ? toPartials : outputRows(c),
    },
    tile,
    c,
  );
  const plan = { steps: [multiply, ...reduceSteps(c, partials)], workspaceBytes: bytes };
  return withPackedWeights(plan, { matrix: weights, packed: true }, c);
}

function candidate(product: Product): Candidate {
  const { c, tile, weights, runs, splits } = product;
  return {
    variant: inSplits(tile.name, splits),
    workspaceBytes: partialLayout(product).bytes,
    preparedBytes: packedSize(weights).bytes,
    // The packing, the product, and the reduction if sums are split.
    dispatches: splits > 1 ? 3 : 2,
    work: [...packedWeightsWork({ matrix: weights, packed: true }, c), ...workOf(product)],
    // The bounds hold in any order of the terms, and for sums of partial sums, whose chains of additions are shorter (Higham, section 4.2). Zeros
    // that complete a vector add nothing.
    error: gemmError(tile, product.c, termCount(product.c)),
    iterations: productsOf(product).K / 4 + runs.each,
    plan: () => planOf(product),
  };
}

/**
 * The work by which tiles are ranked: with sizes rounded up, so that maps of similar sizes get the same tile, and share a kernel, and without the
 * bytes that all tiles move.
 */
function rankedWork(product: Product): Work[] {
  const products = productsOf(product);
  const [multiply, ...rest] = workOf(product, { ...products, M: coarse(products.M) });
  return [{ ...multiply!, bytes: 0 }, ...rest];
}

/** The number of splits for a tile: none unless there are fewer workgroups than cores. */
function wantedSplits(c: Correlation, device: DeviceTraits, tile: GemmVariant): number {
  const { workgroups } = gemmWork(productsOf(productOf(c, tile, 1)), tile);
  if (workgroups! >= device.cores) return 1;
  const busy = Math.ceil((WORKGROUPS_PER_CORE * device.cores) / workgroups!);
  return Math.max(1, Math.min(MAX_SPLITS, Math.floor(termCount(c) / MIN_SPLIT_TERMS), busy));
}

/** The candidates by each list of workgroup tiles, the fastest by estimate first; or the one of a name. */
export const workgroupTiles =
  (...lists: readonly (readonly GemmVariant[])[]): Kernels =>
  (c, device, variant) =>
    lists.flatMap((tiles) => candidatesBy(tiles, c, device, variant));

function candidatesBy(
  tiles: readonly GemmVariant[],
  c: Correlation,
  device: DeviceTraits,
  variant: string | undefined,
): readonly Candidate[] {
  if (variant !== undefined) {
    const named = splitName(variant);
    return tilesThatFit(
      tiles.filter(({ name }) => name === named.tile),
      device,
      true,
    )
      .map((tile) => productOf(c, tile, named.splits))
      .filter((product) => product.splits === named.splits && fits(product, device))
      .map(candidate);
  }
  return tilesThatFit(tiles, { ...device, maxSums: hardwareSums(device, false) })
    .flatMap((tile) => [...new Set([1, wantedSplits(c, device, tile)])].map((splits) => productOf(c, tile, splits)))
    .filter((product) => fits(product, device))
    .map((product) => ({ product, seconds: estimate(rankedWork(product), device.rates) }))
    .toSorted((a, b) => a.seconds - b.seconds)
    .slice(0, MOST_TILES)
    .map(({ product }) => candidate(product));
}
