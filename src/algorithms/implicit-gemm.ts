// implicit-gemm: the im2col product without the columns. Each cell is loaded from the input when the product needs it, so any kernel, stride,
// dilation and grouping is one GEMM over the outputs of the whole batch (Chetlur et al., "cuDNN: efficient primitives for deep learning",
// section 3).
import implicitGemmWorkgroupShader from "../../shaders/algorithms/implicit-gemm-workgroup.wgsl";
import implicitGemmShader from "../../shaders/algorithms/implicit-gemm.wgsl";
import inputMatrixShader from "../../shaders/algorithms/implicit-gemm/input-matrix.wgsl";
import storeOutputShader from "../../shaders/algorithms/implicit-gemm/store-output.wgsl";
import { elementCount, roundUp } from "../base/shape.ts";
import { BINDING, type Step, WORKGROUP_SIZE } from "../kernel/step.ts";
import type { Uniforms } from "../kernel/uniforms.ts";
import { type Correlation, termCount } from "../problem/correlation.ts";
import {
  type Algorithm,
  type Candidate,
  type PartialPlan,
  SEQUENTIAL_SUM,
  type Variant,
  selectVariants,
  tooManyBytes,
} from "./algorithm.ts";
import { CELL_LOADS, OUTPUT_LOADS, type Work, numberBytes } from "./cost.ts";
import { packedSize } from "./gemm/pack.ts";
import { termRows, withPackedWeights } from "./gemm/weights.ts";
import {
  dispatchOn,
  inputUniforms,
  kernelUniforms,
  outputUniforms,
  paddedInput,
  preparedRange,
  result,
  windowConstants,
} from "./operands.ts";
import { partialBytes, partialSums, partialsOf, reduceSteps, reduceWork } from "./reduce-splits.ts";
import type { DeviceTraits } from "./traits.ts";

interface ImplicitGemmTile extends Variant {
  /** Whether a workgroup loads one workgroup tile (64 x 64) through its memory, or each thread loads its own thread tile. */
  readonly byWorkgroup: boolean;
  /** Outputs, and vectors of four channels, of the thread (or workgroup) tile. */
  readonly tileN: number;
  readonly tileV: number;
  /** Number of splits of each sum (split-K). */
  readonly splits: number;
}

/**
 * The K-step: terms in one iteration of the loop. On SwiftShader 1, 2 and 4 gave 2.2, 2.4 and 1.6 GFLOP/s on 3x3 over 64 channels at 56 x 56; more
 * than two only make the code longer to compile.
 */
const STEP = { thread: 2, workgroup: 16 };

/** Threads below which an adapter is not busy, so that splitting sums pays: enough for a large GPU, or for two CPU cores. */
const BUSY_THREADS = { hardware: 16_384, software: 64 };

/** Cost of a load from workgroup memory with its share of the barriers, in equivalent loads, on SwiftShader and lavapipe. */
const SOFTWARE_WORKGROUP_LOADS = 3;

/** Most splits of a sum, and fewest terms of a split. */
const MAX_SPLITS = 32;
const MIN_SPLIT_TERMS = 64;

function outputsOf(c: Correlation): number {
  return c.N * elementCount(c.output);
}

function countTiles(c: Correlation, tile: ImplicitGemmTile): { m: number; n: number; all: number } {
  const m = Math.ceil(c.K / c.groups / (4 * tile.tileV));
  const n = Math.ceil(outputsOf(c) / tile.tileN);
  return { m, n, all: m * n * tile.splits * c.groups };
}

/** Terms of a split: whole K-steps, so that none reaches into the next split. */
function splitTerms(c: Correlation, tile: ImplicitGemmTile): number {
  const step = tile.byWorkgroup ? STEP.workgroup : STEP.thread;
  return roundUp(Math.ceil(termCount(c) / tile.splits), step);
}

/** The tile with the splits that keep the adapter busy, as far as the workspace allows; without splits if it is busy already. */
function split(c: Correlation, device: DeviceTraits, tile: ImplicitGemmTile): ImplicitGemmTile {
  const busy = device.software ? BUSY_THREADS.software : BUSY_THREADS.hardware;
  const threads = countTiles(c, tile).all * (tile.byWorkgroup ? WORKGROUP_SIZE : 1);
  const cap = Math.min(device.maxBindingBytes, device.maxWorkspaceBytes - preparedBytes(c));
  const wanted = Math.min(MAX_SPLITS, Math.floor(termCount(c) / MIN_SPLIT_TERMS), Math.ceil(busy / threads));
  let splits = wanted;
  while (splits > 1 && partialBytes(c, splits) > cap) splits--;
  return splits > 1 ? { ...tile, splits, name: `${tile.name}s${splits}` } : tile;
}

function preparedBytes(c: Correlation): number {
  return packedSize(termRows(c)).bytes;
}

/** The correlation whose results the product stores: the outputs, or the partial sums of all splits. */
function sumsOf(c: Correlation, { splits }: ImplicitGemmTile): Correlation {
  return splits > 1 ? partialSums(c, splits) : c;
}

