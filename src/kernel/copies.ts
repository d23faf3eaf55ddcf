// The snippets that find the copies of a cell in the padding, which gradients add up.
import copiesImages from "../../shaders/lib/copies-images.wgsl";
import copiesReplicate from "../../shaders/lib/copies-replicate.wgsl";
import type { PaddingMode } from "../problem/padding.ts";
import { type PaddingSnippet, snippetOf } from "./padding.ts";

/** The snippet that defines `copies`, the cells of the padded input that repeat an input cell, for each of IMAGES. */
export function copiesSnippet(mode: PaddingMode): PaddingSnippet {
  return snippetOf(mode, true, mode === "replicate" ? copiesReplicate : copiesImages);
}
