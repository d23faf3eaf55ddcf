// The reference equals the explicit sparse matrix of the convolution, exactly, on whole numbers.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { ConvolutionMatrix, type MatrixGeometry, dilatedSpan, paddedAxis, product } from "./matrix.ts";
import { count, integers, numbers } from "./support.ts";

type Results = Record<"y" | "dx" | "dw" | "db" | "transposed", NdArray>;

/** Whole numbers for the operands of a geometry. */
function operands({ N, C, K, groups, input, kernel }: MatrixGeometry, output: number[]) {
  return {
    x: integers([N, C, ...input], 1),
    w: integers([K, C / groups, ...kernel], 2),
    dy: integers([N, K, ...output], 3),
  };
}

/** All passes of one geometry by its matrix. */
function byMatrix(geometry: MatrixGeometry): Results {
  const matrix = new ConvolutionMatrix(geometry);
  const { x, w, dy } = operands(geometry, matrix.output);
  const dx = matrix.applyTransposed(dy.data, w.data);
  const plane = count(matrix.output);
  const channel = (i: number): number => Math.floor(i / plane) % geometry.K;
  const db = Array.from({ length: geometry.K }, (_, k) =>
    dy.data.reduce((sum, value, i) => (channel(i) === k ? sum + value : sum), 0),
  );
  return {
    y: { data: matrix.apply(x.data, w.data), shape: dy.shape },
    dx: { data: dx, shape: x.shape },
    dw: { data: matrix.weightGradient(x.data, dy.data, count(w.shape)), shape: w.shape },
    db: { data: db, shape: [geometry.K] },
    transposed: { data: dx, shape: x.shape },
  };
}

/** All passes of one geometry by the reference. */
function byReference(geometry: MatrixGeometry): Results {
  const { stride, dilation, pads, mode, constant, groups, flipped, input } = geometry;
  const { x, w, dy } = operands(geometry, new ConvolutionMatrix(geometry).output);
  const shared = {
    stride,
    dilation,
    padding: pads,
    paddingMode: mode,
    groups,
    mode: flipped ? ("convolution" as const) : ("cross-correlation" as const),
  };
  const options = { ...shared, paddingValue: constant };
  const plain = (array: NdArray): NdArray => ({ data: numbers(array), shape: array.shape });
  return {
    y: plain(reference.conv(x, w, options)),
    dx: plain(reference.convBackwardData(dy, w, { ...options, inputShape: x.shape })),
    dw: plain(reference.convBackwardWeights(x, dy, { ...options, kernelShape: w.shape })),
    db: plain(reference.convBackwardBias(dy)),
    // It takes dy for its input and w as it is: [C', K'/groups, ...] with C' = K and K' = C.
    transposed: plain(reference.convTranspose(dy, w, { ...shared, outputShape: input })),
  };
}

const LINE: MatrixGeometry = {
  N: 1,
  C: 1,
  K: 1,
  groups: 1,
  input: [6],
  kernel: [3],
  stride: [1],
  dilation: [1],
  pads: [[0, 0]],
  mode: "zeros",
  constant: 0,
  flipped: false,
};
const MODES = ["zeros", "reflect", "replicate", "circular"] as const;

test("the test's own borders are those of PyTorch's documentation", () => {
  expect(paddedAxis(4, [2, 2], "reflect")).toEqual([2, 1, 0, 1, 2, 3, 2, 1]);
  expect(paddedAxis(4, [2, 2], "replicate")).toEqual([0, 0, 0, 1, 2, 3, 3, 3]);
  expect(paddedAxis(4, [2, 2], "circular")).toEqual([2, 3, 0, 1, 2, 3, 0, 1]);
  expect(paddedAxis(4, [1, 2], "zeros")).toEqual([null, 0, 1, 2, 3, null, null]);
});

test("the test's own matrix is Toeplitz for a plain line", () => {
  const matrix = new ConvolutionMatrix({ ...LINE, input: [4] });
  expect(matrix.apply([1, 0, 0, 0], [2, 3, 5])).toEqual([2, 0]);
  expect(matrix.apply([0, 1, 0, 0], [2, 3, 5])).toEqual([3, 2]);
  expect(matrix.applyTransposed([1, 10], [2, 3, 5])).toEqual([2, 23, 35, 50]);
});

