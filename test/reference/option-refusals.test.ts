// Invalid options of every convolution of the reference; refusals.test.ts has the invalid arrays.
import { expect, test } from "vitest";
import type { ConvErrorCode } from "../../src/base/error.ts";
import { conv, convBackwardBias, convBackwardData, convBackwardWeights, convTranspose } from "../../src/reference.ts";
import { refusal } from "../suite/refusal.ts";
import { integers } from "./support.ts";

const x = integers([1, 2, 5, 6], 1);
const w = integers([4, 2, 3, 3], 2);
const dy = integers([1, 4, 3, 4], 3);

/** Options of any kind, as an untyped caller could write them. */
const options = (value: object): object => value;

const cases: [string, () => unknown, ConvErrorCode, string, string, string][] = [
  [
    "an unknown option of conv",
    () => conv(x, w, options({ strides: 2 })),
    "unknown-option",
    "options",
    '"strides"',
    "stride, dilation, padding",
  ],
  [
    "an option of convTranspose",
    () => conv(x, w, options({ outputPadding: 1 })),
    "unknown-option",
    "options",
    '"outputPadding"',
    "no option but",
  ],
  [
    "an unknown option of convTranspose",
    () => convTranspose(dy, w, options({ pad: 1 })),
    "unknown-option",
    "options",
    '"pad"',
    "outputShape",
  ],
  [
    "an activation of a backward pass without its output",
    () => convBackwardData(dy, w, { inputShape: x.shape, ...options({ activation: "relu" }) }),
    "invalid-argument",
    "preActivation",
    "undefined",
    "an object { data, shape }",
  ],
  [
    "a bias of a backward pass",
    () => convBackwardWeights(x, dy, { kernelShape: w.shape, ...options({ bias: [1] }) }),
    "unknown-option",
    "options",
    '"bias"',
    "kernelShape",
  ],
  [
    "a stride of the bias gradient",
    () => convBackwardBias(dy, options({ stride: 1 })),
    "unknown-option",
    "options",
    '"stride"',
    "layout",
  ],
  [
    "options that are not an object",
    () => conv(x, w, 2 as unknown as object),
    "invalid-argument",
    "options",
    "2",
    "object of options",
  ],
  [
    "a bad layout",
    () => convBackwardBias(dy, options({ layout: "NCHW" })),
    "invalid-argument",
    "layout",
    '"NCHW"',
    "channels-last",
  ],
  ["a stride of 0", () => conv(x, w, { stride: 0 }), "invalid-argument", "stride", "0", "at least 1"],
  ["a NaN", () => conv(x, w, { padding: NaN }), "invalid-argument", "padding", "NaN", "an integer"],
  ["groups that do not divide", () => conv(x, w, { groups: 3 }), "shape-mismatch", "groups", "3", "divisor of the 2"],
  [
    "channels that differ",
    () => conv(x, integers([4, 3, 3, 3], 2)),
    "shape-mismatch",
    "kernelShape",
    "[4, 3, 3, 3]",
    "2 channels a group",
  ],
  [
    "a kernel larger than the input",
    () => conv(x, integers([4, 2, 6, 3], 2)),
    "empty-output",
    "kernelShape (spatial axis 0)",
    "6 cells spanning 6 with dilation 1",
    "5 cells",
  ],
  [
    "an unknown activation",
    () => conv(x, w, options({ activation: "swish" })),
    "invalid-argument",
    "activation",
    '"swish"',
    '"silu"',
  ],
];

test.each(cases)("%s", (_, act, code, argument, got, expected) => {
  expect(refusal(act)).toEqual({ code, argument, got, expected: expect.stringContaining(expected) });
});
