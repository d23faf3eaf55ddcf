// The laws of convolution: linearity, translation equivariance, and, flipped with "full" padding, commutativity and associativity. On whole
// numbers, so that every law holds exactly.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type NdArray, conv } from "../../src/reference.ts";
import { integers, numbers } from "./support.ts";

const RUNS = { numRuns: 60 };
const FULL = { padding: "full", mode: "convolution" } as const;
const size = fc.integer({ min: 1, max: 6 });
const seed = fc.nat();

/** One map of one channel with one to three axes, of whole numbers. */
const maps = (many: number): fc.Arbitrary<NdArray[]> =>
  fc
    .integer({ min: 1, max: 3 })
    .chain((rank) =>
      fc.array(fc.tuple(fc.array(size, { minLength: rank, maxLength: rank }), seed), {
        minLength: many,
        maxLength: many,
      }),
    )
    .map((list) => list.map(([spatial, start]) => integers([1, 1, ...spatial], start)));

/** a * first + b * second; adding to 0 avoids -0, as a sum that starts from 0 does. */
function combine(a: number, first: NdArray, b: number, second: NdArray): NdArray {
  return { data: numbers(first).map((value, i) => 0 + a * value + b * second.data[i]!), shape: first.shape };
}

const geometry = fc.record({
  stride: fc.integer({ min: 1, max: 3 }),
  dilation: fc.integer({ min: 1, max: 2 }),
  padding: fc.integer({ min: 0, max: 3 }),
  paddingMode: fc.constantFrom("zeros", "reflect", "replicate", "circular" as const),
  mode: fc.constantFrom("cross-correlation", "convolution" as const),
});

test("linear in x and in w", () => {
  const factor = fc.integer({ min: -5, max: 5 });
  fc.assert(
    fc.property(geometry, factor, factor, seed, (options, a, b, start) => {
      const [x1, x2] = [integers([2, 2, 5, 6], start), integers([2, 2, 5, 6], start + 1)];
      const [w1, w2] = [integers([3, 2, 3, 2], start + 2), integers([3, 2, 3, 2], start + 3)];
      expect(numbers(conv(combine(a, x1, b, x2), w1, options))).toEqual(
        numbers(combine(a, conv(x1, w1, options), b, conv(x2, w1, options))),
      );
      expect(numbers(conv(x1, combine(a, w1, b, w2), options))).toEqual(
        numbers(combine(a, conv(x1, w1, options), b, conv(x1, w2, options))),
      );
    }),
    RUNS,
  );
});

/** The map shifted circularly along its last two axes. */
function roll({ data, shape }: NdArray, down: number, right: number): NdArray {
  const [H, W] = [shape.at(-2)!, shape.at(-1)!];
  const rolled = Array.from(data, (_, i) => {
    const plane = i - (i % (H * W));
    const [h, w] = [Math.floor(i / W) % H, i % W];
    return data[plane + ((h - down + H) % H) * W + ((w - right + W) % W)]!;
  });
  return { data: rolled, shape };
}

test("translation-equivariant on a torus, for every shift", () => {
  fc.assert(
    fc.property(fc.nat(4), fc.nat(5), fc.integer({ min: 1, max: 2 }), seed, (down, right, dilation, start) => {
      const x = integers([1, 2, 5, 6], start);
      const w = integers([2, 2, 3, 3], start + 1);
      const options = { dilation, padding: dilation, paddingMode: "circular" } as const;
      expect(numbers(conv(roll(x, down, right), w, options))).toEqual(numbers(roll(conv(x, w, options), down, right)));
    }),
    RUNS,
  );
});

test("translation-equivariant on the line: zeros in front of x are as many zeros in front of y, times the stride", () => {
  fc.assert(
    fc.property(
      fc.nat(5),
      fc.integer({ min: 1, max: 3 }),
      size,
      fc.integer({ min: 1, max: 4 }),
      seed,
      (shift, stride, length, kernel, start) => {
        const x = integers([1, 1, length], start);
        const w = integers([1, 1, kernel], start + 1);
        const moved = {
          data: [...Array<number>(shift * stride).fill(0), ...x.data],
          shape: [1, 1, length + shift * stride],
        };
        const y = numbers(conv(x, w, { padding: "full", stride }));
        expect(numbers(conv(moved, w, { padding: "full", stride }))).toEqual([...Array<number>(shift).fill(0), ...y]);
      },
    ),
    RUNS,
  );
});

test("commutative: x * w = w * x", () => {
  fc.assert(
    fc.property(maps(2), ([x, w]) => {
      const [one, other] = [conv(x!, w!, FULL), conv(w!, x!, FULL)];
      expect(one.shape).toEqual(other.shape);
      expect(numbers(one)).toEqual(numbers(other));
    }),
    RUNS,
  );
});

test("associative: (x * v) * w = x * (v * w)", () => {
  fc.assert(
    fc.property(maps(3), ([x, v, w]) => {
      const [left, right] = [conv(conv(x!, v!, FULL), w!, FULL), conv(x!, conv(v!, w!, FULL), FULL)];
      expect(left.shape).toEqual(right.shape);
      expect(numbers(left)).toEqual(numbers(right));
    }),
    RUNS,
  );
});

test("the unit impulse is neutral, and cross-correlation is not commutative", () => {
  const x = integers([1, 1, 4, 3], 5);
  const w = integers([1, 1, 2, 2], 6);
  expect(numbers(conv(x, { data: [1], shape: [1, 1, 1, 1] }, FULL))).toEqual(x.data);
  const correlated = { padding: "full" } as const;
  expect(numbers(conv(x, w, correlated))).not.toEqual(numbers(conv(w, x, correlated)));
});
