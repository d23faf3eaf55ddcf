// The batched GEMM step that the matrix algorithms share, and the packing of matrices into the form it reads.
import { BINDING, type Binding, type Step, WORKGROUP_SIZE, gridFor } from "../plan.ts";
import type { ConvProblem, Epilogue } from "../problem.ts";
import { type Triple, roundUp } from "../shape.ts";
import type { Variant } from "./algorithm.ts";
import { F32_BYTES, elementAliases, epilogueBindings, epilogueConstants, epilogueShaders } from "./parts.ts";

/** A register tile: rows of A, and vectors of four columns of B, that one thread multiplies. */
export interface GemmVariant extends Variant {
  readonly tileM: number;
  readonly tileN4: number;
}

/** The pixels of a tensor that the outputs of a pointwise convolution see: as many as `sizes`, at `strides` (batch first). */
export interface PixelGrid {
  readonly sizes: Triple;
  readonly strides: readonly [number, number, number, number];
}

/**
 * Where a batch of row-major matrices lies. Strides in elements, multiples of 4 for A and B, unless the rows of A or the columns of B
 * are `pixels` of a tensor, which are loaded one by one; those of C too where it is not y.
 */
export interface MatrixBatch {
  readonly buffer: Pick<Binding, "operand" | "offset" | "size">;
  readonly row: number;
  readonly inner: number;
  readonly outer: number;
  readonly pixels?: PixelGrid;
}

export interface Gemm {
  readonly M: number;
  readonly N: number;
  /** Terms of a sum. Matrices without `pixels` have zeros up to the next multiple of 4. */
  readonly K: number;
  readonly outerCount: number;
  readonly innerCount: number;
  readonly a: MatrixBatch;
  readonly b: MatrixBatch;
  readonly c: MatrixBatch & { readonly start: number };
  /** Whether the output channels are the rows of C (channels-first) or its columns; each inner matrix has `channels` of them. */
  readonly channelsAreRows: boolean;
  readonly channels: number;
}

/**
 * The register tile for a matrix size. What counts on the software adapters is numbers loaded per multiply-add, so the tile is
 * as large as the matrix fills; past 16 x 16 the code takes longer to compile than it saves. Measured on SwiftShader, 3x3 over
 * 128 channels at 28 x 28 and 1x1 from 256 to 64 at 56 x 56, GFLOP/s with the im2col step: 8 x 8 1.8 and 1.6, 16 x 8 2.5 and
 * 1.7, 16 x 16 3.2 and 2.3, 32 x 4 1.8 and 1.3.
 */
export function gemmVariant(M: number, N: number): GemmVariant {
  const tileM = M >= 16 ? 16 : M >= 8 ? 8 : M >= 4 ? 4 : 1;
  const tileN4 = N <= 4 ? 1 : N >= 32 && M >= 16 && M * N >= MIN_LARGE_TILES * 256 ? 4 : 2;
  return { name: `m${tileM}n${tileN4 * 4}`, tileM, tileN4 };
}

/** Fewer blocks of 16 x 16 than this leave cores idle. */
const MIN_LARGE_TILES = 64;

/** Tensors are of the problem's element type; workspace and prepared weights are float32. */
function isTensor(matrix: MatrixBatch): boolean {
  return matrix.buffer.operand !== "workspace" && matrix.buffer.operand !== "prepared";
}

const FLOAT32 = { dtype: "f32" } as const;

const NO_EPILOGUE: Epilogue = { bias: false, residual: false, activation: { name: "none", parameter: 0 } };

/** The strides of A or B as the shader counts them: in vectors, or with pixels in elements. */
function stridesOf({ row, inner, outer, pixels }: MatrixBatch): number[] {
  return [row, inner, outer].map((stride) => (pixels ? stride : stride / 4));
}

