// The one list of algorithms, ordered by nothing but name; the planner ranks.
import type { Algorithm } from "./algorithm.ts";
import { depthwise } from "./depthwise.ts";
import { direct } from "./direct.ts";
import { fft } from "./fft/fft.ts";
import { im2col } from "./im2col.ts";
import { implicitGemm } from "./implicit-gemm.ts";
import { pointwise } from "./pointwise.ts";
import { serve } from "./passes.ts";
import { winograd } from "./winograd/winograd.ts";

export const algorithms: readonly Algorithm[] = [
  serve(depthwise),
  serve(direct),
  serve(fft),
  serve(im2col),
  serve(implicitGemm),
  serve(pointwise),
  serve(winograd),
];
