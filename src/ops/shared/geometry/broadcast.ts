// A tensor and one that is spread over it: runs of axes that both have, and that the other has not. Shared by the engine and the reference.
import { refuse } from "../../../base/error.ts";
import { elementCount } from "../../../base/shape.ts";

/** Neighbouring axes of a tensor as one, all of them the other tensor's too (kept) or none. */
export interface Run {
  readonly size: number;
  readonly kept: boolean;
}

/** The runs, the outermost first. */
export function runsOf(shape: readonly number[], other: readonly number[]): Run[] {
  const runs: Run[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const kept = other[axis] === size;
    const last = runs.at(-1);
    if (last?.kept === kept) runs[runs.length - 1] = { size: last.size * size, kept };
    else runs.push({ size, kept });
  });
  return runs.length > 0 ? runs : [{ size: 1, kept: true }];
}

/** Refuses a shape that does not spread over another one: of its rank, each size the same or 1. */
export function checkSpreads(argument: string, other: readonly number[], shape: readonly number[]): void {
  const fits = other.length === shape.length && other.every((size, axis) => size === 1 || size === shape[axis]);
  if (!fits)
    refuse("shape-mismatch", `${argument}.shape`, other, `[${shape.join(", ")}], or 1 in place of sizes of it`);
}

/** The shape that slopes [C] or [1] have beside a tensor: its rank, and 1 but at the channels. */
export function besideChannels(count: number, rank: number, axis: number): number[] {
  return Array.from({ length: rank }, (_, at) => (at === axis ? count : 1));
}

/** The elements of the other tensor, by those of the tensor in their order. */
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
