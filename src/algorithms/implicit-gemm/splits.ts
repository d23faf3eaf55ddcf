// Split sums (split-K) in the names of variants: 64x64-8x8k16s4 has four splits.

/** Most splits of a sum, and fewest terms of a split. */
export const MAX_SPLITS = 32;
export const MIN_SPLIT_TERMS = 64;

/** The name of a variant: that of its tile, and the number of splits. */
export interface NamedSplits {
  readonly tile: string;
  readonly splits: number;
}

export function inSplits(tile: string, splits: number): string {
  return splits > 1 ? `${tile}s${splits}` : tile;
}

/** The tile and the splits of a variant. */
export function splitName(variant: string): NamedSplits {
  const [, tile = variant, splits = "1"] = /^(.*)s(\d+)$/.exec(variant) ?? [];
  return { tile, splits: Number(splits) };
}
