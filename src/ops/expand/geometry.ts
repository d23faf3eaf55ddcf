// The shape to which a tensor is expanded. Shared by the engine and the reference.
import { RANKS, checkShape } from "../../base/validate.ts";
import { aligned, broadcastShape } from "../shared/geometry/broadcast.ts";
import { type StridedCopy, wholeView } from "../shared/geometry/strided.ts";

/**
 * The copy that repeats a tensor along axes where its size is 1 and the given one is not, and the shape of the result: shapes are aligned at
 * their ends, and axes that one of them lacks count as 1, as in NumPy.
 * @throws ConvError if the shapes cannot be broadcast together
 */
export function expansionOf(shape: readonly number[], given: unknown): { copy: StridedCopy; shape: number[] } {
  const wanted = checkShape("shape", given, RANKS);
  const sizes = broadcastShape({ x: shape, shape: wanted });
  const own = aligned(shape, sizes.length);
  const { strides } = wholeView(own);
  const from = { start: 0, strides: strides.map((stride, axis) => (own[axis] === 1 ? 0 : stride)) };
  return { copy: { sizes, from, to: wholeView(sizes) }, shape: sizes };
}
