// Implicit GEMM from global memory: each thread loads its own cells and weights, in the order of the input's layout. For adapters whose workgroup
// memory is no faster than their caches.
import inputMatrixShader from "../../../shaders/algorithms/implicit-gemm/input-matrix.wgsl";
import storeOutputShader from "../../../shaders/algorithms/implicit-gemm/store-output.wgsl";
import threadTilesShader from "../../../shaders/algorithms/implicit-gemm/thread-tiles.wgsl";
import { elementCount, roundUp } from "../../base/shape.ts";
import { BINDING, type Step, WORKGROUP_SIZE } from "../../kernel/step.ts";
import { type Correlation, termCount } from "../../problem/correlation.ts";
import { type Candidate, type Kernels, SEQUENTIAL_SUM } from "../algorithm.ts";
import { CELL_LOADS, OUTPUT_LOADS, type Work, numberBytes } from "../cost.ts";
import { packedSize } from "../gemm/pack.ts";
import { packedWeightsWork, termRows, withPackedWeights } from "../gemm/weights.ts";
import {
  dispatchOn,
  inputUniforms,
  kernelUniforms,
  operandBytes,
  outputUniforms,
  paddedInput,
  preparedRange,
  result,
  windowConstants,
} from "../operands.ts";
import { partialBytes, partialSums, partialsOf, reduceSteps, reduceWork } from "../reduce-splits.ts";
import type { DeviceTraits } from "../traits.ts";
import { MAX_SPLITS, MIN_SPLIT_TERMS, inSplits, splitName } from "./splits.ts";

/** Outputs, and vectors of four channels, of a thread tile, and the number of splits of each sum (split-K). */
interface ThreadTile {
  readonly tileN: number;
  readonly tileV: number;
  readonly splits: number;
}

/**
 * The K-step: terms in one iteration of the loop. On SwiftShader 1, 2 and 4 gave 2.2, 2.4 and 1.6 GFLOP/s on 3x3 over 64 channels at 56 x 56; more
 * than two only make the code longer to compile.
 */
const STEP = 2;

/** Threads below which an adapter is not busy, so that splitting sums pays: enough for a large GPU, or for two CPU cores. */
const BUSY_THREADS = { hardware: 16_384, software: 64 };

/** Most sums of a thread on an adapter that computes on the CPU. */
const SOFTWARE_SUMS = 128;

function nameOf({ tileN, tileV }: ThreadTile): string {
  return `n${tileN}k${4 * tileV}`;
}

function outputsOf(c: Correlation): number {
  return c.N * elementCount(c.output);
}

function countTiles(c: Correlation, { tileN, tileV, splits }: ThreadTile): { m: number; n: number; all: number } {
  const m = Math.ceil(c.K / c.groups / (4 * tileV));
  const n = Math.ceil(outputsOf(c) / tileN);
  return { m, n, all: m * n * splits * c.groups };
}

/** Terms of a split: whole K-steps, so that none reaches into the next split. */
function splitTerms(c: Correlation, { splits }: ThreadTile): number {
  return roundUp(Math.ceil(termCount(c) / splits), STEP);
}

function preparedBytes(c: Correlation): number {
  return packedSize(termRows(c)).bytes;
}

/** The most splits, up to a number, whose partial sums fit in memory. */
function fittingSplits(c: Correlation, device: DeviceTraits, wanted: number): number {
  const cap = Math.min(device.maxBindingBytes, device.maxWorkspaceBytes - preparedBytes(c));
  let splits = wanted;
  while (splits > 1 && partialBytes(c, splits) > cap) splits--;
  return Math.max(1, splits);
}

/** The splits that keep the adapter busy: none if it is busy already. */
function wantedSplits(c: Correlation, device: DeviceTraits, tile: ThreadTile): number {
  const busy = device.software ? BUSY_THREADS.software : BUSY_THREADS.hardware;
  const most = Math.min(MAX_SPLITS, Math.floor(termCount(c) / MIN_SPLIT_TERMS));
  return Math.min(most, Math.ceil(busy / countTiles(c, tile).all));
}

