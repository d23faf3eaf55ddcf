// Chunks: the ranges of channels and tiles whose spectra fit in memory at once, within the caller's limit on workspace and the device's limit on
// bindings.
import { roundUp } from "../../base/shape.ts";
import { STORAGE_ALIGNMENT } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import type { DeviceTraits } from "../traits.ts";
import { type Tiling, passSizes, spectrumSize, tileCount } from "./tiling.ts";

/** Bytes of a complex number in the workspace: two float32. */
export const COMPLEX_BYTES = 8;

/** A range of groups, and of output channels of each, whose weight spectra are contiguous. Several groups have all of their channels. */
export interface WeightSlice {
  readonly firstGroup: number;
  readonly groups: number;
  /** Counted within a group. */
  readonly firstOutput: number;
  readonly outputs: number;
  /** Offset of its spectra in the prepared buffer, and their size, in bytes. */
  readonly offset: number;
  readonly bytes: number;
}

export interface Chunks {
  readonly slices: readonly WeightSlice[];
  readonly preparedBytes: number;
  /** Number of tiles transformed at once, of the batch's tileCount. */
  readonly tiles: number;
  /** Bytes of the input's spectra, rounded up to the offset of the output's, and bytes of both. */
  readonly inputBytes: number;
  readonly workspaceBytes: number;
  /** Dispatches of all slices and ranges of tiles: transforms, products, inverse transforms, and the transforms of the weights. */
  readonly dispatches: number;
}

/** Why there are no chunks: the least bytes they need, or the number of dispatches they take. */
export type NoChunks = { readonly least: number } | { readonly tooMany: number };

/** Cap of a chunk. Larger ones are no faster: every pass of this size already keeps the GPU busy. */
const CHUNK_BYTES = 64 * 2 ** 20;

function slicesOf(correlation: Correlation, tiling: Tiling, groups: number, outputs: number): WeightSlice[] {
  const groupC = correlation.C / correlation.groups;
  const groupK = correlation.K / correlation.groups;
  const slices: WeightSlice[] = [];
  let offset = 0;
  for (let firstGroup = 0; firstGroup < correlation.groups; firstGroup += groups) {
    for (let firstOutput = 0; firstOutput < groupK; firstOutput += outputs) {
      const slice = {
        firstGroup,
        groups: Math.min(groups, correlation.groups - firstGroup),
        firstOutput,
        outputs: Math.min(outputs, groupK - firstOutput),
        offset,
      };
      const bytes = spectrumSize(tiling) * slice.groups * groupC * slice.outputs * COMPLEX_BYTES;
      slices.push({ ...slice, bytes });
      offset = roundUp(offset + bytes, STORAGE_ALIGNMENT);
    }
  }
  return slices;
}

/** Whether the slice before has already transformed the input of this slice's group, which needs all tiles to be transformed at once. */
export function sharesInput(slice: WeightSlice, tiles: number, total: number): boolean {
  return slice.firstOutput > 0 && tiles >= total;
}

/** Number of dispatches of all slices and their ranges of tiles; a transform has one for each pass. */
function dispatchesOf(slices: readonly WeightSlice[], tiling: Tiling, tiles: number, total: number): number {
  const passes = passSizes(tiling).length;
  const ranges = Math.ceil(total / tiles);
  const inputs = slices.filter((slice) => !sharesInput(slice, tiles, total)).length;
  return (inputs * passes + slices.length * (passes + 1)) * ranges + slices.length * passes;
}

/** Returns the chunks of a tiling, or why there are none. */
export function chunksOf(correlation: Correlation, tiling: Tiling, gpu: DeviceTraits): Chunks | NoChunks {
  const groupC = correlation.C / correlation.groups;
  let groups = correlation.groups;
  let outputs = correlation.K / correlation.groups;
  const cells = spectrumSize(tiling) * COMPLEX_BYTES;
  const bytesOf = (tiles: number): { inputBytes: number; outputBytes: number } => ({
    inputBytes: roundUp(cells * groups * groupC * tiles, STORAGE_ALIGNMENT),
    outputBytes: cells * groups * outputs * tiles,
  });
  const total = tileCount(correlation, tiling);
  // However the weights are sliced, the spectra of all of them are stored.
  const weightBytes = cells * groupC * correlation.K;
  if (weightBytes > gpu.maxWorkspaceBytes) return { least: weightBytes + cells * (groupC + 1) };
  // Each slice has at least one product.
  for (;;) {
    const count = Math.ceil(correlation.groups / groups) * Math.ceil(correlation.K / correlation.groups / outputs);
    if (count > gpu.maxDispatches) return { tooMany: count };
    const slices = slicesOf(correlation, tiling, groups, outputs);
    const last = slices.at(-1)!;
    const preparedBytes = last.offset + last.bytes;
    const room = gpu.maxWorkspaceBytes - preparedBytes;
    const { inputBytes, outputBytes } = bytesOf(1);
    const largest = Math.max(inputBytes, outputBytes, ...slices.map(({ bytes }) => bytes));
    if (largest <= gpu.maxBindingBytes && inputBytes + outputBytes <= room) {
      const cap = Math.max(
        1,
        Math.floor(Math.min(CHUNK_BYTES, gpu.maxBindingBytes) / Math.max(inputBytes, outputBytes)),
      );
      const most = Math.min(total, cap, Math.floor(room / (inputBytes + outputBytes)));
      // Chunks of equal size, so that each keeps the GPU equally busy.
      const tiles = Math.ceil(total / Math.ceil(total / most));
      const sizes = bytesOf(tiles);
      const dispatches = dispatchesOf(slices, tiling, tiles, total);
      if (dispatches > gpu.maxDispatches) return { tooMany: dispatches };
      return {
        slices,
        preparedBytes,
        tiles,
        inputBytes: sizes.inputBytes,
        workspaceBytes: sizes.inputBytes + sizes.outputBytes,
        dispatches,
      };
    }
    if (groups > 1) groups = Math.ceil(groups / 2);
    else if (outputs > 1) outputs = Math.ceil(outputs / 2);
    else return { least: Math.max(preparedBytes + inputBytes + outputBytes, largest) };
  }
}
