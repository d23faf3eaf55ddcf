// The algorithms as every adapter can run them, sorted by name; the planner ranks them. GPUs get the list of hardware.ts instead.
import type { Algorithm } from "./algorithm.ts";
import { depthwise, depthwiseTiles } from "./depthwise/depthwise.ts";
import { direct, directRows } from "./direct/direct.ts";
import { fft } from "./fft/fft.ts";
import { THREAD_TILES } from "./gemm/tile.ts";
import { im2col } from "./im2col.ts";
import { implicitGemm } from "./implicit-gemm/implicit-gemm.ts";
import { threadTiles } from "./implicit-gemm/thread-tiles.ts";
import { pointwise } from "./pointwise.ts";
import { winograd } from "./winograd/winograd.ts";

export const algorithms: readonly Algorithm[] = [
  depthwise(depthwiseTiles),
  direct(directRows),
  fft,
  im2col(THREAD_TILES),
  implicitGemm(threadTiles),
  pointwise(THREAD_TILES),
  winograd(THREAD_TILES),
];
