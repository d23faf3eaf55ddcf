// What fits in memory at once: spectra are made for a range of channels and tiles at a time, under the caller's cap and the
// limit of a binding.
import { STORAGE_ALIGNMENT } from "../../plan.ts";
import { roundUp } from "../../shape.ts";
import type { GpuTraits } from "../algorithm.ts";
import type { Correlation } from "../correlation.ts";
import { type Tiling, spectrumSize, tileCount } from "./tiling.ts";

/** Bytes of a complex number in the workspace: two float32. */
export const COMPLEX_BYTES = 8;

/** Groups, and output channels of each, whose weights' spectra lie together. More than one group has all of its channels. */
export interface Part {
  readonly firstGroup: number;
  readonly groups: number;
  /** Counted within a group. */
  readonly firstOutput: number;
  readonly outputs: number;
  /** Where its spectra start in the prepared buffer, and their bytes. */
  readonly offset: number;
  readonly bytes: number;
}

export interface Chunks {
  readonly parts: readonly Part[];
  readonly preparedBytes: number;
  /** Tiles transformed at once; of tileCount. */
  readonly tiles: number;
  /** Bytes of the input's spectra, rounded up to where those of the output start, and of all together. */
  readonly inputBytes: number;
  readonly workspaceBytes: number;
}

/** Beyond this a chunk gains nothing: every pass is long since busy. */
const CHUNK_BYTES = 64 * 2 ** 20;

function partsOf(correlation: Correlation, tiling: Tiling, groups: number, outputs: number): Part[] {
  const groupC = correlation.C / correlation.groups;
  const groupK = correlation.K / correlation.groups;
  const parts: Part[] = [];
  let offset = 0;
  for (let firstGroup = 0; firstGroup < correlation.groups; firstGroup += groups) {
    for (let firstOutput = 0; firstOutput < groupK; firstOutput += outputs) {
      const part = {
        firstGroup,
        groups: Math.min(groups, correlation.groups - firstGroup),
        firstOutput,
        outputs: Math.min(outputs, groupK - firstOutput),
        offset,
      };
      const bytes = spectrumSize(tiling) * part.groups * groupC * part.outputs * COMPLEX_BYTES;
      parts.push({ ...part, bytes });
      offset = roundUp(offset + bytes, STORAGE_ALIGNMENT);
    }
  }
  return parts;
}

/** The chunks of a tiling, or the bytes that it needs at least where those are too many. */
export function chunksOf(
  correlation: Correlation,
  tiling: Tiling,
  gpu: GpuTraits,
): Chunks | { readonly least: number } {
  const groupC = correlation.C / correlation.groups;
  let groups = correlation.groups;
  let outputs = correlation.K / correlation.groups;
  const cells = spectrumSize(tiling) * COMPLEX_BYTES;
  const bytesOf = (tiles: number): { inputBytes: number; outputBytes: number } => ({
    inputBytes: roundUp(cells * groups * groupC * tiles, STORAGE_ALIGNMENT),
    outputBytes: cells * groups * outputs * tiles,
  });
  for (;;) {
    const parts = partsOf(correlation, tiling, groups, outputs);
    const last = parts.at(-1)!;
    const preparedBytes = last.offset + last.bytes;
    const room = gpu.maxWorkspaceBytes - preparedBytes;
    const { inputBytes, outputBytes } = bytesOf(1);
    const largest = Math.max(inputBytes, outputBytes, ...parts.map(({ bytes }) => bytes));
    if (largest <= gpu.maxBindingBytes && inputBytes + outputBytes <= room) {
      const cap = Math.max(
        1,
        Math.floor(Math.min(CHUNK_BYTES, gpu.maxBindingBytes) / Math.max(inputBytes, outputBytes)),
      );
      const most = Math.min(tileCount(correlation, tiling), cap, Math.floor(room / (inputBytes + outputBytes)));
      // Chunks of equal size, so that they share their kernels' loads evenly.
      const tiles = Math.ceil(tileCount(correlation, tiling) / Math.ceil(tileCount(correlation, tiling) / most));
      const sizes = bytesOf(tiles);
      return {
        parts,
        preparedBytes,
        tiles,
        inputBytes: sizes.inputBytes,
        workspaceBytes: sizes.inputBytes + sizes.outputBytes,
      };
    }
    if (groups > 1) groups = Math.ceil(groups / 2);
    else if (outputs > 1) outputs = Math.ceil(outputs / 2);
    else return { least: Math.max(preparedBytes + inputBytes + outputBytes, largest) };
  }
}