function multiplyStep(c: Correlation, tile: ThreadTile): Step {
  const { C, K, groups } = c;
  // What is stored: the outputs, or the partial sums of all splits.
  const stored = tile.splits > 1 ? partialSums(c, tile.splits) : c;
  const { rows, columns } = packedSize(termRows(c));
  const weightRow = columns / 4;
  const outputs = outputsOf(c);
  const tiles = countTiles(c, tile);
  return dispatchOn([paddedInput(c), result(stored)], {
    shaders: [storeOutputShader, inputMatrixShader, threadTilesShader],
    constants: { STEP, TILE_N: tile.tileN, TILE_V: tile.tileV, ...windowConstants(c) },
    ranges: [preparedRange(BINDING.second, 0, preparedBytes(c))],
    uniforms: {
      ...{ tilesN: tiles.n, tilesM: tiles.m, splits: tile.splits },
      ...{ groups, groupC: C / groups, groupK: K / groups },
      ...{ outputs, terms: termCount(c), splitTerms: splitTerms(c, tile) },
      ...{ weightRow, weightGroup: rows * weightRow, partial: outputs * K },
      ...kernelUniforms(c),
      ...inputUniforms(c),
      ...outputUniforms(stored),
    },
    threads: tiles.all,
  });
}

/** Instructions that find a cell of the input, its padding included. */
const CELL_INSTRUCTIONS = 10;

function workOf(c: Correlation, tile: ThreadTile): Work[] {
  const { tileN, tileV, splits } = tile;
  const { n, all: threads } = countTiles(c, tile);
  const across = Math.min(WORKGROUP_SIZE, n);
  const workgroups = Math.ceil(threads / WORKGROUP_SIZE);
  const terms = splitTerms(c, tile);
  const multiply = {
    threads,
    multiplyAdds: threads * terms * tileN * 4 * tileV,
    loads: threads * terms * (tileN * CELL_LOADS + 4 * tileV) + OUTPUT_LOADS * outputsOf(c) * c.K * splits,
    bytes: operandBytes(c) + partialBytes(c, splits),
    // A step waits for what it loads.
    ...{ workgroups, barriers: terms / STEP },
    // The threads of a workgroup share the weights, and cells where it has several tiles of channels.
    traffic: numberBytes(
      workgroups * terms * (across * tileN + (WORKGROUP_SIZE / across) * 4 * tileV),
      outputsOf(c) * c.K,
    ),
    instructions: threads * terms * tileN * CELL_INSTRUCTIONS,
    // Neighbouring threads compute outputs that lie tileN apart.
    lines: tileN,
  };
  return [...packedWeightsWork({ matrix: termRows(c), packed: true }, c), multiply, ...reduceWork(c, splits)];
}

/** The tile of first calls. */
const BRIEF = { tileN: 2, tileV: 1 };

function candidate(c: Correlation, tile: ThreadTile, { software }: DeviceTraits): Candidate {
  const { splits } = tile;
  return {
    variant: inSplits(nameOf(tile), splits),
    workspaceBytes: partialBytes(c, splits),
    preparedBytes: preparedBytes(c),
    // The packing, the product, and the reduction if sums are split.
    dispatches: splits > 1 ? 3 : 2,
    work: workOf(c, tile),
    // Sums are sequential or split into sequential sums, which only shortens the longest chain of additions (Higham, section 4.2).
    error: SEQUENTIAL_SUM,
    iterations: splitTerms(c, tile) / STEP,
    plan() {
      const brief = software && { brief: multiplyStep(c, { ...BRIEF, splits }) };
      const steps = [{ ...multiplyStep(c, tile), ...brief }, ...reduceSteps(c, partialsOf(c, splits))];
      return withPackedWeights(
        { steps, workspaceBytes: partialBytes(c, splits) },
        { matrix: termRows(c), packed: true },
        c,
      );
    },
  };
}

/** The thread tiles: of eight outputs, or of four, by as many channels as the group has, up to 16. */
function tilesOf(c: Correlation): ThreadTile[] {
  const widest = Math.min(4, Math.ceil(c.K / c.groups / 4));
  const vectors = [widest, 2, 1].filter((tileV, at) => at === 0 || tileV < widest);
  return [8, 4].flatMap((tileN) => vectors.map((tileV) => ({ tileN, tileV, splits: 1 })));
}

/** The candidate of the largest thread tile that fits the registers; or all of a name, without that of their splits. */
export const threadTiles: Kernels = (c, device, variant) => {
  if (variant !== undefined) {
    const named = splitName(variant);
    const splits = fittingSplits(c, device, Math.min(named.splits, termCount(c)));
    const tiles = splits === named.splits ? tilesOf(c).filter((tile) => nameOf(tile) === named.tile) : [];
    return tiles.map((tile) => candidate(c, { ...tile, splits }, device));
  }
  const most = device.software ? SOFTWARE_SUMS : device.maxSums;
  const tile = tilesOf(c).find(({ tileN, tileV }) => 4 * tileN * tileV <= most)!;
  return [candidate(c, { ...tile, splits: fittingSplits(c, device, wantedSplits(c, device, tile)) }, device)];
};
