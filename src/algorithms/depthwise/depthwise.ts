// depthwise: the direct sum for groups of one input channel and any number of output channels. Tiles of outputs, along rows and columns, share
// the input cells they load. Where few outputs are long sums, as in gradients of weights, each sum is split among threads, and a second stage adds
// their partial sums; otherwise it needs no workspace.
import depthwiseShader from "../../../shaders/algorithms/depthwise/depthwise.wgsl";
import depthwiseOneStepShader from "../../../shaders/algorithms/depthwise/one-step.wgsl";
import depthwiseStepsShader from "../../../shaders/algorithms/depthwise/steps.wgsl";
import { BINDING, type Step } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type Algorithm, type Candidate, type Kernels, SEQUENTIAL_SUM, candidatesAmong } from "../algorithm.ts";
import {
  dispatchOn,
  inputUniforms,
  loader,
  outputUniforms,
  paddedInput,
  result,
  weightUniforms,
  windowConstants,
} from "../operands.ts";
import { partialBytes, partialSums, partialsOf, reduceSteps } from "../reduce-splits.ts";
import type { DeviceTraits } from "../traits.ts";
import { bestTile, briefTile, tileNamed } from "./tile-search.ts";
import { type DepthwiseTile, cut, depthwiseWork } from "./tile.ts";

export function depthwiseStep(c: Correlation, tile: DepthwiseTile): Step {
  const { K, groups } = c;
  const { splits } = tile;
  const to = splits > 1 ? partialSums(c, splits) : c;
  const { p, q, perP, perQ, tilesP, tilesQ, tilesM, channelTiles, allColumns, columnTail } = cut(c, tile);
  const { columnChunks, rowChunks, slices, steps, threads } = cut(c, tile);
  const run = Math.ceil(steps / splits);
  const shares = tile.turns ? { share: 1, reach: steps, stride: splits } : { share: run, reach: run, stride: 1 };
  // The stride as digits, which lead from one step of a thread to its next.
  const nextRow = Math.floor(shares.stride / columnChunks);
  const nextSlice = Math.floor(nextRow / rowChunks);
  return dispatchOn([paddedInput(c), loader(c, "w", BINDING.second), result(to)], {
    shaders: [steps === 1 && allColumns ? depthwiseOneStepShader : depthwiseStepsShader, depthwiseShader],
    constants: {
      TILE_P: tile.tileP,
      TILE_Q: tile.tileQ,
      TILE_M: tile.tileM,
      ROWS: tile.rows,
      COLUMNS: tile.columns,
      COLUMN_TAIL: columnTail,
      OUT_STEP_P: p.outputStep,
      OUT_STEP_Q: q.outputStep,
      SHIFT_P: p.shift,
      SHIFT_Q: q.shift,
      PER_P: perP,
      PER_Q: perQ,
      M_TAIL: (K / groups) % tile.tileM !== 0,
      ALL_COLUMNS: allColumns,
      SPLIT: splits > 1,
      ...windowConstants(c),
    },
    uniforms: {
      ...{ steps, tilesP, tilesQ, channelTiles, tilesM, multiplier: K / groups },
      ...{ splits, ...shares, partial: partialsOf(c, splits).split, columnChunks, rowChunks, slices },
      ...{ nextColumn: shares.stride % columnChunks, nextRow: nextRow % rowChunks, nextSlice: nextSlice % slices },
      ...{ nextChannel: Math.floor(nextSlice / slices), kernelR: c.kernel[1], kernelS: c.kernel[2] },
      ...inputUniforms(c),
      ...outputUniforms(to),
      ...weightUniforms(c),
    },
    threads,
  });
}

/** Most input channels of a group in a gradient of weights: each thread loads the cells of one, and none are shared between them. */
const MAX_CHANNELS = 4;

/** The candidate of a tile. */
function tiled(c: Correlation, tile: DepthwiseTile, { software }: DeviceTraits): Candidate {
  const work = depthwiseWork(c, tile);
  const workspaceBytes = partialBytes(c, tile.splits);
  return {
    ...{ variant: tile.name, workspaceBytes, preparedBytes: 0, dispatches: work.length, work },
    // Sums are sequential, or split into sequential sums, which only shortens the longest chain of additions (Higham, section 4.2).
    error: SEQUENTIAL_SUM,
    iterations: Math.ceil(cut(c, tile).steps / tile.splits),
    plan: () => ({
      steps: [
        { ...depthwiseStep(c, tile), ...(software && { brief: depthwiseStep(c, briefTile(c, tile)) }) },
        ...reduceSteps(c, partialsOf(c, tile.splits)),
      ],
      workspaceBytes,
    }),
  };
}

/** The kernels on tiles of outputs, for every adapter. */
export const depthwiseTiles: Kernels = (c, device, variant) => {
  const tile = variant === undefined ? bestTile(c, device) : tileNamed(c, device, variant);
  return tile ? [tiled(c, tile, device)] : [];
};

/** The algorithm with some kinds of kernels. */
export const depthwise = (...kinds: readonly Kernels[]): Algorithm => ({
  name: "depthwise",

  candidates(c, device, variant) {
    // The gradient of weights correlates every channel of x with every one of dy alone.
    const few = c.w.operand === "dy" && c.N <= MAX_CHANNELS;
    if (!c.depthwise && !few)
      return { reason: "the groups have several input channels each, and this takes groups of one" };
    return candidatesAmong(kinds, c, device, variant);
  },
});
