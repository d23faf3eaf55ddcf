// Positions of cells in the plane of their channel, which max pooling stores as float32.
import { refuse, words } from "../../../base/error.ts";
import type { FeatureMap } from "./feature-map.ts";

/** The integers that float32 distinguishes. */
const MAX_INDEXED = 2 ** 24;

/** @throws ConvError `too-large` where float32 cannot count the cells of a channel */
export function checkIndexed(argument: string, { size }: FeatureMap): void {
  const cells = size[0] * size[1] * size[2];
  if (cells > MAX_INDEXED)
    refuse("too-large", argument, words(`${cells} cells in a channel`), `at most ${MAX_INDEXED}, which float32 counts`);
}
