// The steps of Winograd's algorithm, not fused: the filter transform (prepacked with the weights), then for each chunk of tiles the input
// transform, one matrix product for each point and group, and the output transform with the epilogue.
//
// The matrices of a point: channels-first U [K, C] times V [C, tiles] gives M [K, tiles]; channels-last V [tiles, C] times
// U [C, K] gives M [tiles, K]. Rows of U and V are padded to whole vectors, those of C with zeros.
import filterLineShader from "../../../shaders/algorithms/winograd/filter-line.wgsl";
import filterTapsShader from "../../../shaders/algorithms/winograd/filter-taps.wgsl";
import filterShader from "../../../shaders/algorithms/winograd/filter.wgsl";
import inputCellsShader from "../../../shaders/algorithms/winograd/input-cells.wgsl";
import inputLineShader from "../../../shaders/algorithms/winograd/input-line.wgsl";
import inputShader from "../../../shaders/algorithms/winograd/input.wgsl";
import outputCellsShader from "../../../shaders/algorithms/winograd/output-cells.wgsl";
import outputLineShader from "../../../shaders/algorithms/winograd/output-line.wgsl";
import outputShader from "../../../shaders/algorithms/winograd/output.wgsl";
import subkernelsShader from "../../../shaders/algorithms/winograd/subkernels.wgsl";
import tileShader from "../../../shaders/algorithms/winograd/tile.wgsl";
import { type Triple, elementCount, roundUp } from "../../base/shape.ts";
import type { Shader } from "../../kernel/shader.ts";
import { BINDING, type Binding, type Constant, STORAGE_ALIGNMENT, type Step } from "../../kernel/step.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import { type Correlation, seenEnd } from "../../problem/correlation.ts";
import { gemmStep } from "../gemm/gemm.ts";
import type { GemmVariant } from "../gemm/variant.ts";
import {
  type Snippets,
  alongAxes,
  dispatchOn,
  inputUniforms,
  isMap,
  kernelUniforms,
  loader,
  outputUniforms,
  paddedInput,
  preparedRange,
  result,
  scratch,
  weightUniforms,
} from "../operands.ts";
import { type Chunk, type Geometry, inputBytes, productBytes, tileSlots } from "./geometry.ts";

/** The transforms, and the shaders by which a thread computes a whole tile. */
const WHOLE_TILES = { filter: filterShader, input: inputShader, output: outputShader };

/** A transform: from the numbers of a line along an axis to others. */
export type Transform = keyof typeof WHOLE_TILES;

/** How workgroups transform tiles line by line (lines.ts): apart from this, so that only adapters that have workgroup memory load it. */
export interface LineMethod {
  /** Invocations of a workgroup, and the tiles that it transforms; undefined where a tile is one line. */
  readonly size: (geometry: Geometry) => { readonly threads: number; readonly tiles: number } | undefined;
  readonly shaders: Readonly<Record<Transform, readonly Shader[]>>;
}

/** The parts of a transform that are the same for whole tiles and for lines. */
interface TransformStep {
  readonly snippets: readonly Snippets[];
  /** Tiles of all channels, or pairs of channels. */
  readonly tiles: number;
  readonly shaders: readonly Shader[];
  readonly constants: Readonly<Record<string, Constant>>;
  readonly uniforms: Uniforms;
  readonly range: Binding;
}

/** The step of a transform. */
function transformStep(
  c: Correlation,
  geometry: Geometry,
  name: Transform,
  step: TransformStep,
  lines?: LineMethod,
): Step {
  const { snippets, tiles, shaders, constants, uniforms, range } = step;
  const { tile, axes, points, inputs } = geometry;
  const common = {
    ...{ POINTS: tile.points, PAIRS: tile.factors.pairs.length, AXES: axes, TILE_SIZE: points },
    ...alongAxes("TILE_", inputs),
    ...constants,
  };
  const size = lines?.size(geometry);
  if (!lines || !size)
    return dispatchOn(snippets, {
      threads: tiles,
      shaders: [...shaders, WHOLE_TILES[name]],
      constants: common,
      ranges: [range],
      uniforms,
      // All of its loops are.
      unrolled: name === "input",
    });
  return dispatchOn(snippets, {
    workgroups: Math.ceil(tiles / size.tiles),
    shaders: [...shaders, ...lines.shaders[name]],
    constants: {
      ...common,
      WORKGROUP_SIZE: size.threads,
      BEFORE: name === "filter" ? tile.r : tile.points,
      AFTER: name === "output" ? tile.m : tile.points,
      LAST_FIRST: name === "output",
      CHANNELS_LAST: c.layout === "channels-last",
    },
    ranges: [range],
    uniforms: { threads: tiles, ...uniforms },
  });
}

