// pointwise: a 1x1 convolution is a matrix product of the weights and the pixels, straight on the tensors; a stride only picks
// pixels. No columns are laid out.
import { BINDING, type Plan } from "../plan.ts";
import { type ConvProblem, multiplyAdds } from "../problem.ts";
import { elementCount } from "../shape.ts";
import type { Algorithm, Unsupported } from "./algorithm.ts";
import {
  type GemmVariant,
  type MatrixBatch,
  type PixelGrid,
  gemmStep,
  gemmVariant,
  packStep,
  packedSize,
} from "./gemm.ts";
import { preparedRange, whole } from "./parts.ts";
import { inputStrides } from "./strides.ts";
import { weightMatrix } from "./weights.ts";

/** The pixels that the outputs see, in elements of x. */
function pixelGrid({ output, stride }: ConvProblem, x: ReturnType<typeof inputStrides>): PixelGrid {
  const [d, h, w] = x.spatial;
  return { sizes: output, strides: [x.batch, d * stride[0], h * stride[1], w * stride[2]] };
}

/** x as the matrix of its pixels: rows channels-last, columns channels-first. In vectors where the pixels lie together. */
function pixelMatrix(problem: ConvProblem): MatrixBatch {
  const { C, groups, stride } = problem;
  const x = inputStrides(problem);
  const groupC = C / groups;
  const channelsLast = problem.layout === "channels-last";
  const dense = stride.every((step) => step === 1);
  const together = dense && groupC % 4 === 0 && (channelsLast || x.channel % 4 === 0);
  return {
    buffer: whole(channelsLast ? BINDING.first : BINDING.second, "x", problem),
    row: channelsLast ? C : x.channel,
    inner: groupC * x.channel,
    outer: channelsLast ? 0 : x.batch,
    ...(together ? {} : { pixels: pixelGrid(problem, x) }),
  };
}

function supports({ kernel, padBegin, padEnd }: ConvProblem): true | Unsupported {
  if (elementCount(kernel) > 1)
    return { reason: `the kernel has ${elementCount(kernel)} cells, and this serves kernels of one` };
  const pads = [...padBegin, ...padEnd];
  if (pads.some((pad) => pad > 0))
    return { reason: `the input is padded by up to ${Math.max(...pads)} cells, and this serves none` };
  return true;
}

export const pointwise: Algorithm<GemmVariant> = {
  name: "pointwise",
  passes: ["forward"],

  supports(problem, gpu) {
    const served = supports(problem);
    if (served !== true) return served;
    const { packed, matrix } = weightMatrix(problem);
    const bytes = packedSize(matrix).bytes;
    return !packed || bytes <= Math.min(gpu.maxWorkspaceBytes, gpu.maxBindingBytes)
      ? true
      : { reason: `the packed weights take ${bytes} bytes, more than the ${gpu.maxWorkspaceBytes} allowed` };
  },

  variants(problem) {
    const outputs = elementCount(problem.output);
    const groupK = problem.K / problem.groups;
    return [
      problem.layout === "channels-last" ? gemmVariant(problem.N * outputs, groupK) : gemmVariant(groupK, outputs),
    ];
  },

  plan(problem, _gpu, variant): Plan {
    const { N, C, K, groups, output } = problem;
    const groupK = K / groups;
    const outputs = elementCount(output);
    const channelsLast = problem.layout === "channels-last";
    const weights = weightMatrix(problem);
    const pixels = pixelMatrix(problem);
    const multiply = gemmStep(
      {
        M: channelsLast ? N * outputs : groupK,
        N: channelsLast ? groupK : outputs,
        K: C / groups,
        outerCount: channelsLast ? 1 : N,
        innerCount: groups,
        a: channelsLast ? pixels : weights.batch,
        b: channelsLast ? weights.batch : pixels,
        c: {
          buffer: whole(BINDING.output, "y", problem),
          row: channelsLast ? K : outputs,
          inner: channelsLast ? groupK : groupK * outputs,
          outer: channelsLast ? 0 : K * outputs,
          start: 0,
        },
        channelsAreRows: !channelsLast,
        channels: groupK,
      },
      variant,
      problem,
    );
    const plan = { algorithm: "pointwise", variant: variant.name, steps: [multiply], workspaceBytes: 0 };
    if (!weights.packed) return plan;
    const { bytes } = packedSize(weights.matrix);
    const pack = packStep(
      weights.matrix,
      whole(BINDING.first, "w", problem),
      preparedRange(BINDING.output, 0, bytes),
      problem,
    );
    return { ...plan, preparation: { steps: [pack], bytes } };
  },

  // The terms are summed sequentially, as in the direct method.
  errorGrowth: () => 1,

  // Multiply-adds a second on SwiftShader: 1x1 from 256 to 64 channels at 56 x 56.
  cost: (problem) => multiplyAdds(problem) / 1.6e9,
};
