// Shapes that are broadcast over each other by NumPy's rule: aligned at the end, missing axes and axes of size 1 are repeated. Shared by hosts
// and references.
import { refuse } from "../../../base/error.ts";
import { elementCount } from "../../../base/shape.ts";
import { RANKS, checkShape } from "../../../base/validate.ts";

/** The size of a shape along an axis of a longer one. */
const sizeAt = (shape: readonly number[], axis: number, rank: number): number => shape[axis - rank + shape.length] ?? 1;

/** A shape with as many axes, of size 1 where it has none. */
export function aligned(shape: readonly number[], rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => sizeAt(shape, axis, rank));
}

/**
 * The shape over which all of the given shapes are broadcast.
 * @param shapes by the names of their arguments, such as "a.shape"
 * @throws ConvError naming the first argument that does not fit those before it
 */
export function broadcastShape(shapes: Readonly<Record<string, readonly number[]>>): number[] {
  let whole: readonly number[] = [];
  for (const [argument, shape] of Object.entries(shapes)) {
    const rank = Math.max(whole.length, shape.length);
    const before = whole;
    whole = Array.from({ length: rank }, (_, axis) => {
      const [one, other] = [sizeAt(before, axis, rank), sizeAt(shape, axis, rank)];
      if (one !== other && one !== 1 && other !== 1)
        refuse(
          "shape-mismatch",
          argument,
          shape,
          `sizes that are 1 or, from the last, those of [${before.join(", ")}]`,
        );
      return one === 1 ? other : one;
    });
  }
  return [...whole];
}

/** Refuses a shape that cannot be broadcast over another without growing it. */
export function checkBroadcasts(argument: string, other: readonly number[], shape: readonly number[]): void {
  const fits =
    other.length <= shape.length &&
    other.every((size, at) => size === 1 || size === shape[at + shape.length - other.length]);
  if (!fits)
    refuse(
      "shape-mismatch",
      `${argument}.shape`,
      other,
      `the last axes of [${shape.join(", ")}], with 1 in place of any size`,
    );
}

/** The shapes of two operands, for gradients that need nothing else of them. */
export interface PairShapes {
  /** Default: the shape of dy. */
  aShape?: readonly number[];
  /** Default: the shape of dy. */
  bShape?: readonly number[];
}

/**
 * Checks the shapes of two operands, which together with others are broadcast over that of dy.
 * @throws ConvError naming the invalid option, or dy
 */
export function checkPairShapes(
  options: PairShapes,
  shape: readonly number[],
  others: Readonly<Record<string, readonly number[]>> = {},
): [aShape: number[], bShape: number[]] {
  const of = (name: keyof PairShapes): number[] => checkShape(name, options[name] ?? [...shape], RANKS);
  const [aShape, bShape] = [of("aShape"), of("bShape")];
  const whole = broadcastShape({ ...others, aShape, bShape });
  if (whole.join() !== shape.join())
    refuse("shape-mismatch", "dy.shape", shape, `[${whole.join(", ")}], the shape of the result`);
  return [aShape, bShape];
}

/** Neighbouring axes of a shape, merged into one; `kept` says of each of the other shapes whether it has them. */
export interface AxisRun {
  readonly size: number;
  readonly kept: readonly boolean[];
}

/** The runs of a shape beside others that are broadcast over it, innermost first; at least one. */
export function runsOf(shape: readonly number[], others: readonly (readonly number[])[]): AxisRun[] {
  const runs: AxisRun[] = [];
  shape.forEach((size, axis) => {
    if (size === 1) return;
    const kept = others.map((other) => sizeAt(other, axis, shape.length) === size);
    const last = runs[0];
    if (last && last.kept.join() === kept.join()) runs[0] = { size: last.size * size, kept };
    else runs.unshift({ size, kept });
  });
  return runs.length > 0 ? runs : [{ size: 1, kept: others.map(() => true) }];
}

/** The place in an array of another shape of each element of a shape, in their order. */
export function placesIn(other: readonly number[], shape: readonly number[]): number[] {
  const runs = runsOf(shape, [other]);
  return Array.from({ length: elementCount(shape) }, (_, element) => {
    let [rest, place, stride] = [element, 0, 1];
    for (const { size, kept } of runs) {
      if (kept[0]) {
        place += (rest % size) * stride;
        stride *= size;
      }
      rest = Math.floor(rest / size);
    }
    return place;
  });
}
