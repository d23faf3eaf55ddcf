// The geometry of a correlation in tiles of Winograd's algorithm: the number of tiles, and the bytes of their transforms.
import { type Triple, eachAxis, elementCount, roundUp } from "../../base/shape.ts";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { STORAGE_ALIGNMENT } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { type Partition, partitionOf } from "./partition.ts";
import type { Tile } from "./tiles.ts";

/** The tiling of a correlation, common to all its chunks. Sizes are in elements. */
export interface Geometry {
  readonly tile: Tile;
  readonly partition: Partition;
  /** Number of axes that are transformed. */
  readonly axes: number;
  /** Outputs and inputs of a tile along each axis; 1 if the axis is not transformed. */
  readonly outputs: Triple;
  readonly inputs: Triple;
  /** Tiles along each axis, and in the whole batch. */
  readonly tiles: Triple;
  readonly tileCount: number;
  /** Values of a transformed tile: the number of matrix products. */
  readonly points: number;
  /** Channels of a group: inputs (one for each subkernel and channel) padded to whole vectors, outputs, outputs padded. */
  readonly paddedC: number;
  readonly groupK: number;
  readonly paddedK: number;
  /** Whether the outputs of a group are the columns of the transformed filters, padded to whole vectors; otherwise the inputs are. */
  readonly outputsInner: boolean;
  readonly filterBytes: number;
}

/** A range of tiles, counted through the batch. */
export interface Chunk {
  readonly first: number;
  readonly count: number;
}

export function geometryOf(
  correlation: Correlation,
  tile: Tile,
  outputsInner = correlation.layout === "channels-last",
): Geometry {
  const { N, C, K, groups, output } = correlation;
  const partition = partitionOf(correlation, tile);
  const { transformed, subkernels } = partition;
  const outputs = eachAxis((axis) => (transformed[axis] ? tile.m : 1));
  const tiles = eachAxis((axis) => Math.ceil(output[axis] / outputs[axis]));
  const axes = transformed.filter(Boolean).length;
  const points = tile.points ** axes;
  const groupK = K / groups;
  const paddedC = roundUp(elementCount(subkernels) * (C / groups), 4);
  const paddedK = outputsInner ? roundUp(groupK, 4) : groupK;
  return {
    tile,
    partition,
    axes,
    outputs,
    inputs: eachAxis((axis) => (transformed[axis] ? tile.points : 1)),
    tiles,
    tileCount: N * elementCount(tiles),
    points,
    paddedC,
    groupK,
    paddedK,
    outputsInner,
    filterBytes: points * groups * paddedC * paddedK * F32_BYTES,
  };
}

/** Number of tiles in a chunk, padded to whole vectors if tiles are columns. */
export function tileSlots(correlation: Correlation, count: number): number {
  return correlation.layout === "channels-last" ? count : roundUp(count, 4);
}

/** Bytes of the transformed inputs of `count` tiles. */
export function inputBytes(correlation: Correlation, { points, paddedC }: Geometry, count: number): number {
  return points * correlation.groups * paddedC * tileSlots(correlation, count) * F32_BYTES;
}

/** Bytes of the products of `count` tiles with the filters. */
export function productBytes(correlation: Correlation, { points, paddedK }: Geometry, count: number): number {
  return points * correlation.groups * paddedK * tileSlots(correlation, count) * F32_BYTES;
}

/** Bytes of workspace of a chunk of `count` tiles: the transformed inputs, then their products with the filters. */
export function chunkBytes(correlation: Correlation, geometry: Geometry, count: number): number {
  return (
    roundUp(inputBytes(correlation, geometry, count), STORAGE_ALIGNMENT) + productBytes(correlation, geometry, count)
  );
}
