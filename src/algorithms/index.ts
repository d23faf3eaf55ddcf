// The one list of algorithms, sorted by name; the planner ranks them.
import type { Algorithm } from "./algorithm.ts";
import { depthwise } from "./depthwise.ts";
import { direct } from "./direct.ts";
import { fft } from "./fft/fft.ts";
import { im2col } from "./im2col.ts";
import { implicitGemm } from "./implicit-gemm/implicit-gemm.ts";
import { pointwise } from "./pointwise.ts";
import { winograd } from "./winograd/winograd.ts";

export const algorithms: readonly Algorithm[] = [depthwise, direct, fft, im2col, implicitGemm, pointwise, winograd];
