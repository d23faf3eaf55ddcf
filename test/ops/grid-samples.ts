// Maps, grids and options that sampling by a grid is tested with.
import type { GridSampleOptions } from "../../src/ops/grid-sample/geometry.ts";

export interface GridSampled {
  readonly name: string;
  /** [N, C, ...spatial] */
  readonly shape: readonly number[];
  /** [N, ...spatial, 2 or 3] */
  readonly grid: readonly number[];
  readonly options: GridSampleOptions;
}

const two = { shape: [2, 3, 5, 6], grid: [2, 4, 7, 2] } as const;

export const GRID_SAMPLES: readonly GridSampled[] = [
  ...(["zeros", "border", "reflection"] as const).flatMap((paddingMode): GridSampled[] => [
    { name: `linear, ${paddingMode}`, ...two, options: { paddingMode } },
    { name: `nearest, ${paddingMode}`, ...two, options: { mode: "nearest", paddingMode } },
    { name: `cubic, ${paddingMode}`, ...two, options: { mode: "cubic", paddingMode } },
    {
      name: `cubic, ${paddingMode}, corners aligned`,
      ...two,
      options: { mode: "cubic", paddingMode, alignCorners: true },
    },
  ]),
  { name: "linear, corners aligned, reflection", ...two, options: { paddingMode: "reflection", alignCorners: true } },
  { name: "linear, corners aligned, border", ...two, options: { paddingMode: "border", alignCorners: true } },
  { name: "more channels than a run", shape: [1, 20, 3, 4], grid: [1, 5, 3, 2], options: {} },
  {
    name: "so many cells that runs are longer",
    shape: [1, 18, 65, 67],
    grid: [1, 5, 7, 2],
    options: { mode: "nearest" },
  },
  {
    name: "cubic of a small map, reflection",
    shape: [1, 2, 2, 1],
    grid: [1, 4, 4, 2],
    options: { mode: "cubic", paddingMode: "reflection" },
  },
  { name: "3-D, linear", shape: [1, 2, 3, 4, 5], grid: [1, 2, 3, 4, 3], options: {} },
  {
    name: "3-D, linear, reflection",
    shape: [2, 2, 3, 2, 4],
    grid: [2, 3, 2, 4, 3],
    options: { paddingMode: "reflection" },
  },
  {
    name: "3-D, nearest, border",
    shape: [1, 2, 3, 4, 2],
    grid: [1, 4, 3, 2, 3],
    options: { mode: "nearest", paddingMode: "border" },
  },
];
