// Convolutions of other kinds and layers on a batch of none: results have their shapes, and sums over the batch are zeros.
import { afterAll, expect, it } from "vitest";
import { type Tensor, createEngine } from "../../src/index.ts";
import {
  linear,
  linearBackward,
  locallyConnectedBackwardWeights,
  separableConv,
  separableConvBackward,
  spatiallySeparableConvBackward,
} from "../../src/ops/index.ts";
import { tensorsOf } from "./call.ts";

const engine = await createEngine();
afterAll(() => engine.destroy());

const none = engine.empty([0, 2, 5, 5]);
const [kernels, mixing, wide] = [[2, 1, 3, 3], [4, 2, 1, 1], [3]].map((shape) =>
  engine.tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(2), shape),
) as [Tensor, Tensor, Tensor];
const [rows, weights] = [engine.empty([0, 3]), engine.tensor([1, 2, 3, 4, 5, 6], [2, 3])];

it.each<[string, () => unknown, number[][]]>([
  ["linear", () => linear(rows, weights, { bias: engine.tensor([1, 2], [2]) }), [[0, 2]]],
  ["linearBackward", () => linearBackward(engine.empty([0, 2]), rows, weights), [[0, 3], [2, 3], [2]]],
  ["separableConv", () => separableConv(none, kernels, mixing), [[0, 4, 3, 3]]],
  [
    "separableConvBackward",
    () => separableConvBackward(engine.empty([0, 4, 3, 3]), none, kernels, mixing),
    [
      [0, 2, 5, 5],
      [2, 1, 3, 3],
      [4, 2, 1, 1],
    ],
  ],
  [
    "spatiallySeparableConvBackward",
    () => spatiallySeparableConvBackward(engine.empty([0, 2, 3, 3]), none, [wide, wide]),
    [[0, 2, 5, 5], [3], [3]],
  ],
  [
    "locallyConnectedBackwardWeights",
    () => locallyConnectedBackwardWeights(none, engine.empty([0, 4, 3, 3]), { kernelSize: 3 }),
    [[4, 18, 3, 3]],
  ],
])("%s", async (_, call, shapes) => {
  const results = tensorsOf(call());
  for (const [at, tensor] of results.entries()) {
    expect(tensor.shape).toEqual(shapes[at]);
    expect([...(await tensor.read())].every((value) => value === 0)).toBe(true);
  }
  expect(results.length).toBe(shapes.length);
});
