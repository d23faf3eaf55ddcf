// The reference of dropout: its random numbers, its gradient, and what it refuses.
import { expect, test } from "vitest";
import { randomOf } from "../../src/ops/dropout/geometry.ts";
import { dropout, dropoutBackward, dropoutWithMask } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";

/** An array [2, 4, 3, 4] in channels-last order. */
const channelsLast = ({ data }: { data: ArrayLike<number> }) => ({
  data: Float64Array.from(
    { length: 96 },
    (_, at) => data[(Math.floor(at / 48) * 4 + (at % 4)) * 12 + (Math.floor(at / 4) % 12)]!,
  ),
  shape: [2, 3, 4, 4],
});

const x = { data: uniform(96, 1), shape: [2, 4, 3, 4] };

test.each([{ seed: 1 }, { seed: 2, rate: 0.3, perChannel: true }])("the gradient with %o", (options) => {
  const dy = { data: uniform(96, 2), shape: x.shape };
  expectGradient(dropoutBackward(dy, options), (array) => dropout(array, options), x, dy);
});

test("the mask is 1 where elements are kept, zeros among them", () => {
  const options = { seed: 9, rate: 0.25 };
  const { y, mask } = dropoutWithMask({ data: new Float64Array(64), shape: [64] }, options);
  expect(y.data.every((value) => value === 0)).toBe(true);
  expect([...mask.data]).toEqual(
    [...dropout({ data: mask.data.map(() => 1), shape: [64] }, options).data].map((v) => (v > 0 ? 1 : 0)),
  );
  const kept = mask.data.reduce((sum, one) => sum + one, 0);
  expect(kept).toBeGreaterThan(32);
  expect(kept).toBeLessThan(64);
});

test("drops the same elements in both layouts, and whole channels on request", () => {
  for (const perChannel of [false, true]) {
    const options = { seed: 7, perChannel };
    const first = dropout(x, options);
    expect(dropout(channelsLast(x), { ...options, layout: "channels-last" })).toEqual(channelsLast(first));
    const channels = Array.from({ length: 8 }, (_, c) => first.data.slice(c * 12, (c + 1) * 12).map(Math.abs));
    const mixed = channels.filter((cells) => cells.some((v) => v > 0) && cells.some((v) => v === 0));
    expect(mixed.length > 0).toBe(!perChannel);
  }
});

test("draws uniform numbers, independent of those of neighbours and of other seeds", () => {
  const count = 2 ** 16;
  const centred = (counter: number, low: number, high = 0): number => randomOf(counter, [low, high]) / 2 ** 32 - 0.5;
  const pairs: [string, (at: number) => number][] = [
    ["mean", () => 1],
    ["next", (at) => centred(at + 1, 42)],
    ["64 apart", (at) => centred(at + 64, 42)],
    ["3136 apart", (at) => centred(at + 3136, 42)],
    ["next seed", (at) => centred(at, 43)],
    ["seed beyond 32 bits", (at) => centred(at, 42, 1)],
    ["bit below", (at) => (((randomOf(at, [42, 0]) >>> 8) & 1) - 0.5) / Math.sqrt(3)],
  ];
  for (const [name, other] of pairs) {
    let [sum, squares] = [0, 0];
    for (let at = 0; at < count; at++) {
      const product = centred(at, 42) * other(at);
      sum += product;
      squares += product * product;
    }
    // A sum of independent terms is within five standard deviations, except once in a million times.
    expect(Math.abs(sum), name).toBeLessThan(5 * Math.sqrt(squares));
  }
});

test.each([
  [{}, "seed", "invalid-argument"],
  [{ seed: -1 }, "seed", "invalid-argument"],
  [{ seed: 2 ** 53 }, "seed", "invalid-argument"],
  [{ seed: 1, rate: 1.5 }, "rate", "invalid-argument"],
  [{ seed: 1, perChannel: 1 }, "perChannel", "invalid-argument"],
  [{ seed: 1, p: 0.5 }, "options", "unknown-option"],
])("refuses %o", (options, argument, code) => {
  expect(refusal(() => dropout(x, options as never))).toMatchObject({ argument, code });
});

test("refuses to drop the channels of a matrix", () => {
  const call = () => dropout({ data: [1, 2], shape: [1, 2] }, { seed: 1, perChannel: true });
  expect(refusal(call).argument).toBe("perChannel");
});
