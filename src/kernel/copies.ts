// The snippets that find the copies of a cell in the padding, which gradients add up.
import copiesImages from "../../shaders/lib/copies-images.wgsl";
import copiesReplicate from "../../shaders/lib/copies-replicate.wgsl";
import type { PaddingMode } from "../problem/padding.ts";
import { type PaddingSnippet, snippetOf } from "./padding.ts";

/**
 * The snippet that defines `copies`, the cells of the padded input that repeat an input cell, for each of IMAGES.
 * @param again whether the border, or what is cropped, may be as long as one image of the input
 */
export function copiesSnippet(mode: PaddingMode, again: boolean): PaddingSnippet {
  return snippetOf(mode, again, mode === "replicate" ? copiesReplicate : copiesImages);
}
