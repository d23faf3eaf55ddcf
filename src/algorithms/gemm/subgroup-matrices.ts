// Inner products of workgroup tiles by subgroup matrices (tensor cores and the like), of the draft feature chromium-experimental-subgroup-matrix. The
// draft does not say how exact they are. The errors assume what the hardware does: products of halves are exact in float32, and sums in float32 are
// rounded, perhaps toward zero, which errs twice as much. `find` checks the results.
//
// Only adapters with the feature load this. It takes what it shares with the other kernels for GPUs as arguments: bundlers move modules that two
// chunks import to the start of a page.
import subgroupSumsShader from "../../../shaders/algorithms/gemm/subgroup-sums.wgsl";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { SEQUENTIAL_SUM } from "../algorithm.ts";
import type { DeviceTraits, SubgroupMatrix } from "../traits.ts";
import type { halfError } from "./halves.ts";
import type { GemmVariant } from "./variant.ts";
import type { InnerProduct, tile } from "./workgroup.ts";

/** Workgroup memory that every device has, but for what windows take (window.wgsl). */
const MEMORY_BYTES = 14_336;

/** How many products of halves a subgroup computes in the time of one by its threads in float32, at least. */
const HALF_RATE = 2;

/** The subgroups of a workgroup as a grid, wider than high if it is not square. */
function gridOf(count: number): readonly [down: number, across: number] {
  const down = 2 ** Math.floor(Math.log2(count) / 2);
  return [down, count / down];
}

function isSame(a: SubgroupMatrix, b: SubgroupMatrix): boolean {
  return a.type === b.type && a.M === b.M && a.N === b.N && a.K === b.K;
}

/** What this takes of the other kernels. */
export interface Kit {
  readonly tile: typeof tile;
  readonly halfError: typeof halfError;
}

/** The inner product of a tile on a device; undefined if it does not have such matrices, or too many subgroups share the tile. */
function onDevice(
  inner: InnerProduct,
  matrix: SubgroupMatrix,
  { workgroup }: GemmVariant,
  { subgroupMatrices }: DeviceTraits,
): InnerProduct | undefined {
  const { sideM, sideN4, step4, threads } = workgroup!;
  const { lanes = 0, chosen, matrices } = subgroupMatrices ?? {};
  if (!matrices?.some((one) => isSame(one, matrix)) || threads % lanes !== 0) return undefined;
  const { M, N, K } = matrix;
  const sideN = 4 * sideN4;
  const count = threads / lanes;
  const [down, across] = gridOf(count);
  // A row of matrices of each subgroup, when they are stored.
  const otherBytes = down * M * sideN * F32_BYTES;
  const bytes = 4 * step4 * (sideM + sideN) * inner.numberBytes + otherBytes;
  if (sideM % (down * M) !== 0 || sideN % (across * N) !== 0 || bytes > MEMORY_BYTES) return undefined;
  return {
    ...inner,
    constants: { ...{ MATRIX_M: M, MATRIX_N: N, MATRIX_K: K }, DOWN: down, ACROSS: across, LANES: lanes },
    subgroupSize: chosen ? lanes : undefined,
    otherBytes,
    shared: { numbers: sideM / down + sideN / across, count },
  };
}

function innerProduct(matrix: SubgroupMatrix, { halfError }: Kit): InnerProduct {
  const halves = matrix.type === "f16";
  const inner: InnerProduct = {
    shaders: [subgroupSumsShader],
    aliases: { T: matrix.type },
    numberBytes: halves ? F32_BYTES / 2 : F32_BYTES,
    rate: halves ? HALF_RATE : 1,
    error: (c, K) => (halves ? halfError(c, K, 0, 2) : SEQUENTIAL_SUM),
    on: (variant, device) => onDevice(inner, matrix, variant, device),
  };
  return inner;
}

/** The matrices of Apple's GPUs, of NVIDIA's and AMD's, and of Intel's. */
const MATRICES: readonly SubgroupMatrix[] = [
  { type: "f32", M: 8, N: 8, K: 8 },
  { type: "f16", M: 16, N: 16, K: 16 },
  { type: "f16", M: 8, N: 16, K: 16 },
];

/** Tiles of 128 threads. */
const TILES = [
  { sides: [64, 64], sums: [8, 4] },
  { sides: [32, 32], sums: [2, 4] },
] as const;

/** The tiles that subgroups multiply. */
export function matrixTiles(kit: Kit): readonly GemmVariant[] {
  return MATRICES.flatMap((matrix) =>
    TILES.map(({ sides, sums }) => {
      const { type, M, N, K } = matrix;
      return kit.tile(sides, sums, 16, innerProduct(matrix, kit), `${sides.join("x")}-matrices-${M}x${N}x${K}-${type}`);
    }),
  );
}