/** Whether a kernel is one subkernel. If it is a feature map, whose size changes, it counts as several. */
function isOne(correlation: Correlation, { partition: { subkernels } }: Geometry): boolean {
  return elementCount(subkernels) === 1 && !isMap(correlation);
}

function subkernelConstants(correlation: Correlation, geometry: Geometry): Record<string, Constant> {
  const { phases, taps } = geometry.partition;
  return {
    ONE_SUBKERNEL: isOne(correlation, geometry),
    ...alongAxes("PHASES_", phases),
    ...alongAxes("TAPS_", taps),
  };
}

/** Transforms the weights to U, which is cached with them. */
export function filterStep(correlation: Correlation, geometry: Geometry, lines?: LineMethod): Step {
  const { C, groups } = correlation;
  const { tile, groupK, paddedC, paddedK, outputsInner, filterBytes } = geometry;
  const pairs = groups * paddedC * paddedK;
  const step: TransformStep = {
    snippets: [loader(correlation, "w", BINDING.first)],
    tiles: pairs,
    shaders: [subkernelsShader, filterLineShader, filterTapsShader],
    constants: {
      ...subkernelConstants(correlation, geometry),
      ...alongAxes("STRIDE_", correlation.stride),
      OUTPUTS_INNER: outputsInner,
      TAPS: tile.r,
      POWERS: { f32s: tile.factors.filterPowers.flat() },
      SCALES: { f32s: tile.factors.scales },
    },
    range: preparedRange(BINDING.output, 0, filterBytes),
    uniforms: {
      innerCount: outputsInner ? paddedK : paddedC,
      outerCount: outputsInner ? paddedC : paddedK,
      groupC: C / groups,
      groupK,
      ...kernelUniforms(correlation),
      ...alongAxes("subkernels", geometry.partition.subkernels),
      ...weightUniforms(correlation),
      pointStride: pairs,
    },
  };
  return transformStep(correlation, geometry, "filter", step, lines);
}

/** Whether a tile reaches past the last cells that outputs see, where the input or its padding has values other than zeros. */
function reachesBeyond(
  correlation: Correlation,
  { tiles, outputs, inputs, partition }: Geometry,
  end: Triple,
): boolean {
  const { input, stride, padBegin } = correlation;
  // With strides it depends on the size of the map.
  if (stride.some((step) => step > 1)) return true;
  const zeros = correlation.paddingMode === "zeros" && correlation.paddingValue === 0;
  return tiles.some((count, axis) => {
    const steps = (count - 1) * outputs[axis]! + inputs[axis]!;
    const blocks = partition.subkernels[axis]! / partition.phases[axis]! - 1;
    const last = (steps - 1 + blocks * partition.taps[axis]!) * stride[axis]! + partition.phases[axis]! - 1;
    // If the padding is zeros, only cells of the input count.
    return last - padBegin[axis]! >= end[axis]! && !(zeros && end[axis]! >= input[axis]!);
  });
}

/** Strides of matrices whose columns are some channels (channels-last) or slots of tiles, in elements. */
function matrices({ layout, groups }: Correlation, channels: number, slots: number): Uniforms {
  return { point: groups * channels * slots, row: layout === "channels-last" ? channels : slots };
}

