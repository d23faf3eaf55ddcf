// The same convolution written in several ways agrees: both layouts, any rank, grouped or split, with and without an epilogue.
import { describe, expect, test } from "vitest";
import {
  type NdArray,
  type ReferenceOptions,
  conv,
  convBackwardBias,
  convBackwardData,
  convBackwardWeights,
  convTranspose,
} from "../../src/reference.ts";
import { LAST, integers, kernelToFirst, kernelToLast, numbers, toChannelsFirst, toChannelsLast } from "./support.ts";

describe("layouts agree", () => {
  const cases: [string, number[], number[], ReferenceOptions][] = [
    ["1-D", [2, 4, 9], [6, 2, 3], { groups: 2, stride: 2, padding: 2 }],
    ["2-D", [2, 4, 6, 7], [6, 2, 3, 2], { groups: 2, dilation: [2, 1], padding: 1, paddingMode: "reflect" }],
    ["3-D", [1, 2, 4, 5, 3], [3, 2, 2, 3, 1], { padding: [1, 0, 2], paddingMode: "circular", mode: "convolution" }],
  ];
  test.each(cases)("%s", (_, inputShape, kernelShape, options) => {
    const x = integers(inputShape, 1);
    const w = integers(kernelShape, 2);
    const last = { ...options, ...LAST };
    const y = conv(x, w, options);
    const yLast = conv(toChannelsLast(x), kernelToLast(w), last);
    expect(toChannelsFirst(yLast)).toEqual({ data: numbers(y), shape: y.shape });
    const dy = integers(y.shape, 3);
    const dx = convBackwardData(dy, w, { ...options, inputShape });
    const dxLast = convBackwardData(toChannelsLast(dy), kernelToLast(w), {
      ...last,
      inputShape: toChannelsLast(x).shape,
    });
    expect(toChannelsFirst(dxLast)).toEqual({ data: numbers(dx), shape: inputShape });
    const dw = convBackwardWeights(x, dy, { ...options, kernelShape });
    const dwLast = convBackwardWeights(toChannelsLast(x), toChannelsLast(dy), {
      ...last,
      kernelShape: kernelToLast(w).shape,
    });
    expect(kernelToFirst(dwLast)).toEqual({ data: numbers(dw), shape: kernelShape });
    expect(convBackwardBias(toChannelsLast(dy), LAST)).toEqual(convBackwardBias(dy));
    const transposed = convTranspose(dy, w, options);
    const transposedLast = convTranspose(toChannelsLast(dy), kernelToLast(w), last);
    expect(toChannelsFirst(transposedLast)).toEqual({ data: numbers(transposed), shape: transposed.shape });
  });
});

/** The array with unit axes put in front of its spatial ones. */
function embed({ data, shape }: NdArray, rank: number): NdArray {
  const units = Array<number>(rank + 2 - shape.length).fill(1);
  return { data, shape: [...shape.slice(0, 2), ...units, ...shape.slice(2)] };
}

describe("a problem embedded in more dimensions is the same", () => {
  test.each([
    ["1-D in 2-D", [2, 3, 8], [4, 3, 3], [2], 2],
    ["1-D in 3-D", [2, 3, 8], [4, 3, 3], [2], 3],
    ["2-D in 3-D", [2, 3, 6, 8], [4, 3, 2, 3], [1, 2], 3],
  ])("%s", (_, inputShape, kernelShape, steps, rank) => {
    const x = integers(inputShape, 1);
    const w = integers(kernelShape, 2);
    const units = Array<number>(rank - steps.length).fill(1);
    const none = Array<number>(rank - steps.length).fill(0);
    const low = { stride: steps, dilation: steps, padding: steps };
    const high = { stride: [...units, ...steps], dilation: [...units, ...steps], padding: [...none, ...steps] };
    const y = conv(x, w, low);
    expect(numbers(conv(embed(x, rank), embed(w, rank), high))).toEqual(numbers(y));
    const dy = integers(y.shape, 3);
    expect(
      numbers(convBackwardData(embed(dy, rank), embed(w, rank), { ...high, inputShape: embed(x, rank).shape })),
    ).toEqual(numbers(convBackwardData(dy, w, { ...low, inputShape })));
    expect(
      numbers(convBackwardWeights(embed(x, rank), embed(dy, rank), { ...high, kernelShape: embed(w, rank).shape })),
    ).toEqual(numbers(convBackwardWeights(x, dy, { ...low, kernelShape })));
  });

  test("a volume whose kernel is one cell deep is a batch of slices", () => {
    const x = integers([1, 2, 3, 4, 5], 1);
    const w = integers([2, 2, 1, 3, 3], 2);
    const volume = conv(x, w, { padding: [0, 1, 1] });
    const flat = { data: w.data, shape: [2, 2, 3, 3] };
    for (let d = 0; d < 3; d++) {
      const slice = [0, 1].flatMap((c) => x.data.slice((c * 3 + d) * 20, (c * 3 + d + 1) * 20));
      const y = conv({ data: slice, shape: [1, 2, 4, 5] }, flat, { padding: 1 });
      const planes = [0, 1].flatMap((k) => numbers(volume).slice((k * 3 + d) * 20, (k * 3 + d + 1) * 20));
      expect(numbers(y)).toEqual(planes);
    }
  });
});

/** Some channels of a batch of one, or some kernels. */
function part({ data, shape }: NdArray, axis: 0 | 1, from: number, to: number): NdArray {
  const block = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return { data: Array.from(data).slice(from * block, to * block), shape: shape.with(axis, to - from) };
}

