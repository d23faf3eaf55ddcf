// All algorithms, with the kernels for GPUs. An engine on a GPU gets this list. One on a software adapter gets that of index.ts, and its page does
// not load the kernels for GPUs (planner/platform.ts).
import type { Algorithm } from "./algorithm.ts";
import { depthwiseColumns } from "./depthwise/columns.ts";
import { depthwise, depthwiseTiles } from "./depthwise/depthwise.ts";
import { depthwiseStrips } from "./depthwise/sliding.ts";
import { directColumns } from "./direct/columns.ts";
import { direct, directRows } from "./direct/direct.ts";
import { fft } from "./fft/fft.ts";
import { HALF_TILES } from "./gemm/halves.ts";
import { THREAD_TILES } from "./gemm/tile.ts";
import type { GemmVariant } from "./gemm/variant.ts";
import { WORKGROUP_TILES } from "./gemm/workgroup.ts";
import { im2col } from "./im2col.ts";
import { implicitGemm } from "./implicit-gemm/implicit-gemm.ts";
import { threadTiles } from "./implicit-gemm/thread-tiles.ts";
import { workgroupTiles } from "./implicit-gemm/workgroup-tiles.ts";
import { pointwise } from "./pointwise.ts";
import { fused } from "./winograd/fused.ts";
import { halves } from "./winograd/halves.ts";
import { transformLines } from "./winograd/lines.ts";
import { winograd } from "./winograd/winograd.ts";

const TILES = [...WORKGROUP_TILES, ...THREAD_TILES];

/** The list with further tiles of the GEMM: those by subgroup matrices, which only devices with a draft feature load. */
export const algorithmsWith = (more: readonly GemmVariant[]): readonly Algorithm[] => [
  depthwise(depthwiseStrips, depthwiseColumns, depthwiseTiles),
  direct(directColumns, directRows),
  fft,
  im2col(TILES, HALF_TILES),
  implicitGemm(workgroupTiles(WORKGROUP_TILES, HALF_TILES, more), threadTiles),
  pointwise(TILES, HALF_TILES, more),
  winograd(TILES, { lines: transformLines, fused, halves }),
];

export const algorithms = /* @__PURE__ */ algorithmsWith([]);