/** Whether the kernel fits into the padded input. */
function hasOutput({ input, kernel, dilation, pads }: MatrixGeometry): boolean {
  return input.every((size, i) => dilatedSpan(kernel[i]!, dilation[i]!) <= size + pads[i]![0] + pads[i]![1]);
}

test.each(MODES)("1-D, every small geometry, %s", (mode) => {
  const paddings: [number, number][] = [
    [0, 0],
    [1, 1],
    [2, 0],
    [0, 3],
    [4, 4],
  ];
  const lists = [
    [1, 2, 3, 4],
    [1, 2, 3],
    [1, 2],
    [0, 1, 2, 3, 4],
    [0, 1],
  ];
  const geometries = product(lists).map(([kernel, stride, dilation, padding, flip]): MatrixGeometry => {
    const flipped = flip === 1;
    const constant = mode === "zeros" && flipped ? 3 : 0;
    const axis = { kernel: [kernel!], stride: [stride!], dilation: [dilation!], pads: [paddings[padding!]!] };
    return { ...LINE, ...axis, mode, constant, flipped };
  });
  const possible = geometries.filter(hasOutput);
  // All but the dilated kernel of 4, which spans 7 cells, over an input of 6 without padding: 3 strides, 2 orientations.
  expect(possible.length).toBe(4 * 3 * 2 * 5 * 2 - 6);
  for (const geometry of possible) expect(byReference(geometry)).toEqual(byMatrix(geometry));
});

test.each(MODES)("2-D with batch, channels and groups, %s", (mode) => {
  const plane = { N: 2, C: 4, K: 8, input: [5, 6], kernel: [3, 2], mode, constant: mode === "zeros" ? -2 : 0 };
  const pads: [number, number][] = [
    [1, 2],
    [3, 0],
  ];
  const steps = [
    [1, 1, 1, 1],
    [2, 1, 1, 2],
    [2, 3, 2, 1],
  ];
  for (const groups of [1, 2, 4]) {
    for (const [strideH, strideW, dilationH, dilationW] of steps) {
      const stride = [strideH!, strideW!];
      const dilation = [dilationH!, dilationW!];
      const geometry = { ...plane, groups, stride, dilation, pads, flipped: groups === 2 };
      expect(byReference(geometry)).toEqual(byMatrix(geometry));
    }
  }
});

/** Any small geometry of rank 1 to 3 that has an output and whose padding is within the limits of its mode. */
const anyGeometry: fc.Arbitrary<MatrixGeometry> = fc
  .record({
    N: fc.integer({ min: 1, max: 2 }),
    groups: fc.integer({ min: 1, max: 2 }),
    channels: fc.integer({ min: 1, max: 2 }),
    kernels: fc.integer({ min: 1, max: 2 }),
    mode: fc.constantFrom(...MODES),
    constant: fc.integer({ min: -3, max: 3 }),
    flipped: fc.boolean(),
    axes: fc.array(
      fc.record({
        input: fc.integer({ min: 1, max: 5 }),
        kernel: fc.integer({ min: 1, max: 3 }),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.integer({ min: 1, max: 3 }),
        pads: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ N, groups, channels, kernels, mode, constant, flipped, axes }) => {
    const reach = (input: number): number => {
      if (mode === "reflect") return input - 1;
      return mode === "circular" ? input : Infinity;
    };
    return {
      N,
      C: groups * channels,
      K: groups * kernels,
      groups,
      input: axes.map(({ input }) => input),
      kernel: axes.map(({ kernel }) => kernel),
      stride: axes.map(({ stride }) => stride),
      dilation: axes.map(({ dilation }) => dilation),
      pads: axes.map(({ input, pads: [begin, end] }): [number, number] => [
        Math.min(begin, reach(input)),
        Math.min(end, reach(input)),
      ]),
      mode,
      constant: mode === "zeros" ? constant : 0,
      flipped,
    };
  })
  .filter(hasOutput);

test("random geometries of every rank", () => {
  fc.assert(
    fc.property(anyGeometry, (geometry) => {
      expect(byReference(geometry)).toEqual(byMatrix(geometry));
    }),
    { numRuns: 150 },
  );
});
