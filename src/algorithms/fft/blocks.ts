// The thread tile of the product of spectra: the output channels and tiles that one thread computes. The number of tiles follows the size of the
// map and of the batch, so a thread takes one of a few numbers of them, and kernels are shared.

/** Numbers of tiles to choose from, and what a block costs besides its tiles, in tiles. */
const TILES = [8, 4, 3, 2, 1];
const BLOCK_TILES = 2;

/** Output channels and tiles of a block of at most `held` sums. Blocks of channels are as few and as equal as possible. */
export function blockOf(outputs: number, tiles: number, held: number): { tileK: number; tileT: number } {
  const cost = (tileT: number): number => Math.ceil(tiles / tileT) * (tileT + BLOCK_TILES);
  const tileT = TILES.filter((one) => one * one <= held).reduce((best, one) => (cost(one) < cost(best) ? one : best));
  const most = Math.min(16, Math.floor(held / tileT));
  return { tileK: Math.ceil(outputs / Math.ceil(outputs / most)), tileT };
}
