// The CPU reference against PyTorch. Everything else is checked against the reference; the reference itself is checked against this, worked
// numbers and its own adjoints.
import { expect, test } from "vitest";
import { checkActivation } from "../../src/problem/activation.ts";
import { type Float64NdArray, activationValue, conv, convTranspose } from "../../src/reference.ts";
import { EVALUATION, ROUNDOFF, expectClose, given, gradient, map, scale, tolerances } from "./comparison.ts";
import { GOLDEN_PASSES, type GoldenCase, goldenCases } from "./golden.ts";

/** The result of a case by the reference. */
function computed(golden: GoldenCase): Float64NdArray {
  const { pass, options, bias, preActivation } = golden;
  if (pass === "forward") return conv(given(golden, "x"), given(golden, "w"), { ...options, bias });
  if (pass === "transposed") return convTranspose(given(golden, "x"), given(golden, "w"), { ...options, bias });
  const { activation } = options;
  return gradient(golden, given(golden, "dy"), preActivation && { activation, preActivation });
}

test("there are enough cases, and of every pass", () => {
  expect(goldenCases.length).toBeGreaterThanOrEqual(150);
  expect(new Set(goldenCases.map(({ pass }) => pass))).toEqual(new Set(GOLDEN_PASSES));
});

test.for(goldenCases.map((golden) => [golden.name, golden] as const))("%s", ([, golden]) => {
  expectClose(computed(golden), golden.expected, tolerances(golden, ROUNDOFF.float64));
});

const throughActivation = goldenCases.filter(({ preActivation }) => preActivation);

test.for(throughActivation.map((golden) => [golden.name, golden] as const))("output of %s", ([, golden]) => {
  const activation = checkActivation("activation", golden.options.activation);
  const sums = golden.preActivation!;
  expectClose(
    map(sums, (s) => activationValue(activation, s)),
    golden.output!,
    sums.data.map((s) => EVALUATION * ROUNDOFF.float64 * scale(activation, s)),
  );
});

test("the output of an activation gives the same gradient as the value before it", () => {
  const increasing = throughActivation.filter(
    ({ options }) => options.activation === "relu" || options.activation === "tanh",
  );
  expect(increasing.length).toBeGreaterThan(0);
  for (const golden of increasing) {
    const { output, options } = golden;
    const { activation } = options;
    const computedFromOutput = gradient(golden, given(golden, "dy"), { activation, output });
    expectClose(computedFromOutput, golden.expected, tolerances(golden, ROUNDOFF.float64));
  }
});