test.each([1, 2, 3, 6])("%i groups are as many convolutions side by side", (groups) => {
  const [C, K] = [6, 12];
  const x = integers([1, C, 5, 5], 1);
  const w = integers([K, C / groups, 3, 3], 2);
  const options = { stride: 2, padding: 1 };
  const y = conv(x, w, { ...options, groups });
  const dy = integers(y.shape, 3);
  const apart = Array.from({ length: groups }, (_, g) => {
    const channels = part(x, 1, (g * C) / groups, ((g + 1) * C) / groups);
    const kernels = part(w, 0, (g * K) / groups, ((g + 1) * K) / groups);
    const gradient = part(dy, 1, (g * K) / groups, ((g + 1) * K) / groups);
    return {
      y: numbers(conv(channels, kernels, options)),
      dx: numbers(convBackwardData(gradient, kernels, { ...options, inputShape: channels.shape })),
      dw: numbers(convBackwardWeights(channels, gradient, { ...options, kernelShape: kernels.shape })),
      transposed: numbers(convTranspose(gradient, kernels, options)),
    };
  });
  expect(numbers(y)).toEqual(apart.flatMap((group) => group.y));
  const dx = convBackwardData(dy, w, { ...options, groups, inputShape: x.shape });
  expect(numbers(dx)).toEqual(apart.flatMap((group) => group.dx));
  const dw = convBackwardWeights(x, dy, { ...options, groups, kernelShape: w.shape });
  expect(numbers(dw)).toEqual(apart.flatMap((group) => group.dw));
  expect(numbers(convTranspose(dy, w, { ...options, groups }))).toEqual(apart.flatMap((group) => group.transposed));
});

describe("transposed output sizes", () => {
  const x = integers([1, 2, 4, 5], 1);
  const w = integers([2, 3, 3, 4], 2);

  test.each([
    [{}, [6, 8]],
    [{ stride: 2 }, [9, 12]],
    [{ stride: 2, padding: 1, outputPadding: 1 }, [8, 11]],
    [{ stride: [2, 3], dilation: [1, 2] }, [9, 19]],
    [{ stride: 2, padding: "same" as const }, [8, 10]],
    [{ stride: 2, outputShape: [10, 12] }, [10, 12]],
  ])("%j", (options, spatial) => {
    expect(convTranspose(x, w, options).shape).toEqual([1, 3, ...spatial]);
    const last = convTranspose(toChannelsLast(x), kernelToLast(w), { ...options, ...LAST });
    expect(last.shape).toEqual([1, ...spatial, 3]);
  });

  test("outputPadding adds cells at the end and leaves the others as they are", () => {
    const line = integers([1, 1, 4], 3);
    const kernel = integers([1, 1, 2], 4);
    const plain = numbers(convTranspose(line, kernel, { stride: 3 }));
    expect(numbers(convTranspose(line, kernel, { stride: 3, outputPadding: 2 }))).toEqual([...plain, 0, 0]);
  });
});

describe("epilogue: activation(sum + bias + residual)", () => {
  const x = integers([2, 3, 4, 5], 1);
  const w = integers([4, 3, 3, 3], 2);
  const bias = [10, -20, 30, -40];

  test.each([
    ["channels-first", x, w],
    ["channels-last", toChannelsLast(x), kernelToLast(w)],
  ] as const)("of conv, %s", (layout, input, kernel) => {
    const options = { layout, padding: 1 };
    const sums = conv(input, kernel, options);
    const residual = integers(sums.shape, 3);
    const channel = (i: number): number => (layout === "channels-first" ? Math.floor(i / 20) % 4 : i % 4);
    const expected = numbers(sums).map((sum, i) => Math.max(sum + bias[channel(i)]! + residual.data[i]!, 0));
    const all = { ...options, residual, activation: "relu" } as const;
    expect(numbers(conv(input, kernel, { ...all, bias }))).toEqual(expected);
    expect(numbers(conv(input, kernel, { ...all, bias: { data: bias, shape: [4] } }))).toEqual(expected);
    expect(expected.some((value) => value === 0) && expected.some((value) => value > 0)).toBe(true);
  });

  test.each(["channels-first", "channels-last"] as const)("of convTranspose, %s", (layout) => {
    const first = layout === "channels-first";
    const input = first ? x : toChannelsLast(x);
    const kernel = integers([3, 4, 3, 3], 5);
    const weights = first ? kernel : kernelToLast(kernel);
    const sums = convTranspose(input, weights, { layout });
    const residual = integers(sums.shape, 6);
    const channel = (i: number): number => (first ? Math.floor(i / 42) % 4 : i % 4);
    const expected = numbers(sums).map((sum, i) => Math.max(sum + bias[channel(i)]! + residual.data[i]!, 0));
    const y = convTranspose(input, weights, { layout, bias, residual, activation: "relu" });
    expect(numbers(y)).toEqual(expected);
  });
});

test("any array of numbers goes in, an own Float64Array comes out, and nothing given is changed", () => {
  const x = integers([1, 2, 4, 4], 1);
  const w = integers([2, 2, 3, 3], 2);
  const y = conv(x, w);
  expect(y.data).toBeInstanceOf(Float64Array);
  for (const type of [Float32Array, Float64Array, Int8Array, Int32Array]) {
    const [input, kernel] = [new type(x.data), new type(w.data)];
    expect(numbers(conv({ data: input, shape: x.shape }, { data: kernel, shape: w.shape }))).toEqual(numbers(y));
    expect([...input]).toEqual(x.data);
    expect([...kernel]).toEqual(w.data);
  }
  const same = { data: Float64Array.from(x.data), shape: x.shape };
  expect(conv(same, { data: [1, 0, 0, 1], shape: [2, 2, 1, 1] }).data).toEqual(same.data);
  expect(conv(same, { data: [1, 0, 0, 1], shape: [2, 2, 1, 1] }).data).not.toBe(same.data);
});
