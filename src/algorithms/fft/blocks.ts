// The thread tile of the product of spectra: the output channels and tiles that one thread computes.

/** Most complex sums that a thread holds: more would spill registers, fewer would load more. */
const MAX_SUMS = 64;

/** Divides a size into as few blocks of at most `most` as possible, of nearly equal size; returns that size. */
function even(size: number, most: number): number {
  return Math.ceil(size / Math.ceil(size / most));
}

/** Output channels and tiles of a block. */
export function blockOf(outputs: number, tiles: number): { tileK: number; tileT: number } {
  const tileT = even(tiles, 8);
  return { tileK: even(outputs, Math.min(16, Math.floor(MAX_SUMS / tileT))), tileT };
}
