// The reference of softmax: its gradients, and what it refuses.
import { expect, test } from "vitest";
import { logSoftmax, logSoftmaxBackward, softmax, softmaxBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";

const reference = { softmax, logSoftmax, softmaxBackward, logSoftmaxBackward };

const x = { data: uniform(48, 5), shape: [2, 3, 8] };
const dy = { data: uniform(48, 6), shape: [2, 3, 8] };

test.each([{}, { axis: 0 }, { axis: -1 }, { layout: "channels-last" as const }])("the gradients with %o", (options) => {
  for (const [call, gradient] of [
    ["softmax", "softmaxBackward"],
    ["logSoftmax", "logSoftmaxBackward"],
  ] as const) {
    const output = reference[call](x, options);
    expectGradient(reference[gradient](dy, { ...options, output }), (array) => reference[call](array, options), x, dy);
  }
});

test("adds up to 1 along the channels, without overflow", () => {
  const { data } = softmax({ data: [1000, 1000, -1000, 3, 3, 3], shape: [2, 3] });
  expect([...data]).toEqual([0.5, 0.5, 0, 1 / 3, 1 / 3, 1 / 3].map((v) => expect.closeTo(v, 12)));
});

test.each([
  [{ axis: 3 }, "axis", "invalid-argument"],
  [{ axis: -4 }, "axis", "invalid-argument"],
  [{ axis: 0.5 }, "axis", "invalid-argument"],
  [{ dim: 1 }, "options", "unknown-option"],
  [{ layout: "NCHW" }, "layout", "invalid-argument"],
])("refuses %o", (options, argument, code) => {
  expect(refusal(() => softmax(x, options as never))).toMatchObject({ argument, code });
});

test("refuses gradients without the output", () => {
  expect(refusal(() => softmaxBackward(dy, {} as never)).argument).toBe("output");
});
