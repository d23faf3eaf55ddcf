// The weights as a matrix of a GEMM: their memory layout, and whether they must be prepacked.
import { roundUp } from "../../base/shape.ts";
import { BINDING } from "../../kernel/step.ts";
import { type Correlation, termCount } from "../../problem/correlation.ts";
import type { PartialPlan } from "../algorithm.ts";
import type { Work } from "../cost.ts";
import { isGated, preparedRange, whole } from "../operands.ts";
import { type MatrixBatch, evenStep } from "./matrices.ts";
import { type Unpacked, packStep, packWork, packedSize } from "./pack.ts";

export interface WeightMatrix {
  /** The memory layout of the weights of each group. */
  readonly matrix: Unpacked;
  /** Whether the GEMM reads a prepacked copy, because the weights are not stored in rows of whole vectors in the order of the terms. */
  readonly packed: boolean;
  /** The matrices that the GEMM reads. */
  readonly batch: MatrixBatch;
}

/** The weights of each group, with the terms in the order of the input's layout: taps within channels, or channels within taps. */
function unpacked(c: Correlation, termsAreRows: boolean): Unpacked {
  return {
    batch: c.groups,
    channels: c.K / c.groups,
    inner: c.C / c.groups,
    cells: c.kernel,
    innerFirst: c.layout === "channels-last",
    termsAreRows,
    start: c.w.start,
    batchStride: c.w.group,
    channelStride: c.w.outputChannel,
    innerStride: c.w.inputChannel,
    cellStrides: c.w.taps,
  };
}

/** Distance between neighbouring terms, if it is the same for all. */
function termStep({ C, groups, kernel, layout, w }: Correlation): number | undefined {
  const taps = kernel.map((size, axis) => [size, w.taps[axis]!] as const);
  const inner = [C / groups, w.inputChannel] as const;
  return evenStep(layout === "channels-last" ? [...taps, inner] : [inner, ...taps]);
}

/**
 * The weights as A with a row for each output channel of a group (channels-first), or as B with a column for each (channels-last).
 * @param floats whether halves are prepacked in any case, as float32 numbers
 */
export function weightMatrix(c: Correlation, floats = false): WeightMatrix {
  const channelsLast = c.layout === "channels-last";
  const groupK = c.K / c.groups;
  const terms = termCount(c);
  const matrix = unpacked(c, channelsLast);
  const step = termStep(c);
  const [row, column] = channelsLast ? [step, c.w.outputChannel] : [c.w.outputChannel, step];
  const aligned = row !== undefined && [row, c.w.group, c.w.start].every((stride) => stride % 4 === 0);
  const whole4 = terms % 4 === 0 && (!channelsLast || groupK % 4 === 0);
  const inPlace = aligned && column === 1 && whole4 && c.w.start === 0 && !isGated(c, "w") && c.phases === undefined;
  const packed = !inPlace || (floats && c.dtype === "f16");
  const binding = channelsLast ? BINDING.second : BINDING.first;
  const { rows, columns, bytes } = packedSize(matrix);
  const batch = packed
    ? { buffer: preparedRange(binding, 0, bytes), row: columns, inner: rows * columns, outer: 0 }
    : { buffer: whole(binding, "w", c), row, inner: c.w.group, outer: 0 };
  return { matrix, packed, batch };
}

/** Terms of a sum, padded with zeros to whole vectors. */
export function paddedTerms(c: Correlation): number {
  return roundUp(termCount(c), 4);
}

/** The weights of each group as a matrix with a row for each term and a column for each output channel. */
export function termRows(c: Correlation): Unpacked {
  return unpacked(c, true);
}

/** The work of packing a gradient in the role of the weights, which is packed in every run. */
export function packedWeightsWork(
  { matrix, packed }: Pick<WeightMatrix, "matrix" | "packed">,
  { w }: Correlation,
): Work[] {
  return packed && w.operand !== "w" ? [{ ...packWork(matrix), prepares: true }] : [];
}

/** A plan that packs the weights first, if the GEMM reads a packed copy. */
export function withPackedWeights(
  plan: PartialPlan,
  { matrix, packed }: Pick<WeightMatrix, "matrix" | "packed">,
  c: Correlation,
): PartialPlan {
  if (!packed) return plan;
  const { bytes } = packedSize(matrix);
  const pack = packStep(matrix, "w", preparedRange(BINDING.output, 0, bytes), c);
  return { ...plan, preparation: { steps: [pack], bytes } };
}
