// The reference of locally connected layers: gradients, agreement with convolution where all weights are equal, and refusals.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import {
  conv,
  locallyConnected,
  locallyConnectedBackwardBias,
  locallyConnectedBackwardData,
  locallyConnectedBackwardWeights,
} from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";
import { LOCAL_CASES, localWeights } from "./local.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(LOCAL_CASES)("the gradients of $name", (one) => {
  const [x, w] = [random(one.x, 1), random(localWeights(one).shape, 2)];
  const y = locallyConnected(x, w, one.options);
  const bias = random(y.shape.slice(1), 3);
  const dy = random(y.shape, 4);
  const options = { ...one.options, inputShape: one.x };
  expectGradient(
    locallyConnectedBackwardData(dy, w, options),
    (a) => locallyConnected(a, w, { ...one.options, bias }),
    x,
    dy,
  );
  expectGradient(
    locallyConnectedBackwardWeights(x, dy, one.options),
    (b) => locallyConnected(x, b, { ...one.options, bias }),
    w,
    dy,
  );
  expectGradient(
    locallyConnectedBackwardBias(dy),
    (b) => locallyConnected(x, w, { ...one.options, bias: b }),
    bias,
    dy,
  );
});

test("is the convolution where all weights are alike", () => {
  const options = { stride: [2, 1], padding: 1, groups: 2 };
  const [x, w] = [random([2, 4, 6, 5], 1), random([6, 2, 3, 2], 2)];
  const y = conv(x, w, options);
  const cells = elementCount(y.shape.slice(2));
  const local = { shape: [6, 12, ...y.shape.slice(2)], data: Array.from(w.data).flatMap((v) => Array(cells).fill(v)) };
  const got = locallyConnected(x, local, { ...options, kernelSize: [3, 2] });
  y.data.forEach((value, at) => expect(got.data[at]).toBeCloseTo(value, 12));
});

test.each([
  [[2, 9, 3, 3], { kernelSize: 3, groups: 3 }, "groups", "shape-mismatch"],
  [[2, 9, 3, 2], { kernelSize: 3 }, "w.shape", "shape-mismatch"],
  [[2, 8, 3, 3], { kernelSize: 3 }, "w.shape", "shape-mismatch"],
  [[2, 9, 3, 3], {}, "kernelSize", "invalid-argument"],
  [[2, 9, 3, 3], { kernelSize: 6 }, "kernelSize (spatial axis 0)", "empty-output"],
  [[2, 9, 3, 3], { kernelSize: 3, paddingMode: "reflect" }, "options", "unknown-option"],
  [[2, 9, 3, 3], { kernelSize: 3, bias: random([2], 1) }, "bias.shape", "shape-mismatch"],
])("refuses %o with %o", (w, options, argument, code) => {
  const call = () => locallyConnected(random([1, 1, 5, 5], 1), random(w, 2), options as never);
  expect(refusal(call)).toMatchObject({ argument, code });
});
