// NaN and infinities propagate to the results that depend on them and to no others; cells beyond the border count as values.
import { describe, expect, test } from "vitest";
import { conv, convBackwardBias, convBackwardData, convBackwardWeights } from "../../src/reference.ts";
import { floats, numbers } from "./support.ts";

/** Whether a kernel of 3 with padding 1 reads one cell of an axis for the output at the other. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1;

describe.each([NaN, Infinity])("%f", (bad) => {
  // Two groups of one channel over 6 x 7 cells; the bad value is in channel 1 at (2, 5).
  const options = { padding: 1, groups: 2 };
  const w = floats([4, 1, 3, 3], 1);
  const at = 42 + 2 * 7 + 5;

  test("in x reaches the outputs whose windows hold it", () => {
    const x = floats([1, 2, 6, 7], 2);
    const y = numbers(conv({ ...x, data: x.data.with(at, bad) }, w, options));
    y.forEach((value, i) => {
      const [k, p, q] = [Math.floor(i / 42), Math.floor(i / 7) % 6, i % 7];
      expect(Number.isFinite(value), `${k}, ${p}, ${q}`).toBe(!(k >= 2 && near(p, 2) && near(q, 5)));
    });
  });

  test("in dy reaches the inputs under its window, its kernel and its bias", () => {
    const x = floats([1, 2, 6, 7], 2);
    const dy = floats([1, 4, 6, 7], 3);
    const poisoned = { ...dy, data: dy.data.with(3 * 42 + 2 * 7 + 5, bad) };
    numbers(convBackwardData(poisoned, w, { ...options, inputShape: x.shape })).forEach((value, i) => {
      const [c, h, q] = [Math.floor(i / 42), Math.floor(i / 7) % 6, i % 7];
      expect(Number.isFinite(value), `${c}, ${h}, ${q}`).toBe(!(c === 1 && near(h, 2) && near(q, 5)));
    });
    numbers(convBackwardWeights(x, poisoned, { ...options, kernelShape: w.shape })).forEach((value, i) => {
      expect(Number.isFinite(value), `${i}`).toBe(i < 27);
    });
    expect(numbers(convBackwardBias(poisoned)).map((sum) => Number.isFinite(sum))).toEqual([true, true, true, false]);
  });
});

test("an infinite weight over a border of zeros is NaN, over a border of ones infinite", () => {
  const x = { data: [1, 1, 1], shape: [1, 1, 3] };
  const w = { data: [Infinity, 1], shape: [1, 1, 2] };
  expect(numbers(conv(x, w, { padding: [[1, 0]] }))).toEqual([NaN, Infinity, Infinity]);
  expect(numbers(conv(x, w, { padding: [[1, 0]], paddingValue: 1 }))).toEqual([Infinity, Infinity, Infinity]);
});

test("a weight of zero over an infinite cell is NaN", () => {
  const x = { data: [1, Infinity, 1, 1], shape: [1, 1, 4] };
  expect(numbers(conv(x, { data: [1, 0], shape: [1, 1, 2] }))).toEqual([NaN, Infinity, 1]);
});

test("in backward-weights the border's zeros meet an infinite dy; in backward-data the border takes its part away", () => {
  const dy = { data: [Infinity, 1, 1], shape: [1, 1, 3] };
  const x = { data: [1, 1, 1], shape: [1, 1, 3] };
  const options = { padding: [[1, 0]] as [number, number][] };
  expect(numbers(convBackwardWeights(x, dy, { ...options, kernelShape: [1, 1, 2] }))).toEqual([NaN, Infinity]);
  const w = { data: [1, 2], shape: [1, 1, 2] };
  expect(numbers(convBackwardData(dy, w, { ...options, inputShape: [1, 1, 3] }))).toEqual([Infinity, 3, 2]);
});

test("a dy of zero is no reason to skip: against an infinite weight or cell it is NaN", () => {
  const dy = { data: [0, 1], shape: [1, 1, 2] };
  const infinite = { data: [Infinity, 1], shape: [1, 1, 2] };
  expect(numbers(convBackwardData(dy, infinite, { inputShape: [1, 1, 3] }))).toEqual([NaN, Infinity, 1]);
  const x = { data: [Infinity, 1, 2], shape: [1, 1, 3] };
  expect(numbers(convBackwardWeights(x, dy, { kernelShape: [1, 1, 2] }))).toEqual([NaN, 2]);
});
