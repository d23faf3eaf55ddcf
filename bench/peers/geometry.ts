// The sizes of a problem as other engines take them: only its own axes, and padding in their terms.
import type { Triple } from "../../src/base/shape.ts";
import type { ConvProblem } from "../../src/problem/problem.ts";

/** Returns the sizes along the axes that a problem has: two for an image. */
export function axes({ rank }: ConvProblem, sizes: Triple): number[] {
  return sizes.slice(3 - rank);
}

/** Returns height and width; only for problems that pass `isPlanar`. */
export function plane(problem: ConvProblem, sizes: Triple): [number, number] {
  return axes(problem, sizes) as [number, number];
}

export function isPlanar({ rank }: ConvProblem): boolean {
  return rank === 2;
}

/** Whether each channel is convolved on its own. */
export function isDepthwise({ C, groups }: ConvProblem): boolean {
  return groups > 1 && groups === C;
}

/** Returns the cells that a kernel spans along each axis. */
export function extents(problem: ConvProblem): number[] {
  return axes(problem, problem.kernel).map((size, axis) => (size - 1) * axes(problem, problem.dilation)[axis]! + 1);
}

/**
 * Whether padding is what TensorFlow calls "same" at stride 1: equal on both sides, so that a map keeps its size. At other strides its "same"
 * differs from the padding here.
 */
export function isSame(problem: ConvProblem): boolean {
  const [begin, end] = [axes(problem, problem.padBegin), axes(problem, problem.padEnd)];
  return (
    axes(problem, problem.stride).every((stride) => stride === 1) &&
    extents(problem).every((extent, axis) => extent === 2 * begin[axis]! + 1 && begin[axis] === end[axis])
  );
}

export function isUnpadded({ padBegin, padEnd }: ConvProblem): boolean {
  return [...padBegin, ...padEnd].every((pad) => pad === 0);
}

/** Whether all sizes are equal. */
export function alike(sizes: readonly number[]): boolean {
  return sizes.every((size) => size === sizes[0]);
}