/** Transforms a chunk of tiles of the input to V. */
export function inputStep(correlation: Correlation, geometry: Geometry, chunk: Chunk, lines?: LineMethod): Step {
  const { C, groups, stride } = correlation;
  const { tile, tiles, paddedC, partition } = geometry;
  const channelsLast = correlation.layout === "channels-last";
  const slots = tileSlots(correlation, chunk.count);
  const end = seenEnd(correlation);
  const step: TransformStep = {
    snippets: [paddedInput(correlation)],
    tiles: groups * paddedC * chunk.count,
    shaders: [subkernelsShader, tileShader, inputLineShader, inputCellsShader],
    constants: {
      ...subkernelConstants(correlation, geometry),
      ...alongAxes("OUTPUTS_", geometry.outputs, "output"),
      ...alongAxes("STRIDE_", stride),
      WHOLE: { f32s: tile.factors.whole },
      HALVES: { f32s: tile.factors.halves.flat() },
      PAIR_POINTS: { f32s: tile.factors.pairs },
      CHANNELS_LAST: channelsLast,
      C_TAIL: isMap(correlation) || paddedC !== elementCount(partition.subkernels) * (C / groups),
      ZEROS_BEYOND: reachesBeyond(correlation, geometry, end),
    },
    range: scratch(BINDING.output, 0, inputBytes(correlation, geometry, chunk.count)),
    uniforms: {
      channels: paddedC,
      groupC: C / groups,
      tiles: chunk.count,
      firstTile: chunk.first,
      ...alongAxes("subkernels", partition.subkernels),
      ...alongAxes("tiles", tiles, "output"),
      ...alongAxes("end", end),
      ...inputUniforms(correlation),
      matrices: matrices(correlation, paddedC, slots),
    },
  };
  return transformStep(correlation, geometry, "input", step, lines);
}

/** Multiplies the transformed weights and tiles, one matrix product for each point and group. */
export function multiplyStep(correlation: Correlation, geometry: Geometry, chunk: Chunk, variant: GemmVariant): Step {
  const { groups } = correlation;
  const { points, paddedC, paddedK, filterBytes } = geometry;
  const channelsLast = correlation.layout === "channels-last";
  const slots = tileSlots(correlation, chunk.count);
  const transformed = inputBytes(correlation, geometry, chunk.count);
  const filters = {
    buffer: preparedRange(BINDING.first, 0, filterBytes),
    row: channelsLast ? paddedK : paddedC,
    inner: paddedC * paddedK,
    outer: groups * paddedC * paddedK,
  };
  const inputs = {
    buffer: scratch(BINDING.first, 0, transformed),
    row: channelsLast ? paddedC : slots,
    inner: paddedC * slots,
    outer: groups * paddedC * slots,
  };
  return gemmStep(
    {
      outputs: chunk.count,
      K: paddedC,
      outerCount: points,
      weights: filters,
      cells: inputs,
      result: {
        buffer: scratch(
          BINDING.output,
          roundUp(transformed, STORAGE_ALIGNMENT),
          productBytes(correlation, geometry, chunk.count),
        ),
        channel: channelsLast ? 1 : slots,
        output: channelsLast ? paddedK : 1,
        inner: paddedK * slots,
        outer: groups * paddedK * slots,
        start: 0,
      },
    },
    variant,
    correlation,
  );
}

/** Transforms the products of a chunk of tiles to outputs, and applies the epilogue. */
export function outputStep(correlation: Correlation, geometry: Geometry, chunk: Chunk, lines?: LineMethod): Step {
  const { groups } = correlation;
  const { tile, tiles, groupK, paddedK } = geometry;
  const channelsLast = correlation.layout === "channels-last";
  const slots = tileSlots(correlation, chunk.count);
  const step: TransformStep = {
    snippets: [result(correlation)],
    tiles: groups * groupK * chunk.count,
    shaders: [tileShader, outputLineShader, outputCellsShader],
    constants: {
      ...alongAxes("OUTPUTS_", geometry.outputs, "output"),
      OUTPUTS: tile.m,
      POWERS: { f32s: tile.factors.outputPowers.flat() },
      CHANNELS_LAST: channelsLast,
    },
    range: scratch(
      BINDING.first,
      roundUp(inputBytes(correlation, geometry, chunk.count), STORAGE_ALIGNMENT),
      productBytes(correlation, geometry, chunk.count),
    ),
    uniforms: {
      groupK,
      tiles: chunk.count,
      firstTile: chunk.first,
      ...alongAxes("tiles", tiles, "output"),
      ...outputUniforms(correlation),
      matrices: matrices(correlation, paddedK, slots),
    },
  };
  return transformStep(correlation, geometry, "output", step, lines);
}
