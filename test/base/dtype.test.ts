// Half precision on the CPU: every bit pattern there and back, and rounding between every two neighbours.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesFor, float16Bits, float16Value, fromFloat16Bits, toFloat16Bits } from "../../src/base/dtype.ts";

const SIGN = 0x8000;
const INFINITE = 0x7c00;
const isNaNPattern = (bits: number): boolean => (bits & 0x7fff) > INFINITE;
const patterns = Uint16Array.from({ length: 0x10000 }, (_, bits) => bits);

/** The next number of float64 away from zero. */
function above(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) + 1n);
  return view.getFloat64(0);
}

/** The next number of float64 towards zero. */
function below(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigUint64(0, view.getBigUint64(0) - 1n);
  return view.getFloat64(0);
}

/** The first non-negative pattern for which a property fails, or -1, with what was found in place of what was expected. */
function firstWrong(count: number, actual: (bits: number) => number, expected: (bits: number) => number): object {
  for (let bits = 0; bits < count; bits++) {
    if (!Object.is(actual(bits), expected(bits))) return { bits, actual: actual(bits), expected: expected(bits) };
  }
  return {};
}

describe("the values of halves", () => {
  it.each([
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0x3c01, 1 + 2 ** -10],
    [0xc000, -2],
    [0x7bff, 65_504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
    [0x8000, -0],
    [0x7e00, Number.NaN],
    [0xfc01, Number.NaN],
  ])("%i is %d", (bits, value) => {
    expect(float16Value(bits)).toBe(value);
  });

  it("grow with their bits, and are exact in float32", () => {
    expect(
      firstWrong(
        INFINITE,
        (bits) => Number(float16Value(bits + 1) > float16Value(bits)),
        () => 1,
      ),
    ).toEqual({});
    expect(firstWrong(0x10000, (bits) => Math.fround(float16Value(bits)), float16Value)).toEqual({});
  });
});

describe("rounding to halves", () => {
  it("returns every bit pattern, and a NaN for NaN", () => {
    const back = (bits: number): number => float16Bits(float16Value(bits));
    expect(firstWrong(0x10000, back, (bits) => (isNaNPattern(bits) ? 0x7e00 : bits))).toEqual({});
  });

  it("goes to the nearer of every two neighbours, and to the even one from halfway", () => {
    // What would come after the largest half, 65504, is 65536: halfway to it begins infinity.
    const next = (bits: number): number => (bits + 1 === INFINITE ? 65_536 : float16Value(bits + 1));
    const halfway = (bits: number): number => (float16Value(bits) + next(bits)) / 2;
    expect(
      firstWrong(
        INFINITE,
        (bits) => float16Bits(halfway(bits)),
        (bits) => bits + (bits % 2),
      ),
    ).toEqual({});
    expect(
      firstWrong(
        INFINITE,
        (bits) => float16Bits(below(halfway(bits))),
        (bits) => bits,
      ),
    ).toEqual({});
    expect(
      firstWrong(
        INFINITE,
        (bits) => float16Bits(above(halfway(bits))),
        (bits) => bits + 1,
      ),
    ).toEqual({});
    expect(
      firstWrong(
        INFINITE,
        (bits) => float16Bits(-above(halfway(bits))),
        (bits) => SIGN + bits + 1,
      ),
    ).toEqual({});
  });

  it.each([
    [65_519.999, 0x7bff],
    [65_520, 0x7c00],
    [-65_520, 0xfc00],
    [1e300, 0x7c00],
    [2 ** -25, 0x0000],
    [-(2 ** -25), 0x8000],
    [Number.MIN_VALUE, 0x0000],
    [-0, 0x8000],
    [Number.NaN, 0x7e00],
  ])("takes %d to %i", (value, bits) => {
    expect(float16Bits(value)).toBe(bits);
  });
});

describe("arrays of halves", () => {
  // By Float16Array where the environment has it: the two ways agree.
  it("are the same as number by number", () => {
    const values = fromFloat16Bits(patterns);
    expect(firstWrong(0x10000, (bits) => values[bits]!, float16Value)).toEqual({});
    const bits = toFloat16Bits(values);
    const wrong = patterns.findIndex((one) => !isNaNPattern(one) && bits[one] !== one);
    expect(wrong).toBe(-1);
    expect(bits.every((one, at) => isNaNPattern(one) === isNaNPattern(patterns[at]!))).toBe(true);
  });

  it("round as number by number", () => {
    const numbers = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.double({ min: -1e5, max: 1e5, noNaN: true })));
    fc.assert(
      fc.property(numbers, (values) => {
        expect([...toFloat16Bits(values)]).toEqual(values.map(float16Bits));
        expect([...toFloat16Bits(Float64Array.from(values))]).toEqual(values.map(float16Bits));
      }),
    );
  });

  it("may be views of larger ones", () => {
    const bits = Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400);
    expect([...fromFloat16Bits(bits.subarray(0, 3))]).toEqual([1, 2, 3]);
    expect([...fromFloat16Bits(bits.subarray(1, 3))]).toEqual([2, 3]);
    expect([...fromFloat16Bits(bits.subarray(4))]).toEqual([]);
  });

  it("fill whole 32-bit words", () => {
    expect([1, 2, 3].map((count) => bytesFor(count, "f16"))).toEqual([4, 4, 8]);
    expect(bytesFor(3, "f32")).toBe(12);
  });
});
