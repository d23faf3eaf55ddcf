// Covariance pooling by the reference: its gradient, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { covariancePool, covariancePoolBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { COVARIANCE_MAPS } from "./covariance-maps.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(COVARIANCE_MAPS.filter(({ shape }) => elementCount(shape) < 500))(
  "the gradient of $name",
  ({ shape, options }) => {
    const x = random(shape, 1);
    const dy = random(covariancePool(x, options).shape, 2);
    expectGradient(covariancePoolBackward(dy, x, options), (array) => covariancePool(array, options), x, dy);
  },
);

const x = { shape: [1, 2, 4], data: [1, 2, 3, 4, 5, 6, 7, 8] };
test.each([
  [() => covariancePool(x, { stride: 2 }), "stride", "invalid-argument"],
  [() => covariancePool(x, { kernelSize: 5 }), "kernelSize (spatial axis 0)", "empty-output"],
  [() => covariancePool(x, { centered: 1 } as never), "centered", "invalid-argument"],
  [() => covariancePool(x, { sigma: 1 } as never), "options", "unknown-option"],
  [() => covariancePoolBackward(x, x), "dy.shape", "shape-mismatch"],
])("refuses %#", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
