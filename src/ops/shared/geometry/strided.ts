// Strided copies: moves of elements whose places in both tensors are linear in an index along each axis. Permuted, sliced, repeated and
// concatenated tensors are such. Shared by hosts and references.
import { elementCount } from "../../../base/shape.ts";

/** Where elements lie in a tensor: the place of the first, and for each axis the distance between neighbours, which may be 0 or negative. */
export interface View {
  readonly start: number;
  readonly strides: readonly number[];
}

/** A copy of a box of elements, with the axes outermost first. */
export interface StridedCopy {
  readonly sizes: readonly number[];
  readonly from: View;
  readonly to: View;
}

/** A whole tensor in row-major order. */
export function wholeView(shape: readonly number[]): View {
  return { start: 0, strides: shape.map((_, axis) => elementCount(shape.slice(axis + 1))) };
}

/** A view with its axes in another order. */
export function permuted({ start, strides }: View, order: readonly number[]): View {
  return { start, strides: order.map((axis) => strides[axis]!) };
}

/** The part of a view that starts at a cell along one axis. */
export function startingAt({ start, strides }: View, axis: number, cell: number): View {
  return { start: start + cell * strides[axis]!, strides };
}

/**
 * The same copy with its axes in the order of the target, and as few as possible: axes of size 1 are dropped, and those that are contiguous in
 * both tensors merged.
 */
export function simplified({ sizes, from: source, to: target }: StridedCopy): StridedCopy {
  const axes: { size: number; from: number; to: number }[] = [];
  const all = sizes.map((size, axis) => ({ size, from: source.strides[axis]!, to: target.strides[axis]! }));
  const ordered = all.filter(({ size }) => size !== 1).toSorted((a, b) => b.to - a.to);
  for (const own of ordered) {
    const last = axes.at(-1);
    if (last && last.from === own.from * own.size && last.to === own.to * own.size)
      axes[axes.length - 1] = { ...own, size: last.size * own.size };
    else axes.push(own);
  }
  return {
    sizes: axes.map(({ size }) => size),
    from: { start: source.start, strides: axes.map((axis) => axis.from) },
    to: { start: target.start, strides: axes.map((axis) => axis.to) },
  };
}
