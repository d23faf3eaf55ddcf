// What the kernel that gathers a gradient finds the first tap of a cell by.
import { assert, integer, property } from "fast-check";
import { expect, it } from "vitest";
import { inverse } from "../../src/algorithms/gather-gradient.ts";

it("inverse finds the factor that leaves 1, for any modulus", () => {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  const sizes = integer({ min: 1, max: 2 ** 31 - 1 });
  assert(
    property(sizes, sizes, (a, b) => {
      const common = divisor(a, b);
      const [value, modulus] = [a / common, b / common];
      const factor = inverse(value, modulus);
      expect(factor).toBeGreaterThanOrEqual(0);
      expect(factor).toBeLessThan(modulus);
      expect((BigInt(value) * BigInt(factor)) % BigInt(modulus)).toBe(modulus === 1 ? 0n : 1n);
    }),
  );
});
