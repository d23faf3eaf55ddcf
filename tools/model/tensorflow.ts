// The work of TensorFlow.js's WebGPU kernels (tfjs-backend-webgpu 4.22), read from their sources: which kernel a convolution gets, its tiles, what
// they load. The shares of multiply-adds are those of Mesa's compiler for Navi 21, by `npm run inspect -- --layers L1,L5,L6,L8,L12,L1bw --peers tfjs`.
import { OUTPUT_LOADS, type Work, numberBytes } from "../../src/algorithms/cost.ts";
import { elementCount, roundUp } from "../../src/base/shape.ts";
import { type ConvProblem, multiplyAdds, tensorShape } from "../../src/problem/problem.ts";

export interface PeerKernel {
  readonly name: string;
  readonly work: readonly Work[];
}

/** Multiply-adds of a kernel, and what its inner loop has beside them, by their share. */
function arithmetic(count: number, share: number): Pick<Work, "multiplyAdds" | "instructions"> {
  return { multiplyAdds: count, instructions: count * (1 / share - 1) };
}

/** Multiply-adds among the instructions of the hottest loop of each kernel; of the convolution by whether channels are loaded in vectors. */
const SHARES = { vectors: 0.589, numbers: 0.38, matMul: 0.85, depthwise: 0.189, input: 0.255, weights: 0.091 } as const;

/** Rows and columns of a workgroup's tile, and of each of its 64 threads. */
const SIDE = 32;
const TILE = 4;

/** A product of matrices in workgroup tiles. */
function tiled(
  { batch, M, N, K, step }: Record<"batch" | "M" | "N" | "K" | "step", number>,
  share: number,
  bytes: number,
): Work {
  const tiles = batch * Math.ceil(M / SIDE) * Math.ceil(N / SIDE);
  const terms = roundUp(K, step);
  const products = tiles * SIDE ** 2 * terms;
  const once = tiles * 2 * SIDE * terms;
  return {
    threads: tiles * (SIDE / TILE) ** 2,
    ...arithmetic(products, share),
    loads: once + OUTPUT_LOADS * batch * M * N,
    bytes,
    workgroupLoads: once + products * (2 / TILE),
    workgroups: tiles,
    traffic: numberBytes(once, batch * M * N),
    barriers: (2 * terms) / step,
  };
}

/** Vectors of four channels of four neighbours along a row. */
function depthwise(problem: ConvProblem, bytes: number): Work {
  const { N, K, kernel, output, stride } = problem;
  const taps = elementCount(kernel);
  const threads = (N * K * elementCount(output)) / 16;
  const cells = kernel[1] * (3 * stride[2] + kernel[2]);
  return {
    threads,
    ...arithmetic(threads * 16 * taps, SHARES.depthwise),
    loads: threads * 4 * (cells + taps + 4 * OUTPUT_LOADS),
    bytes,
    workgroups: threads / 64,
  };
}

/**
 * The gradient of an input: two vectors of four channels a thread. Neighbouring rows belong to other phases of the stride, and those that a tap
 * does not meet wait for those that it does. A step loads four vectors of weights and one of dy for 16 multiply-adds.
 */
function gradientOfInput(problem: ConvProblem, bytes: number): Work {
  const count = multiplyAdds(problem);
  const results = elementCount(tensorShape(problem, "x"));
  return {
    threads: results / 8,
    ...arithmetic(count * problem.stride[1], SHARES.input),
    loads: (count * 20) / 16 + OUTPUT_LOADS * results,
    bytes,
    workgroups: results / 8 / 64,
  };
}

/** The gradient of weights: a thread each, which loads both factors of every product. */
function gradientOfWeights(problem: ConvProblem, bytes: number): Work {
  const count = multiplyAdds(problem);
  const results = elementCount(tensorShape(problem, "w"));
  return {
    threads: results,
    ...arithmetic(count, SHARES.weights),
    loads: 2 * count + OUTPUT_LOADS * results,
    bytes,
    workgroups: results / 64,
  };
}

/** The kernels that TensorFlow.js runs for a problem without groups, or with one for each channel. */
export function tensorflowKernels(problem: ConvProblem): PeerKernel {
  const { N, C, K, groups, kernel, output, stride, pass } = problem;
  const bytes = numberBytes(...(["x", "w", "y"] as const).map((name) => elementCount(tensorShape(problem, name))));
  if (pass === "backward-weights") return { name: "conv2DDerFilter", work: [gradientOfWeights(problem, bytes)] };
  if (pass === "backward-data") return { name: "conv2DDerInput", work: [gradientOfInput(problem, bytes)] };
  if (groups > 1) return { name: "depthwiseVec4", work: [depthwise(problem, bytes)] };
  const [pixels, taps] = [elementCount(output), elementCount(kernel)];
  if (taps === 1 && stride.every((size) => size === 1))
    return {
      name: "matMulPacked",
      work: [tiled({ batch: 1, M: N * pixels, N: K, K: C, step: 32 }, SHARES.matMul, bytes)],
    };
  const vectors = C % 4 === 0;
  const sizes = { batch: N, M: pixels, N: K, K: C * taps, step: vectors ? 32 : 24 };
  return { name: "conv2DMM", work: [tiled(sizes, vectors ? SHARES.vectors : SHARES.numbers, bytes)] };
}
