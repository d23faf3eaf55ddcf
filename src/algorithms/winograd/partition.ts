// Partition of a kernel that is strided, or larger than a tile's, into subkernels, dense and of at most r taps an axis: a subkernel has the taps of one
// residue modulo the stride and, of those, one block of r neighbours. A subkernel reads its channel of the input from its first tap on, at the
// stride, and counts as an input channel of its own: the products sum over subkernels as they do over channels. A 5x5 kernel at stride 2
// becomes four of 3x3 (polyphase decomposition; for Winograd's algorithm see Yepez and Ko, "Stride 2 1-D, 2-D, and 3-D Winograd for
// convolutional neural networks", 2020), a gradient of 56x56 taps 196 of 4x4.
import { type Triple, eachAxis } from "../../base/shape.ts";
import type { Correlation } from "../../problem/correlation.ts";
import type { Tile } from "./tiles.ts";

/** The partition of a kernel for tiles of one size. */
export interface Partition {
  /** The axes along which tiles are transformed: those with several outputs, and several taps in one residue. */
  readonly transformed: readonly [boolean, boolean, boolean];
  /** Along each axis, the number of residues modulo the stride that have taps, and the number of subkernels. */
  readonly phases: Triple;
  readonly subkernels: Triple;
  /** Taps of a subkernel along each axis. */
  readonly taps: Triple;
}

/** The axes along which tiles are transformed, whatever their size. */
export function transformedAxes({ kernel, stride, output }: Correlation): readonly [boolean, boolean, boolean] {
  return eachAxis((axis) => output[axis] > 1 && kernel[axis] > stride[axis]);
}

/** Divides a kernel into subkernels for tiles of an r-tap kernel. */
export function partitionOf(c: Correlation, { r }: Pick<Tile, "r">): Partition {
  const transformed = transformedAxes(c);
  const taps = eachAxis((axis) => (transformed[axis] ? r : 1));
  const phases = eachAxis((axis) => Math.min(c.stride[axis], c.kernel[axis]));
  const subkernels = eachAxis(
    (axis) => phases[axis] * Math.ceil(Math.ceil(c.kernel[axis] / c.stride[axis]) / taps[axis]),
  );
  return { transformed, phases, subkernels, taps };
}
