// Padding in each of its accepted forms, and the reach of the modes that repeat the input.
import { describe, expect, test } from "vitest";
import type { ConvErrorCode } from "../../src/base/error.ts";
import { type PaddingMode, checkPaddingMode, resolvePadding } from "../../src/problem/padding.ts";
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
    ["SAME", "invalid-argument", "padding", '"SAME"', '"valid", "same", "full"'],
    [-1, "invalid-argument", "padding", "-1", "integer of at least 0"],
    [0.5, "invalid-argument", "padding", "0.5", "integer of at least 0"],
    [NaN, "invalid-argument", "padding", "NaN", "integer of at least 0"],
    [{}, "invalid-argument", "padding", "an object with keys []", "integer of at least 0"],
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
        [1, -2],
      ],
      "invalid-argument",
      "padding[1][1]",
      "-2",
      "integer of at least 0",
    ],
    [
      [
        [1, 1],
        [NaN, 0],
      ],
      "invalid-argument",
      "padding[1][0]",
      "NaN",
      "integer of at least 0",
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

describe("reach", () => {
  const reach = (mode: PaddingMode, pair: [number, number]) => () => checkPaddingMode(mode, [[0, 0], pair], [9, 4]);

  test("zeros and replicate have none", () => {
    expect(reach("zeros", [100, 100])).not.toThrow();
    expect(reach("replicate", [100, 100])).not.toThrow();
  });

  test("reflect stops one short of the input, circular at the input", () => {
    expect(reach("reflect", [3, 3])).not.toThrow();
    expect(reach("circular", [4, 4])).not.toThrow();
    expect(refusal(reach("reflect", [0, 4]))).toEqual({
      code: "invalid-argument",
      argument: "padding[1]",
      got: "[0, 4]",
      expected: expect.stringContaining("at most 3"),
    });
    expect(refusal(reach("circular", [5, 0]))).toEqual({
      code: "invalid-argument",
      argument: "padding[1]",
      got: "[5, 0]",
      expected: expect.stringContaining("at most 4"),
    });
  });
});
