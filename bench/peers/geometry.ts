// The sizes of a problem as other engines want them: along its own axes alone, and with padding as they know it.
import type { Triple } from "../../src/base/shape.ts";
import type { ConvProblem } from "../../src/problem/problem.ts";

/** A size along each axis that a problem has: two for a picture. */
export function axes({ rank }: ConvProblem, sizes: Triple): number[] {
  return sizes.slice(3 - rank);
}

/** Height and width; only for problems that `isPlanar` takes. */
export function plane(problem: ConvProblem, sizes: Triple): [number, number] {
  return axes(problem, sizes) as [number, number];
}

export function isPlanar({ rank }: ConvProblem): boolean {
  return rank === 2;
}

/** Whether each channel is convolved by itself. */
export function isDepthwise({ C, groups }: ConvProblem): boolean {
  return groups > 1 && groups === C;
}

/** Cells that a kernel spans along each axis. */
export function extents(problem: ConvProblem): number[] {
  return axes(problem, problem.kernel).map((size, axis) => (size - 1) * axes(problem, problem.dilation)[axis]! + 1);
}

/**
 * What TensorFlow calls "same" at stride 1: as much padding on both sides, such that a map keeps its size. At other strides it pads
 * otherwise than is asked for here.
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

/** Whether all sizes are the same. */
export function alike(sizes: readonly number[]): boolean {
  return sizes.every((size) => size === sizes[0]);
}
