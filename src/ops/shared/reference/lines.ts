// Lines along an axis, as the references visit them.
import { linesAlong } from "../geometry/axis.ts";

/** The places of the elements of every line along an axis, line by line. */
export function linesOf(shape: readonly number[], axis: number): number[][] {
  const { outer, size, inner } = linesAlong(shape, axis);
  return Array.from({ length: outer * inner }, (_, line) => {
    const start = Math.floor(line / inner) * size * inner + (line % inner);
    return Array.from({ length: size }, (__, at) => start + at * inner);
  });
}

/** log(sum exp(v)), computed with the largest v subtracted first. */
export function logSumExp(values: readonly number[]): number {
  const most = values.reduce((a, b) => Math.max(a, b));
  return most + Math.log(values.reduce((sum, v) => sum + Math.exp(v - most), 0));
}
