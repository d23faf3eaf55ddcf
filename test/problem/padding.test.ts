// Padding in each of its accepted forms, and the reach of the modes that repeat the input.
import { describe, expect, test } from "vitest";
import type { ConvErrorCode } from "../../src/base/error.ts";
import { type PaddingMode, imageCells, resolvePadding } from "../../src/problem/padding.ts";
import { refusal } from "../suite/refusal.ts";

/** Padding of a 3 x 4 kernel with strides 1 and 2, the second axis dilated by 3, over 7 x 9 cells. */
function resolve(option: unknown): [number, number][] {
  return resolvePadding(option, [7, 9], [3, 4], [1, 2], [1, 3]);
}

describe("resolves", () => {
  test.each<[unknown, [number, number][]]>([
    [
      undefined,
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      2,
      [
        [2, 2],
        [2, 2],
      ],
    ],
    [
      [1, 3],
      [
        [1, 1],
        [3, 3],
      ],
    ],
    [
      [
        [1, 2],
        [0, 4],
      ],
      [
        [1, 2],
        [0, 4],
      ],
    ],
    [
      "valid",
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      "same",
      [
        [1, 1],
        [4, 5],
      ],
    ],
    [
      "same-lower",
      [
        [1, 1],
        [5, 4],
      ],
    ],
    [
      -1,
      [
        [-1, -1],
        [-1, -1],
      ],
    ],
    [
      [
        [-1, 2],
        [3, -4],
      ],
      [
        [-1, 2],
        [3, -4],
      ],
    ],
    [
      "full",
      [
        [2, 2],
        [9, 9],
      ],
    ],
  ])("%j", (option, pads) => {
    expect(resolve(option)).toEqual(pads);
  });
});

describe("refuses", () => {
  test.each<[unknown, ConvErrorCode, string, string, string]>([
    ["SAME", "invalid-argument", "padding", '"SAME"', '"valid", "same", "same-lower", "full"'],
    [0.5, "invalid-argument", "padding", "0.5", "an integer"],
    [NaN, "invalid-argument", "padding", "NaN", "an integer"],
    [{}, "invalid-argument", "padding", "an object with keys []", "an integer"],
    [[1], "shape-mismatch", "padding", "[1]", "array of 2"],
    [[1, 1, 1, 1], "shape-mismatch", "padding", "[1, 1, 1, 1]", "array of 2"],
    [[[1, 1]], "shape-mismatch", "padding", "[[1, 1]]", "2 [begin, end] pairs"],
    [[1, [1, 1]], "shape-mismatch", "padding[0]", "1", "[begin, end] pair"],
    [
      [
        [1, 1],
        [1, 1, 1],
      ],
      "shape-mismatch",
      "padding[1]",
      "[1, 1, 1]",
      "[begin, end] pair",
    ],
    [
      [
        [1, 1],
        [NaN, 0],
      ],
      "invalid-argument",
      "padding[1][0]",
      "NaN",
      "an integer",
    ],
  ])("%j", (option, code, argument, got, expected) => {
    expect(refusal(() => resolve(option))).toEqual({
      code,
      argument,
      got,
      expected: expect.stringContaining(expected),
    });
  });
});

describe("an image of the input", () => {
  test.each<[PaddingMode, number, number]>([
    ["zeros", 4, Infinity],
    ["replicate", 4, Infinity],
    ["reflect", 4, 3],
    ["symmetric", 4, 4],
    ["circular", 4, 4],
    ["reflect", 1, 1],
  ])("of %s has, for %i cells, %d before it repeats one", (mode, size, cells) => {
    expect(imageCells(mode, size)).toBe(cells);
  });
});
