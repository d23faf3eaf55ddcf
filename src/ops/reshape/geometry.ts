// The shape that a tensor is given. Shared by the engine and the reference.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { RANKS, checkShape } from "../../base/validate.ts";

/**
 * Checks a shape for the elements of another. One size may be -1: it is computed from the others.
 * @throws ConvError if the numbers of elements differ
 */
export function reshapedTo(from: readonly number[], given: unknown): number[] {
  const free = Array.isArray(given) ? given.indexOf(-1) : -1;
  const shape = checkShape("shape", free < 0 ? given : (given as number[]).with(free, 1), RANKS);
  const [elements, others] = [elementCount(from), elementCount(shape)];
  if (free >= 0 && others > 0) shape[free] = elements / others;
  if (!Number.isInteger(shape[free] ?? 0) || elementCount(shape) !== elements || (free >= 0 && others === 0))
    refuse("shape-mismatch", "shape", given, `the ${elements} elements of [${from.join(", ")}]`);
  return shape;
}
