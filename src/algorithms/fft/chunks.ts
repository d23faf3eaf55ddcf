// Chunks: the ranges of channels and tiles whose spectra fit in memory at once, within the caller's limit on workspace and the device's limit on
// bindings.
import { roundUp } from "../../base/shape.ts";
import { STORAGE_ALIGNMENT } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { MAX_SECONDS, estimate } from "../cost.ts";
import type { DeviceTraits } from "../traits.ts";
import { type TileRange, type Tiling, inputRange, partCount, passSizes, spectrumSize, tileCount } from "./tiling.ts";
import { fftWork } from "./work.ts";

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
  /** The tiles computed at once, of the batch's tileCount: ranges of equal length, the last one shorter. */
  readonly ranges: readonly TileRange[];
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

function slicesOf(correlation: Correlation, bytesPerOutput: number, groups: number, outputs: number): WeightSlice[] {
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
      const bytes = bytesPerOutput * slice.groups * slice.outputs;
      slices.push({ ...slice, bytes });
      offset = roundUp(offset + bytes, STORAGE_ALIGNMENT);
    }
  }
  return slices;
}

/** Whether a slice is the first of its group: its input is transformed before it, and serves the slices after it. */
export function isFirst({ firstOutput }: WeightSlice): boolean {
  return firstOutput === 0;
}

/**
 * Returns the chunks of a tiling, or why there are none.
 * @param product the work of its product of spectra
 */
export function chunksOf(
  correlation: Correlation,
  tiling: Tiling,
  gpu: DeviceTraits,
  product = fftWork(correlation, tiling).outputs[0],
): Chunks | NoChunks {
  const groupC = correlation.C / correlation.groups;
  const groupK = correlation.K / correlation.groups;
  let groups = correlation.groups;
  let outputs = groupK;
  const cells = spectrumSize(tiling) * COMPLEX_BYTES;
  const bytesPerOutput = cells * groupC * partCount(tiling);
  const bytesOf = (range: TileRange): { inputBytes: number; outputBytes: number } => ({
    inputBytes: roundUp(cells * groups * groupC * inputRange(tiling, range).count, STORAGE_ALIGNMENT),
    outputBytes: cells * groups * outputs * range.count,
  });
  const total = tileCount(correlation, tiling);
  const seconds = estimate([product], gpu.rates);
  const passes = passSizes(tiling).length;
  // However the weights are sliced, the spectra of all of them are stored.
  const weightBytes = bytesPerOutput * correlation.K;
  if (weightBytes > gpu.maxWorkspaceBytes) return { least: weightBytes + cells * (groupC + 1) };
  // Each slice has at least one product.
  for (;;) {
    const count = Math.ceil(correlation.groups / groups) * Math.ceil(groupK / outputs);
    if (count > gpu.maxDispatches) return { tooMany: count };
    const slices = slicesOf(correlation, bytesPerOutput, groups, outputs);
    const last = slices.at(-1)!;
    const preparedBytes = last.offset + last.bytes;
    const room = gpu.maxWorkspaceBytes - preparedBytes;
    const one = bytesOf({ first: 0, count: 1 });
    const largest = Math.max(one.inputBytes, one.outputBytes, ...slices.map(({ bytes }) => bytes));
    const fits = largest <= gpu.maxBindingBytes && one.inputBytes + one.outputBytes <= room;
    const splits = groups > 1 || outputs > 1;
    // Tiles whose product takes the longest that a dispatch may.
    const inTime = Math.floor((MAX_SECONDS * total * slices.length) / seconds);
    if (fits && (inTime > 0 || !splits)) {
      const cap = Math.min(CHUNK_BYTES, gpu.maxBindingBytes) / Math.max(cells * groups * groupC, one.outputBytes);
      let most = Math.max(1, Math.min(total, Math.floor(cap), inTime));
      for (;;) {
        // Ranges of equal length, so that each keeps the GPU equally busy.
        const length = Math.ceil(total / Math.ceil(total / most));
        const rangeCount = Math.ceil(total / length);
        const inputs = slices.filter(isFirst).length;
        const dispatches = rangeCount * (inputs * passes + slices.length * (passes + 1)) + slices.length * passes;
        if (dispatches > gpu.maxDispatches) return { tooMany: dispatches };
        const ranges = Array.from({ length: rangeCount }, (_, at) => ({
          first: at * length,
          count: Math.min(length, total - at * length),
        }));
        const sizes = ranges.map(bytesOf);
        const inputBytes = Math.max(...sizes.map((size) => size.inputBytes));
        const workspaceBytes = inputBytes + sizes[0]!.outputBytes;
        if (inputBytes <= gpu.maxBindingBytes && workspaceBytes <= room)
          return { slices, preparedBytes, ranges, inputBytes, workspaceBytes, dispatches };
        // A range of the input is longer than that of the tiles by the parts of the kernel, once for each row that it enters.
        most = Math.ceil(most / 2);
      }
    }
    if (groups > 1) groups = Math.ceil(groups / 2);
    else if (outputs > 1) outputs = Math.ceil(outputs / 2);
    else return { least: Math.max(preparedBytes + one.inputBytes + one.outputBytes, largest) };
  }
}
