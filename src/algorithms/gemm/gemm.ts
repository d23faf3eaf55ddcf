// The batched GEMM that all matrix algorithms use.
import gemmShader from "../../../shaders/algorithms/gemm/gemm.wgsl";
import matrixAPixelsShader from "../../../shaders/algorithms/gemm/matrix-a-pixels.wgsl";
import matrixAVectorsShader from "../../../shaders/algorithms/gemm/matrix-a-vectors.wgsl";
import matrixBPixelsShader from "../../../shaders/algorithms/gemm/matrix-b-pixels.wgsl";
import matrixBVectorsShader from "../../../shaders/algorithms/gemm/matrix-b-vectors.wgsl";
import matrixCOutputShader from "../../../shaders/algorithms/gemm/matrix-c-output.wgsl";
import matrixCPixelsShader from "../../../shaders/algorithms/gemm/matrix-c-pixels.wgsl";
import matrixCScratchShader from "../../../shaders/algorithms/gemm/matrix-c-scratch.wgsl";
import oneRunShader from "../../../shaders/algorithms/gemm/one-run.wgsl";
import pixelOffsetShader from "../../../shaders/algorithms/gemm/pixel-offset.wgsl";
import storeTileInPlaceShader from "../../../shaders/algorithms/gemm/store-tile-in-place.wgsl";
import storeTileShader from "../../../shaders/algorithms/gemm/store-tile.wgsl";
import uniformsShader from "../../../shaders/algorithms/gemm/uniforms.wgsl";
import noQuadsShader from "../../../shaders/lib/no-quads.wgsl";
import quadsShader from "../../../shaders/lib/quads.wgsl";
import { elementTypes } from "../../kernel/element-types.ts";
import { BINDING, type Kernel, type Step, WORKGROUP_SIZE } from "../../kernel/step.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { NO_EPILOGUE } from "../../problem/problem.ts";
import { alongAxes, channelUniforms, dispatchOn, dtypeOf, isMap, loader, result } from "../operands.ts";
import type { DeviceTraits } from "../traits.ts";
import type { MatrixBatch, PixelGrid, ResultBatch } from "./matrices.ts";
import type { GemmVariant, Products } from "./variant.ts";
import { tilesOf } from "./work.ts";

/**
 * Products of weights and cells for each group: channels-first, weights (A) times cells (B) give rows of channels; channels-last, cells (A)
 * times weights (B) give columns of channels.
 */
export interface Gemm {
  /** Outputs of a matrix. */
  readonly outputs: number;
  /** Terms of a sum. Matrices without `pixels` are padded with zeros to a multiple of 4. */
  readonly K: number;
  /** Matrices of each group. */
  readonly outerCount: number;
  readonly weights: MatrixBatch;
  readonly cells: MatrixBatch;
  readonly result: ResultBatch;
}

/** Tensors have the problem's element type; workspace and prepacked weights are float32. */
function isTensor({ buffer: { operand } }: MatrixBatch): boolean {
  return operand !== "workspace" && operand !== "prepared";
}

/** Bytes of a matrix that may be bound as a texture: of whole vectors of float32 numbers. */
export function textureableBytes(matrix: MatrixBatch, { dtype }: Correlation): number | undefined {
  const isFloats = dtype === "f32" || !isTensor(matrix);
  return isFloats && !matrix.pixels && !matrix.window ? matrix.buffer.size : undefined;
}

/**
 * What the matrices of products take as textures, and what is left for these in the memory of the plan.
 * @param planBytes its workspace and prepacked weights
 */
export function texturesOf(
  { textureBytes, maxWorkspaceBytes }: DeviceTraits,
  planBytes: number,
  { layout }: Correlation,
  weights: number | undefined,
  cells: number | undefined,
): Pick<Products, "textures"> {
  if (!textureBytes) return {};
  const [a, b] = layout === "channels-first" ? [weights, cells] : [cells, weights];
  return { textures: { a, b, room: maxWorkspaceBytes - planBytes } };
}

/** Whether a number of elements is one of whole vectors. */
function isWhole(elements: number): boolean {
  return elements % 4 === 0;
}

/** The strides of A or B, in units of what its snippet loads: vectors, or single elements of pixels. */
function matrixUniforms({ row, inner, outer, pixels }: MatrixBatch): Uniforms {
  const unit = pixels ? 1 : 4;
  return { row: row / unit, inner: inner / unit, outer: outer / unit };
}

/** The lattice of a matrix without pixels. */
const NO_PIXELS: PixelGrid = { start: 0, sizes: [1, 1, 1], strides: [0, 0, 0, 0] };

function latticeUniforms({ sizes, strides: [batch, ...spatial] }: PixelGrid): Uniforms {
  return { ...alongAxes("size", sizes, "output"), strideN: batch, ...alongAxes("stride", spatial) };
}

/**
 * The largest thread tile of first calls. Milliseconds to compile and of a run, 1x1 from 1920 to 320 channels at 10 x 10 on SwiftShader: 2 x 4 sums 47 and
 * 68, 4 x 4 63 and 46, 4 x 8 109 and 37.
 */
const BRIEF = { tileM: 4, tileN4: 1 };

