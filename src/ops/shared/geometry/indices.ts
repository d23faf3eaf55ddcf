// Positions of cells, which max pooling finds: what they count from, and which element types can hold them.
import { refuse, words } from "../../../base/error.ts";
import { checkOneOf } from "../../../base/validate.ts";

/** The option of poolings with indices and of what takes their indices. */
export interface IndexingOption {
  /**
   * What indices count: the cells of the `"plane"` (volume, row) of their channel, (d H + h) W + w, as in PyTorch, by default; or those of
   * the whole `"tensor"`, (((n C + c) D + d) H + h) W + w in either layout, as in ONNX.
   */
  indexing?: "plane" | "tensor";
}

/** Whether indices count the cells of the whole tensor. */
export function countsTensor({ indexing = "plane" }: IndexingOption): boolean {
  return checkOneOf("indexing", indexing, ["plane", "tensor"]) === "tensor";
}

/** The integers that float32 distinguishes. */
const MAX_INDEXED = 2 ** 24;

/** @throws ConvError `too-large` where float32 cannot count the cells */
export function checkFloatIndices(argument: string, cells: number): void {
  if (cells > MAX_INDEXED)
    refuse("too-large", argument, words(`float32 for ${cells} cells`), `"u32": float32 counts ${MAX_INDEXED}`);
}
