// The reference of folding a batch normalisation: it preserves results, and what it refuses.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import type { Layout } from "../../src/problem/problem.ts";
import { type NdArray, batchNorm, conv, convTranspose, foldBatchNorm, linear } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";

const random = (shape: readonly number[], seed: number): NdArray => ({
  data: uniform(elementCount(shape), seed),
  shape,
});

const normalisation = (channels: number) => ({
  mean: random([channels], 3),
  variance: { shape: [channels], data: uniform(channels, 4).map((value) => Math.abs(value) + 0.25) },
  scale: random([channels], 5),
  bias: random([channels], 6),
  epsilon: 0.01,
});

function expectSame(got: NdArray, wanted: NdArray): void {
  expect(got.shape).toEqual(wanted.shape);
  for (let at = 0; at < wanted.data.length; at++) expect(got.data[at]).toBeCloseTo(wanted.data[at]!, 12);
}

interface Convolution {
  readonly name: string;
  readonly x: readonly number[];
  readonly w: readonly number[];
  readonly channels: number;
  readonly groups?: number;
  readonly transposed?: boolean;
  readonly layout?: Layout;
}

const CONVOLUTIONS: readonly Convolution[] = [
  { name: "2-D", x: [2, 3, 5, 4], w: [4, 3, 3, 2], channels: 4 },
  { name: "grouped", x: [1, 4, 5, 5], w: [6, 2, 3, 3], channels: 6, groups: 2 },
  { name: "depthwise", x: [1, 4, 6], w: [4, 1, 3], channels: 4, groups: 4 },
  { name: "channels last", x: [1, 5, 4, 4], w: [3, 3, 2, 6], channels: 6, groups: 2, layout: "channels-last" },
  { name: "transposed", x: [1, 3, 4, 4], w: [3, 2, 3, 3], channels: 2, transposed: true },
  { name: "transposed, grouped", x: [1, 4, 4], w: [4, 3, 3], channels: 6, groups: 2, transposed: true },
  {
    name: "transposed, grouped, channels last",
    x: [1, 4, 4],
    w: [3, 3, 4],
    channels: 6,
    groups: 2,
    transposed: true,
    layout: "channels-last",
  },
];

test.each(CONVOLUTIONS)("$name: the folded weights normalise", ({ x, w, channels, groups, transposed, layout }) => {
  const options = { ...(groups && { groups }), ...(layout && { layout }) };
  const [input, weights, convBias] = [random(x, 1), random(w, 2), random([channels], 7)];
  const batch = { ...normalisation(channels), ...(layout && { layout }) };
  const apply = transposed ? convTranspose : conv;
  const folded = foldBatchNorm(weights, { ...batch, convBias, ...(transposed && { transposed, ...options }) });
  expectSame(
    apply(input, folded.w, { ...options, bias: folded.bias }),
    batchNorm(apply(input, weights, { ...options, bias: convBias }), batch),
  );
});

test("a fully connected layer's, without a bias, in any layout", () => {
  const [x, w] = [random([3, 5], 1), random([4, 5], 2)];
  const folded = foldBatchNorm(w, { ...normalisation(4), layout: "channels-last" });
  expectSame(linear(x, folded.w, { bias: folded.bias }), batchNorm(linear(x, w), normalisation(4)));
});

const w = random([4, 3, 3], 1);

test.each([
  [() => foldBatchNorm(w, normalisation(3)), "mean.shape"],
  [() => foldBatchNorm(w, { ...normalisation(4), groups: 2 }), "groups"],
  [() => foldBatchNorm(w, { ...normalisation(6), transposed: true, groups: 3 }), "groups"],
  [() => foldBatchNorm(w, { ...normalisation(4), convBias: random([3], 1) }), "convBias.shape"],
  [() => foldBatchNorm(random([4, 3], 1), { ...normalisation(3), transposed: true }), "w.shape"],
  [() => foldBatchNorm(w, { ...normalisation(4), transposed: 1 as never }), "transposed"],
  [() => foldBatchNorm(w, { ...normalisation(4), momentum: 1 } as never), "options"],
])("refuses %o", (call, argument) => {
  expect(refusal(call)).toMatchObject({ argument });
});
