// Indexing for the reference. The input is copied into a larger array whose border is filled in, so that every convolution is one without
// padding; the same table folds gradients of the padded input back into the input. Two lists of indices then give the terms of a sum, so
// that the loops over them neither divide nor branch on padding mode, flip, dilation or layout.
import { type Triple, dilatedExtent, elementCount } from "../base/shape.ts";
import type { PaddingMode } from "../problem/padding.ts";
import type { ConvProblem, Layout } from "../problem/problem.ts";

/** Marks a padded cell that holds the padding constant and repeats no input cell. */
export const OUTSIDE = -1;

/** Distances between neighbouring images, channels and spatial cells of a tensor, in elements. */
export interface Strides {
  readonly batch: number;
  readonly channel: number;
  readonly cell: number;
}

/** The strides of a tensor, given its numbers of channels and spatial cells. */
export function layoutStrides(layout: Layout, channels: number, cells: number): Strides {
  return layout === "channels-first"
    ? { batch: channels * cells, channel: cells, cell: 1 }
    : { batch: channels * cells, channel: 1, cell: channels };
}

/** The strides of x [N, C, input] or y [N, K, output] of a problem in its layout. */
export function tensorStrides(problem: ConvProblem, operand: "x" | "y"): Strides {
  return operand === "x"
    ? layoutStrides(problem.layout, problem.C, elementCount(problem.input))
    : layoutStrides(problem.layout, problem.K, elementCount(problem.output));
}

/** Flat index in a box of this size. */
function flat([, H, W]: Triple, d: number, h: number, w: number): number {
  return (d * H + h) * W + w;
}

/** Calls `visit` for every cell of a box, the last axis running fastest. */
function forEachCell([D, H, W]: Triple, visit: (d: number, h: number, w: number) => void): void {
  for (let d = 0; d < D; d++) for (let h = 0; h < H; h++) for (let w = 0; w < W; w++) visit(d, h, w);
}

/** The size of the padded input along each axis, up to the last cell that the kernel reaches. */
function paddedSize(problem: ConvProblem): Triple {
  const along = (axis: 0 | 1 | 2): number =>
    (problem.output[axis] - 1) * problem.stride[axis] + dilatedExtent(problem.kernel[axis], problem.dilation[axis]);
  return [along(0), along(1), along(2)];
}

/** The input cell that a position repeats on an axis of `size` cells, or OUTSIDE. */
export function sourceCell(position: number, size: number, mode: PaddingMode): number {
  if (position >= 0 && position < size) return position;
  if (mode === "replicate") return position < 0 ? 0 : size - 1;
  if (mode === "zeros") return OUTSIDE;
  if (mode === "circular") return remainder(position, size);
  // The input and its mirror image follow each other; reflected ones share their border cells.
  const shared = mode === "reflect" ? 1 : 0;
  const period = Math.max(1, 2 * (size - shared));
  const cell = remainder(position, period);
  return cell < size ? cell : period - 1 + shared - cell;
}

