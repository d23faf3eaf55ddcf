// A tensor and another that is broadcast over it: runs of neighbouring axes that both have, or that the other lacks. Shared by hosts and
// references.
import { refuse } from "../../../base/error.ts";
import { elementCount } from "../../../base/shape.ts";

/** Neighbouring axes of a tensor, merged into one; the other tensor has all of them (`kept`) or none. */
export interface AxisRun {
  readonly size: number;
  readonly kept: boolean;
}

/** The runs, outermost first. */
export function runsOf(shape: readonly number[], other: readonly number[]): AxisRun[] {
  const runs: AxisRun[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const kept = other[axis] === size;
    const last = runs.at(-1);
    if (last?.kept === kept) runs[runs.length - 1] = { size: last.size * size, kept };
    else runs.push({ size, kept });
  });
  return runs.length > 0 ? runs : [{ size: 1, kept: true }];
}

/** Refuses a shape that cannot be broadcast over another: it needs the same rank, and each size the same or 1. */
export function checkBroadcasts(argument: string, other: readonly number[], shape: readonly number[]): void {
  const fits = other.length === shape.length && other.every((size, axis) => size === 1 || size === shape[axis]);
  if (!fits) refuse("shape-mismatch", `${argument}.shape`, other, `[${shape.join(", ")}], with 1 in place of any size`);
}

/** The place in the other tensor of each element of the tensor, in their order. */
export function otherPlaces(shape: readonly number[], other: readonly number[]): number[] {
  const runs = runsOf(shape, other);
  return Array.from({ length: elementCount(shape) }, (_, element) => {
    let [rest, place, stride] = [element, 0, 1];
    for (const { size, kept } of runs.toReversed()) {
      if (kept) {
        place += (rest % size) * stride;
        stride *= size;
      }
      rest = Math.floor(rest / size);
    }
    return place;
  });
}
