// The weights as the matrix that a GEMM multiplies with: how they lie, and whether they have to be packed for it.
import { BINDING } from "../plan.ts";
import { type ConvProblem, sumLength } from "../problem.ts";
import { roundUp } from "../shape.ts";
import { type MatrixBatch, type Unpacked, packedSize } from "./gemm.ts";
import { preparedRange, whole } from "./parts.ts";
import { kernelStrides } from "./strides.ts";

export interface WeightMatrix {
  /** How the weights of each group lie in w. */
  readonly matrix: Unpacked;
  /** Whether the GEMM reads a packed copy: its vectors need whole fours of terms, and of columns. */
  readonly packed: boolean;
  /** What the GEMM reads. */
  readonly batch: MatrixBatch;
}

/**
 * The weights of a forward problem: A with a row for each output channel of a group channels-first, B with a column for each
 * channels-last. Either way the terms of a sum lie one after the other.
 */
export function weightMatrix(problem: ConvProblem): WeightMatrix {
  const channelsLast = problem.layout === "channels-last";
  const groupK = problem.K / problem.groups;
  const terms = sumLength(problem);
  const { outputChannel } = kernelStrides(problem);
  const term = channelsLast ? problem.K : 1;
  const matrix = {
    batch: problem.groups,
    rows: channelsLast ? terms : groupK,
    columns: channelsLast ? groupK : terms,
    batchStride: groupK * outputChannel,
    rowStride: channelsLast ? term : outputChannel,
    columnStride: channelsLast ? outputChannel : term,
  };
  const packed = terms % 4 !== 0 || (channelsLast && groupK % 4 !== 0);
  const binding = channelsLast ? BINDING.second : BINDING.first;
  const { rows, columns, bytes } = packedSize(matrix);
  const batch = packed
    ? { buffer: preparedRange(binding, 0, bytes), row: columns, inner: rows * columns, outer: 0 }
    : { buffer: whole(binding, "w", problem), row: matrix.rowStride, inner: matrix.batchStride, outer: 0 };
  return { matrix, packed, batch };
}

/** Terms of a sum as the GEMM counts them, padded with zeros to whole vectors. */
export function paddedTerms(problem: ConvProblem): number {
  return roundUp(sumLength(problem), 4);
}

/**
 * The weights of each group with a row for every term and a column for every output channel, the terms in the order in which they
 * lie: taps within channels (channels-first) or channels within taps.
 */
export function termRows(problem: ConvProblem): Unpacked {
  const channelsLast = problem.layout === "channels-last";
  const groupK = problem.K / problem.groups;
  const { outputChannel } = kernelStrides(problem);
  return {
    batch: problem.groups,
    rows: sumLength(problem),
    columns: groupK,
    batchStride: groupK * outputChannel,
    rowStride: channelsLast ? problem.K : 1,
    columnStride: outputChannel,
  };
}
