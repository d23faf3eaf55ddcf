// The options and shapes of sampling by a grid. Shared by the engine and the reference.
import { refuse, words } from "../../base/error.ts";
import { toTriple } from "../../base/shape.ts";
import { checkBoolean, checkOneOf, checkShape } from "../../base/validate.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";

const MODES = ["nearest", "linear", "cubic"] as const;
const PADDINGS = ["zeros", "border", "reflection"] as const;

/** The options of `gridSample`. */
export interface GridSampleOptions {
  /** "linear" by default; "cubic" for 2-D maps only. */
  mode?: (typeof MODES)[number];
  /** What lies beyond the border: zeros by default, the cell there, or the map reflected at it. */
  paddingMode?: (typeof PADDINGS)[number];
  /** Whether -1 and 1 are the centres of the outer cells, instead of their outer edges; false by default. */
  alignCorners?: boolean;
}

export const GRID_SAMPLE_KEYS = ["mode", "paddingMode", "alignCorners"] as const;

/** The geometry of sampling by a grid. */
export interface GridSampling {
  readonly mode: (typeof MODES)[number];
  readonly padding: (typeof PADDINGS)[number];
  readonly align: boolean;
  readonly output: FeatureMap;
}

/** @throws ConvError naming the invalid argument */
export function gridSamplingOf(map: FeatureMap, grid: readonly number[], options: GridSampleOptions): GridSampling {
  const { N, rank } = map;
  if (rank === 1) refuse("unsupported", "x.shape", words("a 1-D map"), "two or three spatial axes");
  if (map.size.includes(0))
    refuse("shape-mismatch", "x.shape", words("an empty map"), "at least one cell along each axis");
  const shape = checkShape("grid.shape", grid, [rank + 2]);
  if (shape[0] !== N || shape.at(-1) !== rank)
    refuse("shape-mismatch", "grid.shape", shape, `[${N}, ...spatial, ${rank}], the coordinates of every output`);
  const mode = checkOneOf("mode", options.mode ?? "linear", MODES);
  if (mode === "cubic" && rank === 3) refuse("unsupported", "mode", mode, "another mode for 3-D maps");
  return {
    mode,
    padding: checkOneOf("paddingMode", options.paddingMode ?? "zeros", PADDINGS),
    align: checkBoolean("alignCorners", options.alignCorners ?? false),
    output: { ...map, size: toTriple(shape.slice(1, -1), 1) },
  };
}
