// The snippets of each padding mode, and the constants that they need.
import images from "../../shaders/lib/padding-images.wgsl";
import replicate from "../../shaders/lib/padding-replicate.wgsl";
import zeros from "../../shaders/lib/padding-zeros.wgsl";
import type { PaddingMode } from "../problem/padding.ts";
import type { Shader } from "./shader.ts";
import type { Constant } from "./step.ts";

/** A snippet and its constants: IMAGES in a period, of which the second is mirrored, and whether they have their own border cells (EDGE). */
export interface PaddingSnippet {
  readonly shader: Shader;
  readonly constants: Readonly<Record<string, Constant>>;
}

export function snippetOf(mode: PaddingMode, AGAIN: boolean, shader: Shader): PaddingSnippet {
  const IMAGES = { i32: mode === "reflect" || mode === "symmetric" ? 2 : 1 };
  return { shader, constants: { IMAGES, EDGE: { i32: mode === "reflect" ? 0 : 1 }, AGAIN } };
}

/**
 * The snippet that defines `source`, the input cell that a cell of the padded input repeats, and `is_padding`.
 * @param again whether the border is longer than one image of the input
 */
export function paddingSnippet(mode: PaddingMode, again: boolean): PaddingSnippet {
  return snippetOf(mode, again, mode === "zeros" ? zeros : mode === "replicate" ? replicate : images);
}
