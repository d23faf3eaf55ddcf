// The batched GEMM that all matrix algorithms use.
import gemmShader from "../../../shaders/algorithms/gemm/gemm.wgsl";
import matrixAPixelsShader from "../../../shaders/algorithms/gemm/matrix-a-pixels.wgsl";
import matrixAVectorsShader from "../../../shaders/algorithms/gemm/matrix-a-vectors.wgsl";
import matrixBPixelsShader from "../../../shaders/algorithms/gemm/matrix-b-pixels.wgsl";
import matrixBVectorsShader from "../../../shaders/algorithms/gemm/matrix-b-vectors.wgsl";
import matrixCOutputShader from "../../../shaders/algorithms/gemm/matrix-c-output.wgsl";
import matrixCPixelsShader from "../../../shaders/algorithms/gemm/matrix-c-pixels.wgsl";
import matrixCScratchShader from "../../../shaders/algorithms/gemm/matrix-c-scratch.wgsl";
import matrixCVectorsShader from "../../../shaders/algorithms/gemm/matrix-c-vectors.wgsl";
import multiplyShader from "../../../shaders/algorithms/gemm/multiply.wgsl";
import oneRunShader from "../../../shaders/algorithms/gemm/one-run.wgsl";
import pixelOffsetShader from "../../../shaders/algorithms/gemm/pixel-offset.wgsl";
import tiledShader from "../../../shaders/algorithms/gemm/tiled.wgsl";
import uniformsShader from "../../../shaders/algorithms/gemm/uniforms.wgsl";
import noQuadsShader from "../../../shaders/lib/no-quads.wgsl";
import quadsShader from "../../../shaders/lib/quads.wgsl";
import { type Triple, roundUp } from "../../base/shape.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import { BINDING, type Binding, type Step, WORKGROUP_SIZE } from "../../kernel/step.ts";
import type { Uniforms } from "../../kernel/uniforms.ts";
import type { Correlation, TensorView } from "../../problem/correlation.ts";
import { NO_EPILOGUE } from "../../problem/problem.ts";
import type { Variant } from "../algorithm.ts";
import { OUTPUT_LOADS, type Work, numberBytes } from "../cost.ts";
import { type Snippets, alongAxes, channelUniforms, dispatchOn, dtypeOf, loader, result, whole } from "../operands.ts";

/** How a product is divided: a thread tile of rows of A and vectors of four columns of B, which may be part of a workgroup tile. */
export interface GemmVariant extends Variant {
  readonly tileM: number;
  readonly tileN4: number;
  /** Whether four threads, on different rows, share their loads of B. */
  readonly quads: boolean;
  /** The tile that a workgroup loads through its memory; without it each thread loads its own. */
  readonly workgroup?: WorkgroupTile;
}

/** A workgroup tile of rows of A and vectors of four columns of B, and its K-step in vectors of four terms. */
export interface WorkgroupTile {
  readonly sideM: number;
  readonly sideN4: number;
  readonly step4: number;
  /** Whether to keep compilers from unrolling a K-step, for lack of registers. */
  readonly counted: boolean;
  /** The subgroup size that the kernel asks for. */
  readonly subgroupSize?: number | undefined;
}

