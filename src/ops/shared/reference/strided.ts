// Strided copies on the CPU.
import { elementCount } from "../../../base/shape.ts";
import type { StridedCopy, View } from "../geometry/strided.ts";

/** An array whose elements can be written. */
type Writable = Float64Array | Float32Array | Uint32Array | Uint8Array;

/** Copies elements of one array to another, and returns that. */
export function copyStrided<Elements extends Writable>(
  data: ArrayLike<number>,
  copy: StridedCopy,
  result: Elements,
): Elements {
  const { sizes, from, to } = copy;
  // Lines along the last axis; a single element is a line of one.
  const last = Math.max(0, sizes.length - 1);
  const length = sizes[last] ?? 1;
  const lines = length === 0 ? 0 : elementCount(sizes) / length;
  const [step, stepTo] = [from.strides[last] ?? 0, to.strides[last] ?? 0];
  const cells = Array.from({ length: last }, () => 0);
  const placeIn = ({ start, strides }: View): number =>
    cells.reduce((place, cell, axis) => place + cell * strides[axis]!, start);
  for (let line = 0; line < lines; line++) {
    const [source, target] = [placeIn(from), placeIn(to)];
    for (let at = 0; at < length; at++) result[target + at * stepTo] = data[source + at * step]!;
    for (let axis = last - 1; axis >= 0; axis--) {
      cells[axis]!++;
      if (cells[axis]! < sizes[axis]!) break;
      cells[axis] = 0;
    }
  }
  return result;
}
