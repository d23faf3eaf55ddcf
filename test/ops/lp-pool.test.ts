// Lp pooling by the reference: its gradient, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { lpPool, lpPoolBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { POOLED_MAPS } from "./windows.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });
/** Away from 0, where powers and roots are not smooth. */
const positive = (shape: readonly number[], seed: number) => ({
  data: uniform(elementCount(shape), seed).map((value) => 1.5 + value),
  shape,
});

test.each(POOLED_MAPS)("the gradients of $name", ({ shape, options }) => {
  for (const norm of [{}, { norm: 3 }, { norm: 2.5 }, { norm: 1 }, { norm: 3, abs: true }]) {
    const x = positive(shape, 1);
    // Absolute values of numbers of both signs.
    if (norm.abs) x.data = x.data.map((value, at) => (at % 3 === 0 ? -value : value));
    const all = { ...options, ...norm };
    const y = lpPool(x, all);
    const dy = random(y.shape, 2);
    expectGradient(lpPoolBackward(dy, x, y, all), (array) => lpPool(array, all), x, dy);
  }
});

test("raises numbers with their sign, or their absolute values", () => {
  const x = { shape: [1, 1, 2], data: [-3, 4] };
  const pool = (options: object) => lpPool(x, { kernelSize: 2, ...options }).data[0];
  expect(pool({})).toBe(5);
  expect(pool({ norm: 1 })).toBe(1);
  expect(pool({ norm: 1, abs: true })).toBe(7);
  expect(pool({ norm: 3 })).toBeCloseTo(37 ** (1 / 3), 12);
  expect(pool({ norm: 1.5 })).toBeNaN();
});

const x = { shape: [1, 1, 4], data: [1, 2, 3, 4] };
test.each([
  [{ kernelSize: 2, norm: 0.5 }, "norm", "invalid-argument"],
  [{ kernelSize: 2, norm: Infinity }, "norm", "invalid-argument"],
  [{ kernelSize: 2, abs: 1 }, "abs", "invalid-argument"],
  [{ kernelSize: 2, divisor: 1 }, "options", "unknown-option"],
])("refuses %o", (options, argument, code) => {
  expect(refusal(() => lpPool(x, options as never))).toMatchObject({ argument, code });
});
