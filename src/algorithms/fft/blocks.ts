// The thread tile of the product of spectra: output channels and tiles that one thread multiplies.

/** Complex sums that a thread holds: more spill, fewer load more. */
const MAX_SUMS = 64;

/** Cuts a size into as few blocks of at most `most` as possible; returns the size of the nearly equal blocks. */
function even(size: number, most: number): number {
  return Math.ceil(size / Math.ceil(size / most));
}

/** Output channels and tiles of a block. */
export function blockOf(outputs: number, tiles: number): { tileK: number; tileT: number } {
  const tileT = even(tiles, 8);
  return { tileK: even(outputs, Math.min(16, Math.floor(MAX_SUMS / tileT))), tileT };
}
