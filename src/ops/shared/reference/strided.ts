// Strided copies on the CPU.
import { elementCount } from "../../../base/shape.ts";
import type { StridedCopy, View } from "../geometry/strided.ts";

/** Copies elements of one array to another, and returns that. */
export function copyStrided(data: Float64Array, copy: StridedCopy, result: Float64Array): Float64Array {
  const { sizes, from, to } = copy;
  const count = elementCount(sizes);
  const cells = sizes.map(() => 0);
  const placeIn = ({ start, strides }: View): number =>
    cells.reduce((place, cell, axis) => place + cell * strides[axis]!, start);
  for (let done = 0; done < count; done++) {
    result[placeIn(to)] = data[placeIn(from)]!;
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      cells[axis]!++;
      if (cells[axis]! < sizes[axis]!) break;
      cells[axis] = 0;
    }
  }
  return result;
}
