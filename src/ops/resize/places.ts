// The places of resized cells, exactly: along an axis output o lies at (base + o step) / unit, in cells of the input.

export const COORDINATES = [
  "half-pixel",
  "half-pixel-symmetric",
  "pytorch-half-pixel",
  "align-corners",
  "asymmetric",
  "tf-crop-and-resize",
] as const;

/** How outputs are placed between cells. */
export type Coordinates = (typeof COORDINATES)[number];

/** A fraction of whole numbers, of a positive `by`. */
export interface Fraction {
  readonly of: bigint;
  readonly by: bigint;
}

/** Places along a line, in whole numbers; `unit` is positive. */
export interface Line {
  readonly base: bigint;
  readonly step: bigint;
  readonly unit: bigint;
}

/**
 * The simplest fraction within rounding of a number: 1.1 is 11/10, and a quotient of two sizes is that quotient. It is the first convergent
 * of the continued fraction (Hardy and Wright, An Introduction to the Theory of Numbers, chapter X) that is near enough; its denominator
 * is below 2^27.
 */
export function fractionOf(value: number): Fraction {
  const size = Math.abs(value);
  let [rest, unit] = [size, 1n];
  while (!Number.isInteger(rest)) {
    rest *= 2;
    unit *= 2n;
  }
  let [above, below] = [BigInt(rest), unit];
  let [of, by, lastOf, lastBy] = [1n, 0n, 0n, 1n];
  do {
    const whole = above / below;
    [of, lastOf] = [whole * of + lastOf, of];
    [by, lastBy] = [whole * by + lastBy, by];
    [above, below] = [below, above - whole * below];
  } while (Math.abs(Number(of) / Number(by) - size) > size * Number.EPSILON);
  return { of: value < 0 ? -of : of, by };
}

/** The largest whole number that is not above a quotient; `by` is positive. */
export function floorOf(of: bigint, by: bigint): bigint {
  const rest = of % by;
  return (of - rest) / by - (rest < 0n ? 1n : 0n);
}

/** The smallest whole number that is not below a quotient; `by` is positive. */
export function ceilOf(of: bigint, by: bigint): bigint {
  return -floorOf(-of, by);
}

/** What the places along an axis follow from. */
export interface Placing {
  readonly coordinates: Coordinates;
  readonly inputs: number;
  readonly outputs: number;
  /** Outputs for each input, as given: `outputs` may be rounded. */
  readonly factor: Fraction;
  /** The part of the axis that is shown, in fractions of the distance between its outer cells. */
  readonly roi: readonly [begin: Fraction, end: Fraction];
}

/** The line of an axis, by the formulas of ONNX's Resize. */
export function lineOf({ coordinates, inputs, outputs, factor: { of, by }, roi: [begin, end] }: Placing): Line {
  const [cells, count] = [BigInt(inputs), BigInt(outputs)];
  const last = cells - 1n;
  // The distance between the outer outputs of the size before it is rounded, times `by`.
  const distance = cells * of - by;
  if (coordinates === "half-pixel" || (coordinates === "pytorch-half-pixel" && outputs > 1))
    return { base: by - of, step: 2n * by, unit: 2n * of };
  if (coordinates === "half-pixel-symmetric")
    return { base: cells * of - count * by + by - of, step: 2n * by, unit: 2n * of };
  if (coordinates === "asymmetric") return { base: 0n, step: by, unit: of };
  if (coordinates === "tf-crop-and-resize") {
    const [from, to, unit] = [begin.of * end.by, end.of * begin.by, begin.by * end.by];
    if (outputs === 1) return { base: (from + to) * last, step: 0n, unit: 2n * unit };
    return { base: from * last * distance, step: (to - from) * last * by, unit: unit * distance };
  }
  if (coordinates === "align-corners" && outputs > 1) return { base: 0n, step: last * by, unit: distance };
  return { base: 0n, step: 0n, unit: 1n };
}

/** A line moved by a fraction of a cell. */
export function moved({ base, step, unit }: Line, of: bigint, by: bigint): Line {
  return { base: base * by + of * unit, step: step * by, unit: unit * by };
}

/** The outputs from `begin` to before `end` that lie between the first and the last cell. */
export function insideOf({ base, step, unit }: Line, inputs: number, outputs: number): readonly [number, number] {
  const most = BigInt(inputs - 1) * unit;
  if (step === 0n) return base >= 0n && base <= most ? [0, outputs] : [0, 0];
  const [near, far, by] = step > 0n ? [-base, most - base, step] : [base - most, base, -step];
  const held = (at: bigint): number => Math.min(Math.max(Number(at), 0), outputs);
  const [begin, end] = [held(ceilOf(near, by)), held(floorOf(far, by) + 1n)];
  return begin < end ? [begin, end] : [0, 0];
}
