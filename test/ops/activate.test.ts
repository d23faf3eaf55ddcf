// The reference of activations: their gradients, and what they refuse.
import { describe, expect, test } from "vitest";
import { activate, activateBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { ACTIVATIONS, nameOf } from "./activations.ts";
import { expectGradient } from "./finite-differences.ts";

const shape = [2, 3, 8];
const x = { data: uniform(48, 3).map((v) => 5 * v), shape };
const dy = { data: uniform(48, 4), shape };

describe.each(ACTIVATIONS.map((one) => ({ ...one, name: nameOf(one.option) })))("$name", ({ option, fromOutput }) => {
  test("has the gradient of finite differences", () => {
    const gradient = activateBackward(dy, { activation: option, preActivation: x });
    expectGradient(gradient, (array) => activate(array, option), x, dy);
  });
  if (!fromOutput) return;
  test("has the same gradient computed from its output", () => {
    const output = activate(x, option);
    const wanted = activateBackward(dy, { activation: option, preActivation: x }).data;
    activateBackward(dy, { activation: option, output }).data.forEach((value, at) =>
      expect(value).toBeCloseTo(wanted[at]!, 12),
    );
  });
});

test.each([
  [undefined, "activation", "invalid-argument"],
  ["swish", "activation", "invalid-argument"],
  [{ name: "none" }, "activation.name", "invalid-argument"],
  [{ name: "gelu", approximate: "sigmoid" }, "activation.approximate", "invalid-argument"],
  [{ name: "selu", alpha: 1 }, "activation", "unknown-option"],
  [{ name: "relu", approximate: "tanh" }, "activation", "unknown-option"],
  [{ name: "softplus", beta: 0 }, "activation.beta", "invalid-argument"],
  [{ name: "softplus", threshold: "20" }, "activation.threshold", "invalid-argument"],
])("refuses the activation %o", (option, argument, code) => {
  expect(refusal(() => activate(x, option as never))).toMatchObject({ argument, code });
});

test.each([
  [{ activation: "relu" }, "preActivation", "invalid-argument"],
  [{ activation: "relu", output: x, preActivation: x }, "output", "invalid-argument"],
  [{ activation: "softplus", output: x }, "output", "invalid-argument"],
  [{ activation: { name: "leaky-relu", slope: -1 }, output: x }, "output", "invalid-argument"],
  [{ activation: "relu", gate: x }, "options", "unknown-option"],
])("refuses the gradient with %o", (options, argument, code) => {
  expect(refusal(() => activateBackward(dy, options as never))).toMatchObject({ argument, code });
});
