// Positions of cells in the plane of their channel, as float32.
import { refuse, words } from "../../../base/error.ts";
import type { FeatureMap } from "./feature-map.ts";

/** Cells that float32 tells apart: every integer up to 2^24. */
const MAX_INDEXED = 2 ** 24;

/** Refuses a feature map whose cells no float32 could count. */
export function checkIndexed(argument: string, { size }: FeatureMap): void {
  const cells = size[0] * size[1] * size[2];
  if (cells > MAX_INDEXED)
    refuse("too-large", argument, words(`${cells} cells in a channel`), `at most ${MAX_INDEXED}, which float32 counts`);
}
