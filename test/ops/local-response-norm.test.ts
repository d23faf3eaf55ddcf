// The reference of local response normalisation: its gradient, its windows, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import type { LocalResponseNormOptions } from "../../src/ops/local-response-norm/geometry.ts";
import { localResponseNorm, localResponseNormBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each<LocalResponseNormOptions>([
  { size: 3, alpha: 0.5 },
  { size: 2, alpha: 1, beta: 0.5, k: 2 },
  { size: 4, alpha: 0.3, average: false, extraChannel: "after" },
  { size: 9, alpha: 2 },
])("the gradient with %o", (options) => {
  const [x, dy] = [random([2, 5, 2, 2], 1), random([2, 5, 2, 2], 2)];
  expectGradient(localResponseNormBackward(dy, x, options), (array) => localResponseNorm(array, options), x, dy);
});

test("a window of even size has its extra channel before or after, and is averaged or not", () => {
  const x = { shape: [1, 4, 1], data: [1, 2, 3, 4] };
  const by = (divisors: number[]) => divisors.map((divisor, at) => x.data[at]! / divisor);
  const options = { size: 2, alpha: 1, beta: 1, k: 0, average: false };
  expect([...localResponseNorm(x, options).data]).toEqual(by([1, 5, 13, 25]));
  expect([...localResponseNorm(x, { ...options, extraChannel: "after" }).data]).toEqual(by([5, 13, 25, 16]));
  expect([...localResponseNorm(x, { ...options, average: true }).data]).toEqual(by([0.5, 2.5, 6.5, 12.5]));
});

const x = random([1, 3, 2], 1);

test.each([
  [() => localResponseNorm(x, {} as never), "size"],
  [() => localResponseNorm(x, { size: 0 }), "size"],
  [() => localResponseNorm(x, { size: 3, alpha: Number.NaN }), "alpha"],
  [() => localResponseNorm(x, { size: 3, average: 1 as never }), "average"],
  [() => localResponseNorm(x, { size: 3, extraChannel: "both" as never }), "extraChannel"],
  [() => localResponseNorm(random([2, 3], 1), { size: 3 }), "x.shape"],
  [() => localResponseNormBackward(random([1, 3, 3], 1), x, { size: 3 }), "dy.shape"],
  [() => localResponseNorm(x, { size: 3, bias: 1 } as never), "options"],
])("refuses %o", (call, argument) => {
  expect(refusal(call)).toMatchObject({ argument });
});