/** The multiplication of a batch of matrices; with the problem's epilogue where C is its output y. */
export function gemmStep(gemm: Gemm, variant: GemmVariant, problem: ConvProblem): Step {
  const last = gemm.c.buffer.operand === "y";
  const epilogue = last ? problem.epilogue : NO_EPILOGUE;
  const types = (matrix: MatrixBatch): Record<"E" | "E4", string> =>
    elementAliases(isTensor(matrix) ? problem : FLOAT32);
  const { M, N, K, a, b, c } = gemm;
  const grid = a.pixels ?? b.pixels;
  const shares = (matrix: MatrixBatch): boolean => matrix.buffer.operand === c.buffer.operand;
  const tilesM = Math.ceil(M / variant.tileM);
  const tilesN = Math.ceil(N / (4 * variant.tileN4));
  const threads = gemm.outerCount * gemm.innerCount * tilesM * tilesN;
  return {
    kernel: {
      shaders: [
        ...epilogueShaders(epilogue),
        ...(grid ? ["lib/pixel-offset"] : []),
        a.pixels ? "lib/matrix-a-pixels" : shares(a) ? "lib/matrix-a-scratch" : "lib/matrix-a-vectors",
        b.pixels ? "lib/matrix-b-pixels" : shares(b) ? "lib/matrix-b-scratch" : "lib/matrix-b-vectors",
        last ? "lib/matrix-c-output" : "lib/matrix-c-scratch",
        "gemm",
      ],
      aliases: {
        ...(a.pixels ? { A: types(a).E } : { A4: types(a).E4 }),
        ...(b.pixels ? { B: types(b).E, ColumnsAt: "vec4u" } : { B4: types(b).E4, ColumnsAt: "u32" }),
        ...(last ? { E: types(c).E } : {}),
      },
      constants: {
        ...epilogueConstants(epilogue),
        TILE_M: variant.tileM,
        TILE_N4: variant.tileN4,
        CHANNELS_ARE_ROWS: gemm.channelsAreRows,
      },
    },
    bindings: [
      { ...a.buffer, binding: BINDING.first },
      { ...b.buffer, binding: BINDING.second },
      { ...c.buffer, binding: BINDING.output },
      ...(last ? epilogueBindings(problem) : []),
    ],
    uniforms: [
      threads,
      ...[tilesM, tilesN, gemm.innerCount],
      ...[M, N, Math.ceil(K / 4)],
      ...stridesOf(a),
      ...stridesOf(b),
      ...[c.row, c.inner, c.outer, c.start],
      ...[gemm.channels, K],
      ...(grid ? [...grid.sizes, ...grid.strides] : [1, 1, 1, 0, 0, 0, 0]),
    ],
    workgroups: gridFor(threads),
  };
}

/** A batch of matrices to be packed: `rows` x `columns` at any strides (in elements). */
export interface Unpacked {
  readonly batch: number;
  readonly rows: number;
  readonly columns: number;
  readonly batchStride: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Rows and columns of a packed matrix: both padded to whole vectors. */
export function packedSize(from: Unpacked): { rows: number; columns: number; bytes: number } {
  const rows = roundUp(from.rows, 4);
  const columns = roundUp(from.columns, 4);
  return { rows, columns, bytes: from.batch * rows * columns * F32_BYTES };
}

/** Packs matrices of a tensor, as float32. */
export function packStep(from: Unpacked, source: Binding, target: Binding, problem: ConvProblem): Step {
  const { rows, columns } = packedSize(from);
  const threads = (from.batch * rows * columns) / 4;
  return {
    kernel: {
      shaders: ["lib/thread", "pack"],
      aliases: { E: elementAliases(problem).E },
      constants: { WORKGROUP_SIZE },
    },
    bindings: [source, target],
    uniforms: [
      threads,
      columns / 4,
      rows,
      from.rows,
      from.columns,
      from.batchStride,
      from.rowStride,
      from.columnStride,
    ],
    workgroups: gridFor(threads),
  };
}
