// The algorithms of index.ts, with kernels for software adapters that load from uniforms and textures many times as fast as from storage.
import type { Algorithm } from "./algorithm.ts";
import { depthwise, depthwiseTiles } from "./depthwise/depthwise.ts";
import { direct, directRows } from "./direct/direct.ts";
import { directTexels } from "./direct/texels.ts";
import { directUniform } from "./direct/uniform.ts";
import { fft } from "./fft/fft.ts";
import { TEXTURE_TILES } from "./gemm/textures.ts";
import { THREAD_TILES } from "./gemm/tile.ts";
import { im2col } from "./im2col.ts";
import { implicitGemm } from "./implicit-gemm/implicit-gemm.ts";
import { threadTiles } from "./implicit-gemm/thread-tiles.ts";
import { pointwise } from "./pointwise.ts";
import { winograd } from "./winograd/winograd.ts";

const TILES = [...THREAD_TILES, ...TEXTURE_TILES];

export const algorithms: readonly Algorithm[] = [
  depthwise(directTexels, depthwiseTiles),
  direct(directTexels, directUniform, directRows),
  fft,
  im2col(TILES),
  implicitGemm(threadTiles),
  pointwise(TILES),
  winograd(TILES),
];
