// Shape arithmetic against sizes counted by listing window positions one by one.
import { expect, test } from "vitest";
import {
  dilatedExtent,
  elementCount,
  fullPadding,
  outputSize,
  roundUp,
  samePadding,
  transposedOutputSize,
} from "../../src/base/shape.ts";

/** How many windows fit, by moving one along the padded axis. */
function countWindows(cells: number, kernel: number, stride: number, dilation: number): number {
  let windows = 0;
  for (let start = 0; start + (kernel - 1) * dilation < cells; start += stride) windows++;
  return windows;
}

/** Calls `check` for every small geometry of one axis. */
function everyAxis(check: (input: number, kernel: number, stride: number, dilation: number) => void): void {
  for (let input = 1; input <= 8; input++)
    for (let kernel = 1; kernel <= 5; kernel++)
      for (let stride = 1; stride <= 4; stride++)
        for (let dilation = 1; dilation <= 3; dilation++) check(input, kernel, stride, dilation);
}

test("outputSize counts the windows that fit", () => {
  everyAxis((input, kernel, stride, dilation) => {
    for (const [begin, end] of [
      [0, 0],
      [1, 0],
      [0, 2],
      [3, 3],
    ] as const) {
      const size = outputSize(input, kernel, stride, dilation, begin, end);
      expect(Math.max(size, 0)).toBe(countWindows(input + begin + end, kernel, stride, dilation));
    }
  });
});

test("same padding gives ceil(input / stride) outputs, with no cell to spare and the odd one at the end", () => {
  everyAxis((input, kernel, stride, dilation) => {
    const [begin, end] = samePadding(input, kernel, stride, dilation);
    const wanted = Math.ceil(input / stride);
    expect(outputSize(input, kernel, stride, dilation, begin, end)).toBe(wanted);
    expect(end - begin === 0 || end - begin === 1).toBe(true);
    const tighter = outputSize(input, kernel, stride, dilation, begin, end - 1);
    expect(end === 0 || tighter < wanted).toBe(true);
  });
});

test("full padding lets the first and the last window overlap the input by one cell", () => {
  everyAxis((input, kernel, _, dilation) => {
    const [begin, end] = fullPadding(kernel, dilation);
    expect([begin, end]).toEqual([dilatedExtent(kernel, dilation) - 1, dilatedExtent(kernel, dilation) - 1]);
    expect(outputSize(input, kernel, 1, dilation, begin, end)).toBe(input + (kernel - 1) * dilation);
  });
});

test("transposedOutputSize undoes outputSize for every outputPadding below the stride", () => {
  everyAxis((input, kernel, stride, dilation) => {
    for (let extra = 0; extra < stride; extra++) {
      const size = transposedOutputSize(input, kernel, stride, dilation, 1, 0, extra);
      if (size < 1) continue;
      expect(outputSize(size, kernel, stride, dilation, 1, 0)).toBe(input);
    }
  });
});

test("known sizes", () => {
  expect(outputSize(224, 7, 2, 1, 3, 3)).toBe(112);
  expect(outputSize(227, 11, 4, 1, 0, 0)).toBe(55);
  expect(transposedOutputSize(4, 3, 2, 1, 1, 1, 1)).toBe(8);
  expect(dilatedExtent(3, 2)).toBe(5);
  expect(elementCount([2, 3, 4])).toBe(24);
  expect(elementCount([])).toBe(1);
  expect(roundUp(13, 8)).toBe(16);
  expect(roundUp(16, 8)).toBe(16);
});
