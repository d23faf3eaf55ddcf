// The snippets of each padding mode, and the constants that they need.
import copiesImages from "../../shaders/lib/copies-images.wgsl";
import copiesReplicate from "../../shaders/lib/copies-replicate.wgsl";
import images from "../../shaders/lib/padding-images.wgsl";
import replicate from "../../shaders/lib/padding-replicate.wgsl";
import zeros from "../../shaders/lib/padding-zeros.wgsl";
import type { PaddingMode } from "../problem/padding.ts";
import type { Shader } from "./shader.ts";
import type { Constant } from "./step.ts";

/** A snippet and its constants: IMAGES in a period, of which the second is mirrored, and whether they have their own border cells (EDGE). */
interface PaddingSnippet {
  readonly shader: Shader;
  readonly constants: Readonly<Record<string, Constant>>;
}

function snippet(mode: PaddingMode, AGAIN: boolean, shader: Shader): PaddingSnippet {
  const IMAGES = { i32: mode === "reflect" || mode === "symmetric" ? 2 : 1 };
  return { shader, constants: { IMAGES, EDGE: { i32: mode === "reflect" ? 0 : 1 }, AGAIN } };
}

/**
 * The snippet that defines `source`, the input cell that a cell of the padded input repeats, and `is_padding`.
 * @param again whether the border is longer than one image of the input
 */
export function paddingSnippet(mode: PaddingMode, again: boolean): PaddingSnippet {
  return snippet(mode, again, mode === "zeros" ? zeros : mode === "replicate" ? replicate : images);
}

/** The snippet that defines `copies`, the cells of the padded input that repeat an input cell, for each of IMAGES. */
export function copiesSnippet(mode: PaddingMode): PaddingSnippet {
  return snippet(mode, true, mode === "replicate" ? copiesReplicate : copiesImages);
}
