// Generates arbitrary descriptors of any size, only for planning: from one cell to the most that 32 bits can count.
import * as fc from "fast-check";
import { DTYPES } from "../../src/base/dtype.ts";
import { ACTIVATIONS } from "../../src/problem/activation.ts";
import { PADDING_MODES } from "../../src/problem/padding.ts";
import { type ConvDescriptor, LAYOUTS, PASSES, type Pass, joinShape } from "../../src/problem/problem.ts";

const int = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
/** Generates mostly small sizes; now and then one at which a product exceeds 32 bits. */
const sizeUpTo = (usual: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 12, arbitrary: int(1, usual) },
    { weight: 3, arbitrary: int(1, 4096) },
    { weight: 1, arbitrary: fc.constantFrom(65_535, 65_536, 2 ** 20 + 1, 2 ** 30, 2 ** 31 - 1) },
  );
/** Now and then turns a size into a crop of as many cells. */
const signed = (one: fc.Arbitrary<number>): fc.Arbitrary<number> =>
  fc.tuple(one, fc.constantFrom(1, 1, 1, -1)).map(([size, sign]) => size * sign);
const axes = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 3, maxLength: 3 });

/** Generates a pass and a descriptor, valid except where its sizes make it impossible. */
export const descriptors: fc.Arbitrary<{ pass: Pass; descriptor: ConvDescriptor }> = fc
  .record({
    pass: fc.constantFrom(...PASSES),
    layout: fc.constantFrom(...LAYOUTS),
    dtype: fc.constantFrom(...DTYPES),
    rank: fc.constantFrom(2, 1, 3),
    N: sizeUpTo(4),
    groups: fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 2, arbitrary: sizeUpTo(8) }),
    inner: sizeUpTo(70),
    outer: sizeUpTo(70),
    size: axes(sizeUpTo(60)),
    kernel: axes(sizeUpTo(5)),
    stride: axes(fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: sizeUpTo(4) })),
    dilation: axes(fc.oneof({ weight: 3, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: sizeUpTo(3) })),
    pads: axes(fc.tuple(signed(sizeUpTo(4)), signed(sizeUpTo(4)))),
    padding: fc.constantFrom("none", "pairs", "same", "same-lower", "full"),
    paddingMode: fc.constantFrom(...PADDING_MODES),
    mode: fc.constantFrom("cross-correlation", "convolution" as const),
    bias: fc.boolean(),
    residual: fc.boolean(),
    activation: fc.option(fc.constantFrom(...ACTIVATIONS), { nil: undefined }),
    gradient: fc.boolean(),
  })
  .map(({ pass, layout, dtype, rank, N, groups, inner, outer, gradient, ...parts }) => {
    const own = <T>(values: readonly T[]): T[] => values.slice(3 - rank);
    const w = [groups * outer, inner];
    const kernel = own(parts.kernel);
    const ends = pass !== "backward-weights";
    const padding = parts.padding === "none" ? 0 : parts.padding === "pairs" ? own(parts.pads) : parts.padding;
    return {
      pass,
      descriptor: {
        ...{ layout, dtype, groups, padding, paddingMode: parts.paddingMode, mode: parts.mode },
        inputShape: joinShape(N, groups * inner, own(parts.size), layout),
        kernelShape: layout === "channels-first" ? [...w, ...kernel] : [...kernel, ...w.toReversed()],
        stride: own(parts.stride),
        dilation: own(parts.dilation),
        ...(ends && { bias: parts.bias, residual: parts.residual, activation: parts.activation }),
        ...(gradient && { activationGradient: { activation: "silu" as const, from: "pre-activation" as const } }),
      },
    };
  });
