// The snippets of each padding mode, and the constants that they need.
import copiesImages from "../../shaders/lib/copies-images.wgsl";
import copiesReplicate from "../../shaders/lib/copies-replicate.wgsl";
import circular from "../../shaders/lib/padding-circular.wgsl";
import images from "../../shaders/lib/padding-images.wgsl";
import mirror from "../../shaders/lib/padding-mirror.wgsl";
import replicate from "../../shaders/lib/padding-replicate.wgsl";
import zeros from "../../shaders/lib/padding-zeros.wgsl";
import type { PaddingMode } from "../problem/padding.ts";
import type { Shader } from "./shader.ts";
import type { Constant } from "./step.ts";

interface PaddingSnippet {
  readonly shader: Shader;
  readonly constants: Readonly<Record<string, Constant>>;
}

const ONCE = { zeros, reflect: mirror, replicate, circular, symmetric: mirror };

/** IMAGES in a period, of which the second is mirrored, and whether they have their own border cells: EDGE. */
function constantsOf(mode: PaddingMode): PaddingSnippet["constants"] {
  return {
    IMAGES: { i32: mode === "reflect" || mode === "symmetric" ? 2 : 1 },
    EDGE: { i32: mode === "reflect" ? 0 : 1 },
  };
}

/**
 * The snippet that defines `source`, the input cell that a cell of the padded input repeats, and `is_padding`.
 * @param again whether the border is longer than one image of the input
 */
export function paddingSnippet(mode: PaddingMode, again: boolean): PaddingSnippet {
  return { shader: again ? images : ONCE[mode], constants: constantsOf(mode) };
}

/** The snippet that defines `copies`, the cells of the padded input that repeat an input cell, for each of IMAGES. */
export function copiesSnippet(mode: PaddingMode): PaddingSnippet {
  return { shader: mode === "replicate" ? copiesReplicate : copiesImages, constants: constantsOf(mode) };
}
