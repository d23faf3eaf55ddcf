// Packs matrices of a tensor into the form that the GEMM reads: float32, row-major, rows of whole vectors.
import packShader from "../../../shaders/algorithms/gemm/pack.wgsl";
import weightChannelsShader from "../../../shaders/lib/weight-channels.wgsl";
import { type Triple, elementCount, roundUp } from "../../base/shape.ts";
import { F32_BYTES } from "../../kernel/element-types.ts";
import { BINDING, type Binding, type Step } from "../../kernel/step.ts";
import type { Correlation } from "../../problem/correlation.ts";
import { CELL_LOADS, type Work } from "../cost.ts";
import { alongAxes, dispatchOn, loader, weightChannels } from "../operands.ts";

/** A batch of channels x terms to pack into matrices. Strides in elements. */
export interface Unpacked {
  readonly batch: number;
  readonly channels: number;
  /** Terms count through the cells of each inner channel, or with `innerFirst` through the inner channels of each cell. */
  readonly inner: number;
  /** The inner channels that there are; those from here on are zeros. All unless given. */
  readonly innerUsed?: number;
  readonly cells: Triple;
  readonly innerFirst: boolean;
  /** Whether the terms are the rows of the packed matrices, and the channels their columns. */
  readonly termsAreRows: boolean;
  readonly start: number;
  readonly batchStride: number;
  readonly channelStride: number;
  readonly innerStride: number;
  readonly cellStrides: Triple;
}

/** Rows and columns of a packed matrix, both padded to whole vectors, or the rows to a multiple of `rowsStep`. */
export function packedSize(from: Unpacked, rowsStep = 4): { rows: number; columns: number; bytes: number } {
  const terms = from.inner * elementCount(from.cells);
  const rows = roundUp(from.termsAreRows ? terms : from.channels, rowsStep);
  const columns = roundUp(from.termsAreRows ? from.channels : terms, 4);
  return { rows, columns, bytes: from.batch * rows * columns * F32_BYTES };
}

/** The work of packing matrices. */
export function packWork(from: Unpacked, rowsStep = 4): Work {
  const { bytes } = packedSize(from, rowsStep);
  const numbers = bytes / F32_BYTES;
  return { threads: numbers / 4, multiplyAdds: 0, loads: (CELL_LOADS + 1) * numbers, bytes: 2 * bytes };
}

/** Packs matrices of a tensor, as float32. */
export function packStep(from: Unpacked, role: "x" | "w", target: Binding, c: Correlation, rowsStep = 4): Step {
  const { rows, columns } = packedSize(from, rowsStep);
  return dispatchOn([loader(c, role, BINDING.first)], {
    threads: (from.batch * rows * columns) / 4,
    shaders: [...(role === "w" ? [] : [weightChannelsShader]), packShader],
    constants: { TERMS_ARE_ROWS: from.termsAreRows, INNER_FIRST: from.innerFirst },
    ranges: [target],
    uniforms: {
      rows,
      rowVectors: columns / 4,
      channels: from.channels,
      inner: from.inner,
      innerUsed: from.innerUsed ?? from.inner,
      ...alongAxes("cells", from.cells, "taps"),
      fromStart: from.start,
      fromBatch: from.batchStride,
      fromInner: from.innerStride,
      ...alongAxes("from", from.cellStrides, "taps"),
      wChannels: role === "w" ? weightChannels(c) : { stride: from.channelStride },
    },
  });
}
