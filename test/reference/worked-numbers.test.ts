// Results computed by hand, which every layer of the library is checked against.
import { describe, expect, test } from "vitest";
import { conv, convTranspose } from "../../src/reference.ts";
import { LAST, kernelToLast, numbers, toChannelsLast } from "./support.ts";

const INPUT = [
  [1, 3, 2, 3, 3],
  [3, 1, 2, 1, 1],
  [3, 3, 3, 1, 2],
  [2, 2, 1, 2, 1],
  [2, 3, 2, 1, 2],
];
const KERNEL = [
  [1, 3, 2],
  [1, 3, 3],
  [3, 1, 1],
];
const PADDED_BY_ONE = [
  [16, 28, 24, 28, 16],
  [27, 41, 38, 37, 21],
  [33, 40, 33, 25, 18],
  [32, 40, 37, 29, 17],
  [25, 27, 21, 20, 12],
];
const STRIDED_BY_TWO = [
  [16, 24, 16],
  [33, 33, 18],
  [25, 21, 12],
];
const x = { data: INPUT.flat(), shape: [1, 1, 5, 5] };
const w = { data: KERNEL.flat(), shape: [1, 1, 3, 3] };

describe.each(["channels-first", "channels-last"] as const)("one channel, %s", (layout) => {
  const first = layout === "channels-first";
  const input = first ? x : toChannelsLast(x);
  const kernel = first ? w : kernelToLast(w);
  const shape = (size: number): number[] => (first ? [1, 1, size, size] : [1, size, size, 1]);

  test("padding 1, stride 1", () => {
    const y = conv(input, kernel, { layout, padding: 1 });
    expect(y.shape).toEqual(shape(5));
    expect(numbers(y)).toEqual(PADDED_BY_ONE.flat());
    expect(numbers(conv(input, kernel, { layout, padding: "same" }))).toEqual(PADDED_BY_ONE.flat());
  });

  test("padding 1, stride 2", () => {
    const y = conv(input, kernel, { layout, padding: 1, stride: 2 });
    expect(y.shape).toEqual(shape(3));
    expect(numbers(y)).toEqual(STRIDED_BY_TWO.flat());
  });

  test.each([2, "full"] as const)("padding %s gives 7 x 7", (padding) => {
    const y = conv(input, kernel, { layout, padding });
    expect(y.shape).toEqual(shape(7));
    expect(numbers(y).slice(0, 7)).toEqual([1, 4, 8, 14, 12, 12, 9]);
    expect(numbers(y).slice(-7)).toEqual([4, 12, 15, 11, 9, 7, 2]);
  });

  test("no padding gives the middle of the padded map", () => {
    const y = conv(input, kernel, { layout });
    expect(y.shape).toEqual(shape(3));
    expect(numbers(y)).toEqual(PADDED_BY_ONE.slice(1, 4).flatMap((row) => row.slice(1, 4)));
  });

  test("a kernel turned by half a turn, in mode convolution, is the same", () => {
    const turned = { data: numbers(kernel).toReversed(), shape: kernel.shape };
    const y = conv(input, turned, { layout, padding: 1, mode: "convolution" });
    expect(numbers(y)).toEqual(PADDED_BY_ONE.flat());
  });
});

test("the first row with padding 2 is the top row of the input against the bottom row of the kernel", () => {
  // The kernel's rows are symmetric under neither flip, so that a wrong orientation cannot pass.
  const flipped = conv(x, w, { padding: 2, mode: "convolution" });
  expect(numbers(flipped).slice(0, 7)).toEqual([1, 6, 13, 15, 16, 15, 6]);
});

test("two channels and two kernels, batch of two, channels-last: each map in its own place", () => {
  const zeros = Array<number>(9).fill(0);
  const zero = Array<number>(25).fill(0);
  const double = x.data.map((value) => 2 * value);
  const batch = { data: [...x.data, ...double, ...zero, ...x.data], shape: [2, 2, 5, 5] };
  const kernels = { data: [...w.data, ...zeros, ...zeros, ...w.data], shape: [2, 2, 3, 3] };
  const y = PADDED_BY_ONE.flat();
  const maps = [y, y.map((value) => 2 * value), zero, y];
  expect(numbers(conv(batch, kernels, { padding: 1 }))).toEqual(maps.flat());
  const last = conv(toChannelsLast(batch), kernelToLast(kernels), { ...LAST, padding: 1 });
  expect(last.shape).toEqual([2, 5, 5, 2]);
  expect(numbers(last)).toEqual(numbers(toChannelsLast({ data: maps.flat(), shape: [2, 2, 5, 5] })));
});

test("a transposed convolution of one cell is the kernel, of two cells two kernels apart by the stride", () => {
  expect(numbers(convTranspose({ data: [1], shape: [1, 1, 1, 1] }, w))).toEqual(KERNEL.flat());
  const line = { data: [1, 3, 2], shape: [1, 1, 3] };
  const y = convTranspose({ data: [1, 10], shape: [1, 1, 2] }, line, { stride: 2, outputPadding: 1 });
  expect(y.shape).toEqual([1, 1, 6]);
  expect(numbers(y)).toEqual([1, 3, 2 + 10, 30, 20, 0]);
  const flipped = convTranspose({ data: [1, 10], shape: [1, 1, 2] }, line, { stride: 2, mode: "convolution" });
  expect(numbers(flipped)).toEqual([2, 3, 1 + 20, 30, 10]);
});