/** The smaller tile of first calls, if there is one: a thread adds the terms of a sum one after the other, whatever its tile. */
function briefTile(variant: GemmVariant): GemmVariant | undefined {
  const tileM = Math.min(variant.tileM, BRIEF.tileM);
  const tileN4 = Math.min(variant.tileN4, BRIEF.tileN4);
  const isSame = tileM === variant.tileM && tileN4 === variant.tileN4;
  return variant.workgroup || isSame ? undefined : { ...variant, tileM, tileN4 };
}

/** Terms of a sum from which on its store counts for little. On SwiftShader stores in a loop cost products of 64 terms 15 %, and those of 384 nothing. */
const LONG_SUM = 192;

/** Whether a loop stores sums of K terms: not those of gradients of weights, whose number changes from call to call. */
export function storesInLoop(c: Correlation, K: number): boolean {
  return K >= LONG_SUM && !isMap(c);
}

/** Multiplies a batch of matrices; if C is the output of the correlation, applies its epilogue. */
export function gemmStep(gemm: Gemm, variant: GemmVariant, c: Correlation): Step {
  const { outputs, K, outerCount, weights, cells, result: to } = gemm;
  const last = to.buffer.operand !== "workspace";
  const channels = c.K / c.groups;
  const { window } = cells;
  const channelsAreRows = c.layout === "channels-first" && !window;
  const [a, b] = channelsAreRows ? [weights, cells] : [cells, weights];
  const [M, N] = channelsAreRows ? [channels, outputs] : [outputs, channels];
  const [row, column] = channelsAreRows ? [to.channel, to.output] : [to.output, to.channel];
  const grid = a.pixels ?? b.pixels;
  const vectors = (matrix: MatrixBatch): string => elementTypes(isTensor(matrix) ? c.dtype : "f32").four;
  const { tilesM, tilesN } = tilesOf(M, N, variant);
  const { tileM, tileN4, quads, group = WORKGROUP_SIZE, workgroup } = variant;
  // Pixels are those of the input.
  const fromA = window?.snippets ?? (a.pixels && loader(c, "x", BINDING.first));
  const fromB = b.pixels && loader(c, "x", BINDING.second);
  const wholeVectors = column === 1 && [row, N, to.inner, to.outer, to.start].every(isWhole);
  const storeVectors = wholeVectors ? workgroup?.method.storeVectors : undefined;
  const store = to.pixels ? matrixCPixelsShader : (storeVectors ?? matrixCOutputShader);
  const { aliases, bindings, ...end } = result(last ? c : { ...c, epilogue: NO_EPILOGUE });
  const kernel: Partial<Kernel> & Pick<Kernel, "shaders"> = workgroup?.method.kernel(
    variant,
    K,
    c,
    window?.rowsFirst ?? false,
  ) ?? {
    shaders: [
      quads ? quadsShader : noQuadsShader,
      quads && storesInLoop(c, K) ? storeTileInPlaceShader : storeTileShader,
      gemmShader,
    ],
    constants: { QUADS: quads, WORKGROUP_SIZE: group },
  };
  const tiles = outerCount * c.groups * tilesM * tilesN;
  const step = dispatchOn([end, fromA, fromB], {
    ...(workgroup ? { workgroups: tiles, subgroupSize: kernel.subgroupSize } : { threads: tiles }),
    shaders: [
      uniformsShader,
      ...(window ? [] : [oneRunShader, fromA ? matrixAPixelsShader : matrixAVectorsShader]),
      ...(grid ? [pixelOffsetShader] : []),
      fromB ? matrixBPixelsShader : matrixBVectorsShader,
      last ? store : matrixCScratchShader,
      ...kernel.shaders,
    ],
    unrolled: !last,
    aliases: {
      ...kernel.aliases,
      ...(fromA ? {} : { A4: vectors(a) }),
      ...(b.pixels ? { ColumnsAt: "vec4u" } : { B4: vectors(b), ColumnsAt: "u32" }),
      ...(last && { ...aliases, ...(storeVectors && { Y4: elementTypes(dtypeOf(c, "y")).four }) }),
    },
    constants: { TILE_M: tileM, TILE_N4: tileN4, ...kernel.constants, CHANNELS_ARE_ROWS: channelsAreRows },
    ranges: [
      ...(fromA ? [] : [{ ...a.buffer, binding: BINDING.first }]),
      ...(fromB ? [] : [{ ...b.buffer, binding: BINDING.second }]),
      ...(last ? bindings : [{ ...to.buffer, binding: BINDING.output }]),
    ],
    uniforms: {
      threads: tiles,
      tilesM,
      tilesN,
      innerCount: c.groups,
      channels,
      sizeM: M,
      sizeN: N,
      sizeK: window?.terms ?? K,
      sizeK4: Math.ceil(K / 4),
      a: matrixUniforms(a),
      b: matrixUniforms(b),
      c: { row, column, inner: to.inner, outer: to.outer, start: to.start, firstPixel: to.first ?? 0 },
      aStep: a.step ?? 1,
      pixelsStart: grid?.start ?? 0,
      pixels: latticeUniforms(grid ?? NO_PIXELS),
      cPixels: latticeUniforms(to.pixels ?? NO_PIXELS),
      window: window?.uniforms ?? {},
      yChannels: channelUniforms(last ? c : { y: c.y }),
    },
  });
  const bound = variant.textures?.bind(step) ?? step;
  const smaller = briefTile(variant);
  return smaller ? { ...bound, brief: gemmStep(gemm, smaller, c) } : bound;
}