function multiplyUniforms(c: Correlation, tile: ImplicitGemmTile): Uniforms {
  const { C, K, groups } = c;
  const tiles = countTiles(c, tile);
  const packed = packedSize(termRows(c));
  const weightRow = packed.columns / 4;
  const outputs = outputsOf(c);
  return {
    ...{ threads: tiles.all, tilesN: tiles.n, tilesM: tiles.m, splits: tile.splits },
    ...{ groups, groupC: C / groups, groupK: K / groups },
    ...{ outputs, terms: termCount(c), splitTerms: splitTerms(c, tile) },
    ...{ weightRow, weightGroup: packed.rows * weightRow, partial: outputs * K },
    ...kernelUniforms(c),
    ...inputUniforms(c),
    ...outputUniforms(sumsOf(c, tile)),
  };
}

function multiplyStep(c: Correlation, tile: ImplicitGemmTile): Step {
  const { byWorkgroup } = tile;
  const packed = preparedRange(BINDING.second, 0, preparedBytes(c));
  const tiles = countTiles(c, tile).all;
  return dispatchOn([paddedInput(c), result(sumsOf(c, tile))], {
    shaders: [storeOutputShader, inputMatrixShader, byWorkgroup ? implicitGemmWorkgroupShader : implicitGemmShader],
    constants: {
      STEP: byWorkgroup ? STEP.workgroup : STEP.thread,
      ...(byWorkgroup ? {} : { TILE_N: tile.tileN, TILE_V: tile.tileV }),
      ...windowConstants(c),
    },
    ranges: [packed],
    uniforms: multiplyUniforms(c, tile),
    ...(byWorkgroup ? { workgroups: tiles } : { threads: tiles }),
  });
}

function implicitGemmWork(c: Correlation, device: DeviceTraits, tile: ImplicitGemmTile): Work[] {
  const { tileN, tileV, splits, byWorkgroup } = tile;
  const tiles = countTiles(c, tile).all;
  const terms = splitTerms(c, tile);
  const threads = tiles * (byWorkgroup ? WORKGROUP_SIZE : 1);
  // For each term a thread of a workgroup tile loads one cell and one weight from memory, and 8 + 8 numbers from workgroup memory. On a GPU such a
  // load takes half as long as one from memory; on a CPU the barriers make it take several times as long.
  const loads = byWorkgroup
    ? CELL_LOADS + 1 + 16 * (device.software ? SOFTWARE_WORKGROUP_LOADS : 0.5)
    : tileN * CELL_LOADS + 4 * tileV;
  const outputs = outputsOf(c) * c.K;
  const multiply = {
    threads,
    multiplyAdds: tiles * terms * tileN * 4 * tileV,
    loads: threads * terms * loads + OUTPUT_LOADS * outputs * splits,
    bytes: numberBytes(...Object.values(c.sizes)) + partialBytes(c, splits),
  };
  return [multiply, ...reduceWork(c, splits)];
}

function implicitGemmPlan(c: Correlation, tile: ImplicitGemmTile): PartialPlan {
  const { splits } = tile;
  const steps = [multiplyStep(c, tile), ...reduceSteps(c, partialsOf(c, splits))];
  const plan = { steps, workspaceBytes: partialBytes(c, splits) };
  return withPackedWeights(plan, { matrix: termRows(c), packed: true }, c);
}

/** The tiles of a correlation, the better one for this kind of device first. */
function tilesFor(c: Correlation, device: DeviceTraits): ImplicitGemmTile[] {
  const tileV = Math.min(4, Math.ceil(c.K / c.groups / 4));
  const ofThread = { name: `n8k${tileV * 4}`, byWorkgroup: false, tileN: 8, tileV, splits: 1 };
  const ofWorkgroup = { name: "shared64", byWorkgroup: true, tileN: 64, tileV: 16, splits: 1 };
  const both = [split(c, device, ofWorkgroup), split(c, device, ofThread)];
  return device.software ? both.toReversed() : both;
}

export const implicitGemm: Algorithm = {
  name: "implicit-gemm",

  candidates(c, device, variant) {
    const bytes = preparedBytes(c);
    if (bytes > Math.min(device.maxWorkspaceBytes, device.maxBindingBytes))
      return tooManyBytes("the packed weights take", bytes, device);
    return selectVariants(tilesFor(c, device), variant).map((tile): Candidate => ({
      variant: tile.name,
      workspaceBytes: partialBytes(c, tile.splits),
      preparedBytes: bytes,
      // The packing, the product, and the reduction if sums are split.
      dispatches: tile.splits > 1 ? 3 : 2,
      work: implicitGemmWork(c, device, tile),
      // Sums are sequential or split into sequential sums, which only shortens the longest chain of additions (Higham, section 4.2).
      error: SEQUENTIAL_SUM,
      iterations: splitTerms(c, tile) / (tile.byWorkgroup ? STEP.workgroup : STEP.thread),
      plan: () => implicitGemmPlan(c, tile),
    }));
  },
};
