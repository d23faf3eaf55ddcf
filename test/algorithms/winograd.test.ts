// The generator of Winograd's transforms: the bilinear identity in exact arithmetic, for every tile and every pair of basis vectors,
// and the even-odd form that the shaders compute.
import { describe, expect, it } from "vitest";
import { TILES } from "../../src/algorithms/winograd/tiles.ts";
import { amplificationOf, cookToom, magnitudeOf } from "../suite/winograd-matrices.ts";

/** A number in units of 2^-64, in which all that is tested here is whole. */
function exact(value: number): bigint {
  const units = value * 2 ** 64;
  expect(Number.isInteger(units)).toBe(true);
  return BigInt(units);
}

const ONE = exact(1);

describe.each(TILES.map((tile) => [tile.name, tile] as const))("%s", (_name, tile) => {
  const { m, r, points, factors } = tile;
  const transforms = cookToom(m, r, factors.pairs);
  const { output, powers, divisors, filter, input } = transforms;

  it("computes the correlation of every pair of basis vectors, exactly", () => {
    for (let j = 0; j < r; j++) {
      for (let l = 0; l < points; l++) {
        // y_i = sum over j of w_j d_(i + j): with w = e_j and d = e_l it is 1 where l = i + j.
        // Both sides are multiplied by all divisors of G: the other divisors are left of those of a term.
        const others = (p: number): bigint =>
          divisors.reduce((product, divisor, at) => (at === p ? product : product * exact(divisor)), 1n);
        const outputs = output.map((row) =>
          row.reduce((sum, a, p) => sum + exact(a) * exact(powers[p]![j]!) * exact(input[p]![l]!) * others(p), 0n),
        );
        const all = divisors.reduce((product, divisor) => product * exact(divisor), 1n);
        expect(outputs).toEqual(Array.from({ length: m }, (_, i) => (l === i + j ? ONE ** 2n * all : 0n)));
      }
    }
  });

  it("has A^T and B^T exact in float32, and the quotients of G rounded once", () => {
    expect([...output.flat(), ...input.flat()].every((value) => Math.fround(value) === value)).toBe(true);
    expect(filter).toEqual(powers.map((row, p) => row.map((power) => power / divisors[p]!)));
  });

  it("has the same matrices in even-odd form", () => {
    const { pairs, whole, halves, outputPowers, filterPowers, scales } = tile.factors;
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
    const alternating = (values: readonly number[]): number[][] => [
      [...values],
      values.map((value, exponent) => (exponent % 2 === 0 ? value : -value)),
    ];
    const first = (count: number): number[] => [1, ...zeros(count - 1)];
    const columns = [first(m), ...outputPowers.flatMap(alternating), first(m).toReversed()];
    const filterRows = [
      first(r).map((value) => value * scales[0]!),
      ...filterPowers.flatMap((own, k) => alternating(own).map((row) => row.map((value) => value * scales[k + 1]!))),
      first(r).toReversed(),
    ];
    const near = (matrix: number[][]): unknown[][] =>
      matrix.map((row) => row.map((value) => expect.closeTo(value, 12)));
    expect(inputRows.map((row) => row.map((value) => value + 0))).toEqual(input);
    expect(output.map((_, i) => columns.map((column) => column[i]!))).toEqual(output);
    expect(filter).toEqual(near(filterRows));
  });
});

describe.each(TILES.map((tile) => [tile.name, tile] as const))("the error bound of %s", (_name, tile) => {
  const transforms = cookToom(tile.m, tile.r, tile.factors.pairs);
  const { output, filter, input } = transforms;

  it("has the amplification of its matrices, rounded up", () => {
    const exactly = amplificationOf(transforms);
    expect(tile.amplification).toBeGreaterThanOrEqual(exactly);
    expect(tile.amplification).toBeLessThan(exactly * 1.0001);
  });

  it("has their magnitude if they are whole multiples of 1/2", () => {
    const halves = [output, filter, input].flat(2).every((value) => Number.isInteger(2 * value));
    expect(tile.magnitude).toBe(halves ? magnitudeOf(transforms) : undefined);
  });
});

describe("cookToom", () => {
  it("refuses a number of points that does not fit", () => {
    expect(() => cookToom(4, 3, [1])).toThrow("2 pairs");
  });

  it("makes the textbook F(2, 3), but for the signs of the filter", () => {
    const { output, filter, input } = cookToom(2, 3, [1]);
    expect(output).toEqual([
      [1, 1, 1, 0],
      [0, 1, -1, 1],
    ]);
    expect(filter).toEqual([
      [-1, -0, -0],
      [0.5, 0.5, 0.5],
      [0.5, -0.5, 0.5],
      [0, 0, 1],
    ]);
    expect(input).toEqual([
      [-1, 0, 1, 0],
      [0, 1, 1, 0],
      [0, -1, 1, 0],
      [0, -1, 0, 1],
    ]);
  });
});
