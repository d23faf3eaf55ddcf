// The shape to which a tensor is expanded. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { RANKS, checkShape } from "../../base/validate.ts";
import { type StridedCopy, wholeView } from "../shared/geometry/strided.ts";

/**
 * The copy that repeats a tensor along axes where its size is 1 and the given one is not, and the shape of the result: shapes are aligned at
 * their ends, and axes that one of them lacks count as 1, as in NumPy.
 * @throws ConvError if the shapes cannot be broadcast together
 */
export function expansionOf(shape: readonly number[], given: unknown): { copy: StridedCopy; shape: number[] } {
  const wanted = checkShape("shape", given, RANKS);
  const rank = Math.max(shape.length, wanted.length);
  const own = [...Array.from({ length: rank - shape.length }, () => 1), ...shape];
  const other = [...Array.from({ length: rank - wanted.length }, () => 1), ...wanted];
  const sizes = own.map((size, axis) => {
    const most = other[axis]!;
    if (size !== 1 && most !== 1 && size !== most)
      refuse("shape-mismatch", "shape", wanted, `sizes that are 1 or those of x, [${shape.join(", ")}]`);
    return size === 1 ? most : size;
  });
  const { strides } = wholeView(own);
  const from = { start: 0, strides: strides.map((stride, axis) => (own[axis] === 1 ? 0 : stride)) };
  return { copy: { sizes, from, to: wholeView(sizes) }, shape: sizes };
}
