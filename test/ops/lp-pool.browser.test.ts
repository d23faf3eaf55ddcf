// Lp pooling against the reference.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { lpPool, lpPoolBackward } from "../../src/ops/index.ts";
import type { LpPoolOptions } from "../../src/ops/lp-pool/geometry.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { type OperationCase, testOperations } from "./suite.ts";
import { POOLED_MAPS, inLayout } from "./windows.ts";

const u = 2 ** -24;

/** Norms, which take turns over the maps. Odd and fractional powers are tested on positive numbers, unless of absolute values. */
const NORMS: readonly { options: Partial<LpPoolOptions>; positive: boolean }[] = [
  { options: {}, positive: false },
  { options: { norm: 3, abs: true }, positive: false },
  { options: { norm: 3 }, positive: true },
  { options: { norm: 1 }, positive: false },
  { options: { norm: 2.5 }, positive: true },
  { options: { norm: 1, abs: true }, positive: false },
  { options: { norm: 4 }, positive: false },
];

/**
 * The relative error of a power: one product for a square, else as WGSL's table of accuracies defines pow(x, p), exp2(p * log2(x)). log2 errs by
 * 2^-21 or 3 ULP, which are 6 u; the product is rounded; exp2 turns absolute errors of its argument into relative ones, times ln 2, and errs by
 * 3 + 2 |argument| ULP.
 */
function powerError(value: number, exponent: number): number {
  if (value === 0 || [0, 1].includes(exponent)) return 0;
  if (exponent === 2) return u;
  const log = Math.abs(Math.log2(Math.abs(value)));
  const argument = Math.abs(exponent) * log;
  const inArgument = Math.abs(exponent) * Math.max(2 ** -21, 6 * u * log) + u * argument;
  return 1.01 * (Math.LN2 * inArgument + 2 * u * (3 + 2 * argument));
}

const mapped = ({ data, shape }: NdArray, f: (value: number) => number): NdArray => ({
  data: Float64Array.from(data, f),
  shape,
});

/** Numbers of at least 0.25, away from where the slope of the root is steepest. */
const positive = (count: number, seed: number): Float32Array =>
  uniform(count, seed).map((value) => 0.625 + value * 0.375);

/** The cells of the largest window. */
const TERMS = 18;

const cases = POOLED_MAPS.flatMap(({ name, shape, options: windows }, at): OperationCase<never>[] => {
  const { options: how, positive: only } = NORMS[at % NORMS.length]!;
  const options: LpPoolOptions = { ...windows, ...how };
  const { norm = 2 } = how;
  const values = only ? positive : uniform;
  const output = reference.lpPool({ data: new Float64Array(elementCount(shape)), shape }, options).shape;
  const title = `${name}, norm ${norm}${how.abs ? " of absolute values" : ""}`;
  const forward: OperationCase<"x"> = {
    name: title,
    inputs: { x: { shape, values } },
    run: ({ x }) => ({ y: lpPool(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.lpPool(x, { ...options, layout }) }),
    bound: ({ x }, layout) => {
      const sum = (f: (value: number) => number) => reference.sumPool(mapped(x, f), { ...windows, layout }).data;
      const powers = sum((value) => Math.abs(value) ** norm);
      const errors = sum((value) => Math.abs(value) ** norm * powerError(value, norm));
      return {
        y: (place, expected) => {
          // The error of the sum and, for a clipped window, of a division, 5 u, and a product.
          const inSum = errors[place]! + gamma(TERMS + 6) * powers[place]!;
          if (norm === 1) return 2 * inSum;
          if (powers[place] === 0) return 0;
          // sqrt(x) is 1 / inverseSqrt(x), with errors of 2.5 ULP and 2 ULP.
          const root = norm === 2 ? 9 * u : powerError(expected ** norm, 1 / norm);
          return 1.01 * Math.abs(expected) * (inSum / powers[place]! / norm + root);
        },
      };
    },
  };
  const backward: OperationCase<"dy" | "x" | "y"> = {
    name: `gradient of ${title}`,
    inputs: { dy: { shape: output }, x: { shape, values }, y: { shape: output, values: positive } },
    run: ({ dy, x, y }) => ({ dx: lpPoolBackward(dy, x, y, options) }),
    reference: ({ dy, x, y }, layout) => ({ dx: reference.lpPoolBackward(dy, x, y, { ...options, layout }) }),
    bound: ({ dy, x, y }, layout) => {
      const all = { ...options, abs: true, layout };
      const sizes = reference.lpPoolBackward(mapped(dy, Math.abs), mapped(x, Math.abs), y, all).data;
      // The largest error of a scaled gradient: two divisions, 10 u, a product, and the power of a y of 0.25 to 1.
      const scaling = 11 * u + Math.max(powerError(0.25, norm - 1), powerError(1, norm - 1));
      return {
        dx: (place) => 1.01 * sizes[place]! * (scaling + gamma(TERMS + 1) + powerError(x.data[place]!, norm - 1)),
      };
    },
  };
  return [forward, backward];
});

// A window of zeros has no gradient.
const shape = [1, 3, 4, 4];
const nothing: OperationCase<"dy" | "x" | "y"> = {
  name: "gradient of zeros",
  inputs: {
    dy: { shape: [1, 3, 2, 2] },
    x: { shape, values: (count) => new Float32Array(count) },
    y: { shape: [1, 3, 2, 2], values: (count) => new Float32Array(count) },
  },
  run: ({ dy, x, y }) => ({ dx: lpPoolBackward(dy, x, y, { kernelSize: 2 }) }),
  reference: (_, layout) => ({ dx: { data: new Float64Array(48), shape: inLayout(shape, layout) } }),
  bound: () => ({ dx: () => 0 }),
};

testOperations([...cases, nothing]);