/** A batch of products of M x K with K x N matrices. */
export interface Products {
  readonly batch: number;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** Number of tiles along the rows and the columns: workgroup tiles, or else thread tiles, along the rows in whole quads. */
function tilesOf(M: number, N: number, { tileM, tileN4, quads, workgroup }: GemmVariant) {
  const [sideM, sideN4] = workgroup ? [workgroup.sideM, workgroup.sideN4] : [tileM, tileN4];
  const tilesM = Math.ceil(M / sideM);
  return { tilesM: quads ? roundUp(tilesM, 4) : tilesM, tilesN: Math.ceil(N / (4 * sideN4)) };
}

/** Bytes of workgroup memory that a workgroup tile takes. */
export function workgroupBytes({ sideM, sideN4, step4 }: WorkgroupTile): number {
  return numberBytes(4 * step4 * (sideM + 4 * sideN4));
}

/** Threads of a workgroup that computes a workgroup tile. */
export function tileThreads(
  { tileM, tileN4 }: Pick<GemmVariant, "tileM" | "tileN4">,
  { sideM, sideN4 }: WorkgroupTile,
): number {
  return (sideM / tileM) * (sideN4 / tileN4);
}

/** A lattice of pixels of a tensor: its sizes, its strides (batch first), and the index of its first pixel. */
export interface PixelGrid {
  readonly start: number;
  readonly sizes: Triple;
  readonly strides: readonly [number, number, number, number];
}

/** A matrix that is read through windows: its snippets and the fields of the uniform `window`. */
export interface Window {
  readonly snippets: Snippets;
  readonly uniforms: Uniforms;
  /** Terms of a run. */
  readonly terms: number;
  /** Whether neighbouring threads load, and store, neighbouring rows. */
  readonly rowsFirst: boolean;
}

/**
 * The memory layout of a batch of row-major matrices. Strides are in elements. Those of A and B are multiples of 4, unless the rows of A or the
 * columns of B are `pixels` of a tensor: these are loaded one by one, and `step` is the distance between neighbouring terms of a sum.
 */
export interface MatrixBatch {
  readonly buffer: Pick<Binding, "operand" | "offset" | "size">;
  readonly row: number;
  readonly inner: number;
  readonly outer: number;
  readonly pixels?: PixelGrid;
  readonly step?: number;
  /** If A are the cells that the windows of a convolution see, how they are found. */
  readonly window?: Window;
}

/** The memory layout of C: channels and outputs at any distance. If the outputs are pixels at uneven distances, `pixels` is their lattice. */
export interface ResultBatch extends Pick<MatrixBatch, "buffer" | "inner" | "outer" | "pixels"> {
  readonly channel: number;
  readonly output: number;
  readonly start: number;
  /** The first pixel of the matrix, counted through all of `pixels`. */
  readonly first?: number;
}

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

/** Returns the distance between neighbouring elements if it is the same through all axes, whose sizes and strides are given. */
export function evenStep(axes: readonly (readonly [size: number, stride: number])[]): number | undefined {
  // The stride of the innermost axis with several elements, and whether the other axes continue it.
  let even: number | undefined;
  let next = 0;
  for (const [size, stride] of axes.toReversed()) {
    if (size === 1) continue;
    if (even === undefined) even = next = stride;
    if (stride !== next) return undefined;
    next *= size;
  }
  return even ?? 1;
}

/** Returns the distance between neighbouring pixels of a tensor if it is the same for all, else (or if `lattice` asks for it) their lattice. */
export function outputPixels(
  { batch, spatial }: TensorView,
  [O, P, Q]: Triple,
  N: number,
  lattice = false,
): { even: number } | { pixels: PixelGrid } {
  const [d, h, w] = spatial;
  const even = evenStep([
    [N, batch],
    [O, d],
    [P, h],
    [Q, w],
  ]);
  return even === undefined || lattice
    ? { pixels: { start: 0, sizes: [O, P, Q], strides: [batch, d, h, w] } }
    : { even };
}

/** The memory layout of the output of a correlation from an image and a pixel on. */
export function outputBatch(c: Correlation, firstImage = 0, firstPixel = 0): ResultBatch {
  const { y } = c;
  const channelsLast = c.layout === "channels-last";
  const lie = outputPixels(y, c.output, channelsLast ? c.N : 1, c.phases !== undefined);
  const pixel = "even" in lie ? lie.even : 0;
  return {
    buffer: whole(BINDING.output, "y", c),
    channel: y.channel,
    output: pixel,
    // Where pixels lie unevenly, the store finds the channel through all groups.
    inner: "pixels" in lie ? 0 : y.group,
    outer: channelsLast ? 0 : y.batch,
    start: y.start + (channelsLast ? 0 : firstImage * y.batch) + firstPixel * pixel,
    ...("pixels" in lie && { pixels: lie.pixels, first: firstPixel }),
  };
}

/** The shaders and constants of a variant. */
function kernelOf({ tileM, tileN4, quads, workgroup }: GemmVariant, K: number, c: Correlation, rowsFirst: boolean) {
  const tile = { TILE_M: tileM, TILE_N4: tileN4 };
  if (!workgroup)
    return { shaders: [quads ? quadsShader : noQuadsShader, gemmShader], constants: { ...tile, QUADS: quads } };
  const { sideM, sideN4, step4 } = workgroup;
  const threads = tileThreads({ tileM, tileN4 }, workgroup);
  return {
    shaders: [multiplyShader, tiledShader],
    constants: {
      ...tile,
      ...{ WORKGROUP_SIZE: threads, SIDE_M: sideM, SIDE_N4: sideN4, STEP4: step4 },
      // The sums of a gradient of weights run over pixels, whose number changes from call to call.
      COUNTED: workgroup.counted || (step4 > 1 && (c.y.operand === "dw" || K % (4 * step4) !== 0)),
      ROWS_FIRST: rowsFirst,
      A_ROWS: rowsFirst ? 1 : (sideM * step4) / threads,
    },
  };
}

/** The memory layout of the output of a correlation with a row for each output of the batch, in any layout. */
export function outputRows(c: Correlation): ResultBatch {
  return outputBatch({ ...c, layout: "channels-last" });
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
  // Pixels are those of the input.
  const fromA = window?.snippets ?? (a.pixels && loader(c, "x", BINDING.first));
  const fromB = b.pixels && loader(c, "x", BINDING.second);
  const wholeVectors = variant.workgroup && column === 1 && [row, N, to.inner, to.outer, to.start].every(isWhole);
  const store = to.pixels ? matrixCPixelsShader : wholeVectors ? matrixCVectorsShader : matrixCOutputShader;
  const { aliases, bindings, ...end } = result(last ? c : { ...c, epilogue: NO_EPILOGUE });
  const kernel = kernelOf(variant, K, c, window?.rowsFirst ?? false);
  const tiles = outerCount * c.groups * tilesM * tilesN;
  return dispatchOn([end, fromA, fromB], {
    ...(variant.workgroup ? { workgroups: tiles, subgroupSize: variant.workgroup.subgroupSize } : { threads: tiles }),
    shaders: [
      uniformsShader,
      ...(window ? [] : [oneRunShader, fromA ? matrixAPixelsShader : matrixAVectorsShader]),
      ...(grid ? [pixelOffsetShader] : []),
      fromB ? matrixBPixelsShader : matrixBVectorsShader,
      last ? store : matrixCScratchShader,
      ...kernel.shaders,
    ],
    aliases: {
      ...(fromA ? {} : { A4: vectors(a) }),
      ...(b.pixels ? { ColumnsAt: "vec4u" } : { B4: vectors(b), ColumnsAt: "u32" }),
      ...(last && { ...aliases, ...(wholeVectors && { Y4: elementTypes(dtypeOf(c, "y")).four }) }),
    },
    constants: { ...kernel.constants, CHANNELS_ARE_ROWS: channelsAreRows },
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
}

/** Instructions of a K-step of a workgroup tile beside multiply-adds and loads, by Mesa for Navi 21: addresses, loops. */
const STEP_INSTRUCTIONS = 12;

/** Instructions of a thread tile for each vector that it loads. */
const LOAD_INSTRUCTIONS = 2;

/** The work of a batch of matrix products. */
export function gemmWork({ batch, M, N, K }: Products, variant: GemmVariant): Work {
  const { tileM, tileN4, quads, workgroup } = variant;
  const { tilesM, tilesN } = tilesOf(M, N, variant);
  const tiles = batch * tilesM * tilesN;
  const vectors = Math.ceil(K / 4);
  const bytes = numberBytes(batch * M * K, batch * K * N, batch * M * N);
  const stores = OUTPUT_LOADS * batch * M * N;
  if (workgroup) {
    const { sideM, sideN4, step4 } = workgroup;
    const threads = tiles * tileThreads(variant, workgroup);
    const steps = Math.ceil(vectors / step4);
    const numbers = 4 * steps * step4;
    const once = (sideM + 4 * sideN4) * tiles * numbers;
    return {
      threads,
      multiplyAdds: 4 * tileM * tileN4 * threads * numbers,
      loads: once + stores,
      bytes,
      // Each number is stored once, and loaded by every thread that needs it.
      workgroupLoads: once + (tileM + 4 * tileN4) * threads * numbers,
      workgroups: tiles,
      traffic: numberBytes(once, batch * M * N),
      barriers: 2 * steps,
      instructions: STEP_INSTRUCTIONS * threads * steps,
    };
  }
  // Exchanging vectors in a quad costs almost nothing.
  const right = quads ? 4 * tileN4 : 16 * tileN4;
  // The threads of a workgroup share rows of A, and columns of B if they reach past the end of a row of tiles.
  const across = Math.min(WORKGROUP_SIZE, tilesN);
  const workgroups = Math.ceil(tiles / WORKGROUP_SIZE);
  const once = (across * 4 * tileN4 + (WORKGROUP_SIZE / across) * tileM) * workgroups * 4 * vectors;
  return {
    threads: tiles,
    multiplyAdds: 16 * tileM * tileN4 * tiles * vectors,
    loads: (4 * tileM + right) * tiles * vectors + stores,
    bytes,
    workgroups,
    traffic: numberBytes(once, batch * M * N),
    instructions: LOAD_INSTRUCTIONS * (tileM + 4 * tileN4) * tiles * vectors,
    // Neighbouring threads load vectors of B that lie tileN4 apart.
    lines: quads ? 1 : tileN4,
  };
}
