// The generator of Winograd's transforms: the bilinear identity in exact fractions, for every tile and every pair of basis vectors,
// and the even-odd form that the shaders compute.
import { describe, expect, it } from "vitest";
import { cookToom } from "../../src/algorithms/winograd/cook-toom.ts";
import {
  ONE,
  type Rational,
  ZERO,
  add,
  divide,
  multiply,
  power,
  rational,
  toNumber,
} from "../../src/algorithms/winograd/rational.ts";
import { TILES } from "../../src/algorithms/winograd/tiles.ts";

describe("rational", () => {
  it("keeps lowest terms and a positive denominator", () => {
    expect(rational(6, -4)).toEqual({ numerator: -3n, denominator: 2n });
    expect(add(rational(1, 3), rational(1, 6))).toEqual(rational(1, 2));
    expect(multiply(rational(2, 3), rational(3, 4))).toEqual(rational(1, 2));
    expect(divide(rational(1, 2), rational(-1, 4))).toEqual(rational(-2));
    expect(power(rational(-2, 3), 3)).toEqual(rational(-8, 27));
    expect(power(ZERO, 0)).toEqual(ONE);
    expect(toNumber(rational(5, 8))).toBe(0.625);
  });

  it("refuses to divide by zero", () => {
    expect(() => divide(ONE, ZERO)).toThrow("denominator 0");
  });
});

describe.each(TILES.map((tile) => [tile.name, tile] as const))("%s", (_name, tile) => {
  const { m, r, points, transforms } = tile;
  const { output, filter, input } = transforms;

  it("computes the correlation of every pair of basis vectors, exactly", () => {
    for (let j = 0; j < r; j++) {
      for (let l = 0; l < points; l++) {
        // y_i = sum over j of w_j d_(i + j): with w = e_j and d = e_l it is 1 where l = i + j.
        const outputs = output.map((row) =>
          row.reduce((sum, value, p) => add(sum, multiply(value, multiply(filter[p]![j]!, input[p]![l]!))), ZERO),
        );
        expect(outputs).toEqual(Array.from({ length: m }, (_, i) => (l === i + j ? ONE : ZERO)));
      }
    }
  });

  it("has A^T and B^T exact in float32", () => {
    const exact = (value: Rational): boolean => Math.fround(toNumber(value)) === toNumber(value);
    expect([...output.flat(), ...input.flat()].every(exact)).toBe(true);
  });

  it("has the same matrices in even-odd form", () => {
    const { pairs, whole, halves, outputPowers, filterPowers, scales } = tile.factors;
    const numbers = (matrix: readonly (readonly Rational[])[]): number[][] => matrix.map((row) => row.map(toNumber));
    const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
    const spread = (values: readonly number[], first: number): number[] => {
      const row = zeros(points);
      values.forEach((value, e) => (row[2 * e + first] = value));
      return row;
    };
    const inputRows = [
      spread(whole, 0),
      ...pairs.flatMap((a, k) => {
        const even = spread(halves[k]!, 2);
        const odd = spread(halves[k]!, 1);
        return [even.map((value, at) => value + a * odd[at]!), even.map((value, at) => value - a * odd[at]!)];
      }),
      spread(whole, 1),
    ];
    const alternating = (powers: readonly number[]): number[][] => [
      [...powers],
      powers.map((value, exponent) => (exponent % 2 === 0 ? value : -value)),
    ];
    const first = (count: number): number[] => [1, ...zeros(count - 1)];
    const columns = [first(m), ...outputPowers.flatMap(alternating), first(m).toReversed()];
    const filterRows = [
      first(r).map((value) => value * scales[0]!),
      ...filterPowers.flatMap((powers, k) =>
        alternating(powers).map((row) => row.map((value) => value * scales[k + 1]!)),
      ),
      first(r).toReversed(),
    ];
    const near = (matrix: number[][]): unknown[][] =>
      matrix.map((row) => row.map((value) => expect.closeTo(value, 12)));
    expect(inputRows.map((row) => row.map((value) => value + 0))).toEqual(numbers(input));
    expect(output.map((_, i) => columns.map((column) => column[i]!))).toEqual(numbers(output));
    expect(numbers(filter)).toEqual(near(filterRows));
  });
});

describe("cookToom", () => {
  it("refuses a number of points that does not fit", () => {
    expect(() => cookToom(4, 3, [ONE])).toThrow("2 pairs");
  });

  it("makes the textbook F(2, 3), but for the signs of the filter", () => {
    const { output, filter, input } = cookToom(2, 3, [ONE]);
    expect(output.map((row) => row.map(toNumber))).toEqual([
      [1, 1, 1, 0],
      [0, 1, -1, 1],
    ]);
    expect(filter.map((row) => row.map(toNumber))).toEqual([
      [-1, -0, -0].map((value) => value + 0),
      [0.5, 0.5, 0.5],
      [0.5, -0.5, 0.5],
      [0, 0, 1],
    ]);
    expect(input.map((row) => row.map(toNumber))).toEqual([
      [-1, 0, 1, 0],
      [0, 1, 1, 0],
      [0, -1, 1, 0],
      [0, -1, 0, 1],
    ]);
  });
});
