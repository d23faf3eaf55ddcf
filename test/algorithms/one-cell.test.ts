// Correlations of one output or one input cell are the same sums as products of matrices.
import { describe, expect, it, test } from "vitest";
import { oneCellProduct } from "../../src/algorithms/gemm/one-cell.ts";
import { elementCount } from "../../src/base/shape.ts";
import { type Correlation, forwardCorrelation } from "../../src/problem/correlation.ts";
import { inputGradient } from "../../src/problem/gradients.ts";
import { type ConvDescriptor, type Layout, convProblem } from "../../src/problem/problem.ts";

/** The cells of a map, or the taps of a kernel. */
function cellsOf([d, h, w]: readonly [number, number, number]): [number, number, number][] {
  return Array.from({ length: d * h * w }, (_, at) => [Math.floor(at / (h * w)), Math.floor(at / w) % h, at % w]);
}

/** The distance of a cell from the first one in memory. */
function along(at: readonly number[], steps: readonly number[]): number {
  return at.reduce((total, one, axis) => total + one * steps[axis]!, 0);
}

/** Computes a correlation by its definition, on operands whose elements are their own indices; padding is zeros. */
function computed(c: Correlation): number[] {
  const y = Array.from({ length: c.sizes.y }, () => Number.NaN);
  const [groupC, groupK] = [c.C / c.groups, c.K / c.groups];
  for (let n = 0; n < c.N; n++)
    for (let g = 0; g < c.groups; g++)
      for (let k = 0; k < groupK; k++)
        for (const out of cellsOf(c.output)) {
          let sum = 0;
          for (let channel = 0; channel < groupC; channel++)
            for (const tap of cellsOf(c.kernel)) {
              const cell = out.map(
                (o, axis) => o * c.stride[axis]! + tap[axis]! * c.dilation[axis]! - c.padBegin[axis]!,
              );
              if (cell.some((at, axis) => at < 0 || at >= c.input[axis]!)) continue;
              const x = c.x.start + n * c.x.batch + g * c.x.group + channel * c.x.channel + along(cell, c.x.spatial);
              const w =
                c.w.start + g * c.w.group + k * c.w.outputChannel + channel * c.w.inputChannel + along(tap, c.w.taps);
              sum += (x + 1) * (w + 1);
            }
          y[c.y.start + n * c.y.batch + g * c.y.group + k * c.y.channel + along(out, c.y.spatial)] = sum;
        }
  return y;
}

const WINDOW = { N: 3, C: 4, K: 6, map: [5, 3], kernel: [5, 3] };

function descriptor(layout: Layout, { N, C, K, map, kernel }: typeof WINDOW, more: object = {}): ConvDescriptor {
  const first = layout === "channels-first";
  return {
    ...{ layout, dtype: "f32" },
    inputShape: first ? [N, C, ...map] : [N, ...map, C],
    kernelShape: first ? [K, C, ...kernel] : [...kernel, C, K],
    ...more,
  };
}

describe.each(["channels-first", "channels-last"] as const)("%s", (layout) => {
  const expectSame = (c: Correlation): Correlation => {
    const product = oneCellProduct(c)!;
    expect(elementCount(product.kernel)).toBe(1);
    expect(computed(product)).toEqual(computed(c));
    return product;
  };

  it("takes the taps of a window over the whole map as channels", () => {
    const product = expectSame(forwardCorrelation(convProblem("forward", descriptor(layout, WINDOW))));
    expect(product.C).toBe(60);
  });

  it("takes the outputs that one cell reaches as channels", () => {
    const { correlations } = inputGradient(convProblem("backward-data", descriptor(layout, WINDOW)));
    expect(correlations).toHaveLength(1);
    const product = expectSame(correlations[0]!);
    expect([product.C, product.K]).toEqual([6, 60]);
  });

  it("takes one cell of a cropped map", () => {
    const shape = { ...WINDOW, map: [1, 9], kernel: [1, 1] };
    const product = expectSame(
      forwardCorrelation(
        convProblem(
          "forward",
          descriptor(layout, shape, {
            padding: [
              [0, 0],
              [-3, -5],
            ],
          }),
        ),
      ),
    );
    expect(product.C).toBe(4);
  });

  it("takes the batch as cells where channels are contiguous", () => {
    const shape = { ...WINDOW, map: [1, 1], kernel: [1, 1] };
    const product = expectSame(forwardCorrelation(convProblem("forward", descriptor(layout, shape))));
    expect([product.N, product.output[2], product.layout]).toEqual([1, 3, "channels-last"]);
  });
});

const whole = (more: object, change: Partial<typeof WINDOW> = {}): Correlation =>
  forwardCorrelation(convProblem("forward", descriptor("channels-first", { ...WINDOW, ...change }, more)));

test.each<[string, Correlation]>([
  ["padding", whole({ padding: [1, 1], stride: 7 })],
  ["several outputs", whole({}, { map: [6, 3] })],
  ["taps that do not lie like those of the map", whole({ mode: "convolution" })],
  [
    "rows of a wider map",
    whole(
      {
        padding: [
          [0, 0],
          [0, -1],
        ],
      },
      { map: [5, 4] },
    ),
  ],
])("%s is left alone", (_, c) => {
  expect(oneCellProduct(c)).toBeUndefined();
});
