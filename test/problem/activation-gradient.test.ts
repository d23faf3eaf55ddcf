// Activation gradients: which a pass takes, and refusals in words.
import { describe, expect, test } from "vitest";
import { type ConvDescriptor, type Pass, convProblem } from "../../src/problem/problem.ts";
import { refusal } from "../suite/refusal.ts";

const planned = (pass: Pass, activationGradient: unknown) =>
  convProblem(pass, {
    inputShape: [1, 2, 5, 5],
    kernelShape: [3, 2, 3, 3],
    activationGradient: activationGradient as NonNullable<ConvDescriptor["activationGradient"]>,
  }).activationGradient;

describe("activation gradients", () => {
  test("are of dy, in the forward pass of x, and in the backward-weights pass of either", () => {
    const given = { activation: "silu", from: "pre-activation" };
    expect(planned("backward-data", given)?.operand).toBe("dy");
    expect(planned("backward-weights", given)?.operand).toBe("dy");
    expect(planned("backward-weights", { ...given, operand: "x" })?.operand).toBe("x");
    expect(planned("forward", given)?.operand).toBe("x");
    expect(refusal(() => planned("forward", { ...given, operand: "dy" }))).toMatchObject({
      code: "invalid-argument",
      argument: "activationGradient.operand",
      got: '"dy"',
    });
  });

  test.each(["relu", "relu6", "leaky-relu", "sigmoid", "tanh", "elu"])("can be told from the output of %s", (name) => {
    expect(planned("backward-data", { activation: name, from: "output" })?.from).toBe("output");
  });

  test.each(["silu", "gelu", "hard-swish", { name: "leaky-relu", slope: -0.5 }, { name: "elu", alpha: -1 }])(
    "need the value before %j",
    (activation) => {
      expect(refusal(() => planned("backward-data", { activation, from: "output" }))).toMatchObject({
        code: "invalid-argument",
        argument: "activationGradient.from",
        expected: expect.stringContaining('"pre-activation"'),
      });
      expect(planned("backward-data", { activation, from: "pre-activation" })?.from).toBe("pre-activation");
    },
  );

  test.each([
    [{ from: "output" }, "activationGradient.activation", "undefined"],
    [{ activation: "swish", from: "output" }, "activationGradient.activation", '"swish"'],
    [{ activation: "relu" }, "activationGradient.from", "undefined"],
    [{ activation: "relu", from: "input" }, "activationGradient.from", '"input"'],
  ])("refuse %j", (given, argument, got) => {
    expect(refusal(() => planned("backward-data", given))).toMatchObject({ argument, got });
  });

  test("refuse an epilogue beside the gradient of weights", () => {
    const act = () =>
      convProblem("backward-weights", { inputShape: [1, 2, 5], kernelShape: [3, 2, 3], activation: "relu" });
    expect(refusal(act)).toMatchObject({ code: "invalid-argument", argument: "activation", got: '"relu"' });
  });
});
