// Beds of nails by the reference: their gradient, and what they refuse.
import { expect, test } from "vitest";
import { bedOfNails, bedOfNailsBackward } from "../../src/reference.ts";
import { refusal } from "../suite/refusal.ts";

test("a bed of nails, and its gradient", () => {
  const x = { shape: [1, 1, 2, 2], data: [1, 2, 3, 4] };
  const y = bedOfNails(x, { kernelSize: [1, 2] });
  expect(y).toEqual({ shape: [1, 1, 2, 4], data: Float64Array.of(1, 0, 2, 0, 3, 0, 4, 0) });
  expect([...bedOfNailsBackward(y, { kernelSize: [1, 2] }).data]).toEqual(x.data);
});

const x = { shape: [1, 1, 4], data: [1, 2, 3, 4] };
test.each([
  [() => bedOfNails(x, { kernelSize: 0 }), "kernelSize", "invalid-argument"],
  [() => bedOfNailsBackward(x, { kernelSize: 3 }), "dy.shape", "shape-mismatch"],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
