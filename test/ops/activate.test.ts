// The reference of activations: their gradients, and what they refuse.
import { describe, expect, test } from "vitest";
import { ELEMENT_ACTIVATIONS, checkElementActivation } from "../../src/ops/shared/geometry/element-activation.ts";
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
  [{ name: "selu", beta: 1 }, "activation", "unknown-option"],
  [{ name: "celu", alpha: 0 }, "activation.alpha", "invalid-argument"],
  [{ name: "hard-sigmoid", alpha: Infinity }, "activation.alpha", "invalid-argument"],
  ["hardswish", "activation", "invalid-argument"],
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
  [{ activation: { name: "selu", gamma: -1 }, output: x }, "output", "invalid-argument"],
  [{ activation: "mish", output: x }, "output", "invalid-argument"],
  [{ activation: "relu", gate: x }, "options", "unknown-option"],
])("refuses the gradient with %o", (options, argument, code) => {
  expect(refusal(() => activateBackward(dy, options as never))).toMatchObject({ argument, code });
});

test("names are the camel case words of WebNN or ONNX, in lower case, with hyphens between them", () => {
  for (const name of ELEMENT_ACTIVATIONS) expect(name).toMatch(/^[a-z]+[0-9]?(?:-[a-z]+)*$/);
  // Where PyTorch has one word and the standards have two.
  expect(ELEMENT_ACTIVATIONS).toEqual(expect.arrayContaining(["hard-swish", "hard-sigmoid", "thresholded-relu"]));
});

test.each([
  ["linear", { alpha: 1, beta: 0 }],
  ["selu", { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }],
  ["celu", { alpha: 1 }],
  ["softplus", { beta: 1, threshold: 20 }],
  ["shrink", { lambd: 0.5, bias: 0 }],
  ["thresholded-relu", { alpha: 1 }],
  ["hard-sigmoid", { alpha: 1 / 6, beta: 0.5 }],
  ["gelu", { approximate: "none" }],
  ["leaky-relu", { slope: 0.01 }],
  ["elu", { alpha: 1 }],
])("%s given its own defaults is %s", (name, defaults) => {
  expect(checkElementActivation("activation", { name, ...defaults })).toEqual(
    checkElementActivation("activation", name),
  );
});