/** The remainder of a division that rounds down. */
function remainder(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

/** For every cell of the padded input, the flat index of the input cell that it repeats, or OUTSIDE. */
function paddedSources(problem: ConvProblem): Int32Array {
  const size = paddedSize(problem);
  const axisSource = (axis: 0 | 1 | 2): number[] =>
    Array.from({ length: size[axis] }, (_, cell) =>
      sourceCell(cell - problem.padBegin[axis], problem.input[axis], problem.paddingMode),
    );
  const [depths, rows, columns] = [axisSource(0), axisSource(1), axisSource(2)];
  const sources = new Int32Array(elementCount(size));
  let cell = 0;
  forEachCell(size, (i, j, k) => {
    const [d, h, w] = [depths[i]!, rows[j]!, columns[k]!];
    sources[cell++] = Math.min(d, h, w) === OUTSIDE ? OUTSIDE : flat(problem.input, d, h, w);
  });
  return sources;
}

/** The padded input as [N, C, padded cells], whatever the layout of x. */
export function pad(problem: ConvProblem, x: Float64Array): Float64Array {
  const sources = paddedSources(problem);
  const { batch, channel, cell } = tensorStrides(problem, "x");
  const { paddingValue } = problem;
  const padded = new Float64Array(problem.N * problem.C * sources.length);
  let i = 0;
  for (let n = 0; n < problem.N; n++) {
    for (let c = 0; c < problem.C; c++) {
      const start = n * batch + c * channel;
      for (const source of sources) padded[i++] = source < 0 ? paddingValue : x[start + source * cell]!;
    }
  }
  return padded;
}

/** The adjoint of pad: the gradient of x from that of the padded input. The padding constant takes no gradient. */
export function fold(problem: ConvProblem, padded: Float64Array): Float64Array {
  const sources = paddedSources(problem);
  const { batch, channel, cell } = tensorStrides(problem, "x");
  const x = new Float64Array(problem.N * problem.C * elementCount(problem.input));
  let i = 0;
  for (let n = 0; n < problem.N; n++) {
    for (let c = 0; c < problem.C; c++) {
      const start = n * batch + c * channel;
      for (const source of sources) {
        if (source >= 0) x[start + source * cell]! += padded[i]!;
        i++;
      }
    }
  }
  return x;
}

/** Number of elements of the padded input. */
export function paddedCount(problem: ConvProblem): number {
  return problem.N * problem.C * elementCount(paddedSize(problem));
}

/** The terms of an output's sum, one for each pair of a channel of the group and a kernel tap, by the indices of their factors. */
export interface Terms {
  /** Indices into the padded input, relative to the corner of the output's window in the group's first channel. */
  readonly inInput: Int32Array;
  /** Indices into w, relative to the first element of the output channel's kernel. */
  readonly inKernel: Int32Array;
}

/** Computes the terms, which are the same for every output. */
export function termsOf(problem: ConvProblem): Terms {
  const size = paddedSize(problem);
  const cells = elementCount(size);
  const taps = elementCount(problem.kernel);
  const channels = problem.C / problem.groups;
  const [channelStride, tapStride] =
    problem.layout === "channels-first" ? [taps, 1] : [problem.K, channels * problem.K];
  const inInput = new Int32Array(channels * taps);
  const inKernel = new Int32Array(channels * taps);
  const step = (axis: 0 | 1 | 2, tap: number): number =>
    (problem.flipped ? problem.kernel[axis] - 1 - tap : tap) * problem.dilation[axis];
  let i = 0;
  for (let c = 0; c < channels; c++) {
    let tap = 0;
    forEachCell(problem.kernel, (t, r, s) => {
      inInput[i] = c * cells + flat(size, step(0, t), step(1, r), step(2, s));
      inKernel[i++] = c * channelStride + tap++ * tapStride;
    });
  }
  return { inInput, inKernel };
}

/**
 * Calls `visit` once for every element of y with the indices that its sum starts from: the corner of its window in the padded input,
 * the first element of its kernel in w, and its own index in y.
 */
export function forEachOutput(
  problem: ConvProblem,
  visit: (corner: number, kernel: number, output: number) => void,
): void {
  const size = paddedSize(problem);
  const cells = elementCount(size);
  const [depthStride, rowStride, columnStride] = problem.stride;
  const corners = new Int32Array(elementCount(problem.output));
  let i = 0;
  forEachCell(problem.output, (o, p, q) => {
    corners[i++] = flat(size, o * depthStride, p * rowStride, q * columnStride);
  });
  const y = tensorStrides(problem, "y");
  const [Cg, Kg] = [problem.C / problem.groups, problem.K / problem.groups];
  const kernelStride = problem.layout === "channels-first" ? Cg * elementCount(problem.kernel) : 1;
  for (let n = 0; n < problem.N; n++) {
    for (let group = 0; group < problem.groups; group++) {
      const start = (n * problem.C + group * Cg) * cells;
      for (let place = 0; place < corners.length; place++) {
        for (let k = group * Kg; k < (group + 1) * Kg; k++) {
          visit(start + corners[place]!, k * kernelStride, n * y.batch + k * y.channel + place * y.cell);
        }
      }
    }
  }
}
