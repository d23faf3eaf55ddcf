// ConvProblem: every bad option is refused with a code and a message that names it, what it was and what it should be.
import { describe, expect, test } from "vitest";
import type { ConvErrorCode } from "../../src/base/error.ts";
import { type ConvDescriptor, convProblem } from "../../src/problem/problem.ts";
import { refusal } from "../suite/refusal.ts";

const PLAIN: ConvDescriptor = { inputShape: [2, 4, 10, 12], kernelShape: [6, 4, 3, 5] };

/** PLAIN with fields replaced by anything at all, as an untyped caller could. */
function descriptor(fields: Record<string, unknown>): ConvDescriptor {
  return { ...PLAIN, ...fields };
}

describe("refuses", () => {
  // [what, fields over PLAIN, code, argument, got, expected]
  const cases: [string, Record<string, unknown>, ConvErrorCode, string, string, string][] = [
    ["an input of rank 2", { inputShape: [4, 10] }, "shape-mismatch", "inputShape", "[4, 10]", "3 to 5 sizes"],
    [
      "an input of rank 6",
      { inputShape: [1, 1, 2, 2, 2, 2] },
      "shape-mismatch",
      "inputShape",
      "[1, 1, 2, 2, 2, 2]",
      "3 to 5 sizes",
    ],
    ["no input shape", { inputShape: undefined }, "shape-mismatch", "inputShape", "undefined", "3 to 5 sizes"],
    [
      "a kernel of another rank",
      { kernelShape: [6, 4, 3] },
      "shape-mismatch",
      "kernelShape",
      "[6, 4, 3]",
      "array of 4 sizes",
    ],
    [
      "a negative size",
      { inputShape: [1, 4, -2, 8] },
      "invalid-argument",
      "inputShape[2]",
      "-2",
      "integer of at least 0",
    ],
    [
      "a fractional size",
      { inputShape: [1, 4, 8.5, 8] },
      "invalid-argument",
      "inputShape[2]",
      "8.5",
      "integer of at least 0",
    ],
    [
      "a kernel without taps",
      { kernelShape: [6, 4, 0, 3] },
      "invalid-argument",
      "kernelShape (spatial axis 0)",
      "0",
      "integer of at least 1",
    ],
    [
      "no cells to reflect",
      { inputShape: [1, 4, 0, 8], padding: 2, paddingMode: "reflect" },
      "invalid-argument",
      "paddingMode",
      '"reflect"',
      "no cell to repeat",
    ],
    [
      "a size of NaN",
      { kernelShape: [NaN, 4, 3, 3] },
      "invalid-argument",
      "kernelShape[0]",
      "NaN",
      "integer of at least 0",
    ],
    [
      "a missing size",
      { inputShape: Array(4) },
      "invalid-argument",
      "inputShape[0]",
      "undefined",
      "integer of at least 0",
    ],
    [
      "a size as text",
      { inputShape: [1, 4, "8", 8] },
      "invalid-argument",
      "inputShape[2]",
      '"8"',
      "integer of at least 0",
    ],
    [
      "channels that differ",
      { kernelShape: [6, 3, 3, 5] },
      "shape-mismatch",
      "kernelShape",
      "[6, 3, 3, 5]",
      "4 channels a group",
    ],
    ["groups that do not divide C", { groups: 3 }, "shape-mismatch", "groups", "3", "divisor of the 4 input channels"],
    ["groups that do not divide K", { groups: 4 }, "shape-mismatch", "groups", "4", "divisor of the 6 output channels"],
    [
      "groups with the kernel of one",
      { groups: 2 },
      "shape-mismatch",
      "kernelShape",
      "[6, 4, 3, 5]",
      "2 channels a group",
    ],
    ["groups of 0", { groups: 0 }, "invalid-argument", "groups", "0", "integer of at least 1"],
    ["groups of 1.5", { groups: 1.5 }, "invalid-argument", "groups", "1.5", "integer of at least 1"],
    ["a stride of 0", { stride: 0 }, "invalid-argument", "stride", "0", "integer of at least 1"],
    ["a stride of 0 on one axis", { stride: [1, 0] }, "invalid-argument", "stride[1]", "0", "integer of at least 1"],
    ["a negative stride", { stride: -1 }, "invalid-argument", "stride", "-1", "integer of at least 1"],
    ["a stride of NaN", { stride: NaN }, "invalid-argument", "stride", "NaN", "integer of at least 1"],
    ["a stride as text", { stride: "2" }, "invalid-argument", "stride", '"2"', "integer of at least 1"],
    ["strides for three axes", { stride: [1, 1, 1] }, "shape-mismatch", "stride", "[1, 1, 1]", "array of 2"],
    ["a dilation of 0", { dilation: 0 }, "invalid-argument", "dilation", "0", "integer of at least 1"],
    [
      "a fractional dilation",
      { dilation: [1, 0.5] },
      "invalid-argument",
      "dilation[1]",
      "0.5",
      "integer of at least 1",
    ],
    [
      "an infinite dilation",
      { dilation: Infinity },
      "invalid-argument",
      "dilation",
      "Infinity",
      "integer of at least 1",
    ],
    ["a fractional padding", { padding: -1.5 }, "invalid-argument", "padding", "-1.5", "an integer"],
    ["a padding of NaN", { padding: [NaN, 0] }, "invalid-argument", "padding[0]", "NaN", "an integer"],
    [
      "a paddingMode that is none",
      { paddingMode: "mirror" },
      "invalid-argument",
      "paddingMode",
      '"mirror"',
      '"zeros", "reflect"',
    ],
    ["a paddingValue of NaN", { paddingValue: NaN }, "invalid-argument", "paddingValue", "NaN", "finite"],
    [
      "a paddingValue beyond f32",
      { paddingValue: 1e39 },
      "invalid-argument",
      "paddingValue",
      "1e+39",
      "finite number in the range of f32",
    ],
    [
      "a paddingValue with reflect",
      { paddingValue: 1, paddingMode: "reflect" },
      "invalid-argument",
      "paddingValue",
      "1",
      '"reflect"',
    ],
    [
      "a mode that is none",
      { mode: "correlation" },
      "invalid-argument",
      "mode",
      '"correlation"',
      '"cross-correlation"',
    ],
    ["a layout that is none", { layout: "nhwc" }, "invalid-argument", "layout", '"nhwc"', '"channels-last"'],
    ["a dtype that is none", { dtype: "i8" }, "invalid-argument", "dtype", '"i8"', '"f32"'],
    ["a bias that is no boolean", { bias: [1, 2] }, "invalid-argument", "bias", "[1, 2]", "true or false"],
    [
      "an unknown option",
      { strides: 2 },
      "unknown-option",
      "descriptor",
      '"strides"',
      "no option but stride, dilation",
    ],
    [
      "a kernel larger than the input",
      { kernelShape: [6, 4, 11, 5] },
      "empty-output",
      "kernelShape (spatial axis 0)",
      "11 cells spanning 11 with dilation 1",
      "at most the padded input, 10 cells",
    ],
    [
      "a dilated kernel larger than the padded input",
      { dilation: [1, 4], padding: [0, 2] },
      "empty-output",
      "kernelShape (spatial axis 1)",
      "5 cells spanning 17 with dilation 4",
      "at most the padded input, 16 cells",
    ],
    [
      "an input beyond 32-bit indexing",
      { inputShape: [2, 4, 32768, 32768] },
      "too-large",
      "inputShape",
      "[2, 4, 32768, 32768]",
      "2147483647 elements",
    ],
    [
      "a size beyond 32-bit indexing",
      { inputShape: [1, 4, 2 ** 32, 1] },
      "too-large",
      "inputShape[2]",
      "4294967296",
      "at most 2147483647",
    ],
    [
      "an output beyond 32-bit indexing",
      { padding: [30000, 30000] },
      "too-large",
      "output",
      "[2, 6, 60008, 60008]",
      "2147483647 elements",
    ],
    [
      "a padded input beyond 32-bit indexing",
      { padding: [2 ** 30, 0], stride: [2 ** 30, 1] },
      "too-large",
      "padding[0]",
      "[1073741824, 1073741824]",
      "at most 2147483647",
    ],
  ];
  test.each(cases)("%s", (_, fields, code, argument, got, expected) => {
    expect(refusal(() => convProblem("forward", descriptor(fields)))).toEqual({
      code,
      argument,
      got,
      expected: expect.stringContaining(expected),
    });
  });

  test("an unknown pass", () => {
    const pass = "backward" as "forward";
    expect(refusal(() => convProblem(pass, PLAIN))).toEqual({
      code: "invalid-argument",
      argument: "pass",
      got: '"backward"',
      expected: expect.stringContaining('"backward-data"'),
    });
  });

  test("options that are not an object", () => {
    const none = null as unknown as ConvDescriptor;
    expect(refusal(() => convProblem("forward", none))).toEqual({
      code: "invalid-argument",
      argument: "descriptor",
      got: "null",
      expected: expect.stringContaining("object of options"),
    });
  });
});
