// The snippets of each padding mode.
import copiesCircular from "../../shaders/lib/copies-circular.wgsl";
import copiesReflect from "../../shaders/lib/copies-reflect.wgsl";
import copiesReplicate from "../../shaders/lib/copies-replicate.wgsl";
import circular from "../../shaders/lib/padding-circular.wgsl";
import reflect from "../../shaders/lib/padding-reflect.wgsl";
import replicate from "../../shaders/lib/padding-replicate.wgsl";
import zeros from "../../shaders/lib/padding-zeros.wgsl";
import type { PaddingMode } from "../problem/padding.ts";
import type { Shader } from "./shader.ts";

/** The snippets that define `source`, the input cell that a cell of the padded input repeats, and `is_padding`. */
export const PADDING_SHADERS: Readonly<Record<PaddingMode, Shader>> = { zeros, reflect, replicate, circular };

/** The snippets that define `copies`, the cells of the border that repeat an input cell. */
export const COPIES_SHADERS: Readonly<Record<Exclude<PaddingMode, "zeros">, Shader>> = {
  reflect: copiesReflect,
  replicate: copiesReplicate,
  circular: copiesCircular,
};
