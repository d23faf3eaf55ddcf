// Feature maps: shapes [N, C, ...spatial] or [N, ...spatial, C] in one canonical form, with three spatial axes.
import { type Triple, toTriple } from "../../../base/shape.ts";
import { checkShape } from "../../../base/validate.ts";
import { type Layout, joinShape, splitShape } from "../../../problem/problem.ts";

/** The sizes of a feature map; 1-D and 2-D maps have unit axes first. */
export interface FeatureMap {
  readonly N: number;
  readonly channels: number;
  readonly size: Triple;
  /** Spatial axes, without the unit axes. */
  readonly rank: number;
  readonly layout: Layout;
}

/** Ranks of shapes with one to three spatial axes. */
const RANKS = [3, 4, 5];

/** The canonical form of a shape in a layout. */
export function mapOfShape(argument: string, shape: unknown, layout: Layout): FeatureMap {
  const { N, channels, spatial } = splitShape(checkShape(argument, shape, RANKS), layout);
  return { N, channels, size: toTriple(spatial, 1), rank: spatial.length, layout };
}

/** The shape of a feature map in its layout and rank. */
export function shapeOf({ N, channels, size, rank, layout }: FeatureMap): number[] {
  return joinShape(N, channels, size.slice(3 - rank), layout);
}

/** The number of elements of a feature map. */
export function elementsOf({ N, channels, size }: FeatureMap): number {
  return N * channels * size[0] * size[1] * size[2];
}
