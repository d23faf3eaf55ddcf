// Gaussian pooling against the reference.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import type { GaussianPoolOptions } from "../../src/ops/gaussian-pool/geometry.ts";
import { gaussianPool, gaussianPoolBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";
import { POOLED_MAPS, type PooledMap, inLayout } from "./windows.ts";

const u = 2 ** -24;
const SIGMAS = [1, 0.6, 2.5];

const MAPS: readonly PooledMap[] = [
  ...POOLED_MAPS,
  // Enough that an invocation computes several, the last ones past the end.
  { name: "2-D, many windows", shape: [1, 3, 90, 63], options: { kernelSize: 3, stride: 1, padding: 1 } },
  // More cells than one invocation reduces.
  { name: "2-D, large windows", shape: [1, 4, 20, 17], options: { kernelSize: [14, 13], stride: 5, padding: 5 } },
  { name: "2-D, large windows, three channels", shape: [1, 3, 20, 17], options: { kernelSize: 14, stride: 9 } },
];

const cases = MAPS.flatMap(({ name, shape, options: windows }, at): OperationCase<never>[] => {
  const { kernelSize, dilation = 1 } = windows;
  const rank = shape.length - 2;
  const along = (option: number | readonly number[], axis: number): number =>
    typeof option === "number" ? option : option[axis]!;
  const large = elementCount(Array.from({ length: rank }, (_, axis) => along(kernelSize, axis))) > 100;
  const sigma = large ? 4 : SIGMAS[at % SIGMAS.length]!;
  const options: GaussianPoolOptions = { ...windows, sigma };
  const output = reference.gaussianPool({ data: new Float64Array(elementCount(shape)), shape }, options).shape;
  const terms = elementCount(Array.from({ length: rank }, (_, axis) => along(kernelSize, axis)));
  // The largest exponent, r^2 / (2 sigma^2). It is the sum of three terms, accurate to 6 u of itself (the scale, two factors, two additions, the
  // difference), which exp makes a relative error, and exp errs by 3 + 2 |exponent| ULP more (WGSL's table of accuracies), an ULP being 2 u.
  const exponent = Array.from({ length: rank }, (_, axis) => {
    const reach = ((along(kernelSize, axis) - 1) / 2) * along(dilation, axis);
    return reach ** 2 / (2 * sigma ** 2);
  }).reduce((sum, one) => sum + one, 0);
  const weight = 1.01 * (2 * 6 * u * exponent + 2 * u * (3 + 2 * exponent));
  // Numerator and denominator have the errors of the weights and of the sums, and the division errs by 5 u. In the gradient the denominator is
  // the product of three sums.
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: gaussianPool(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.gaussianPool(x, { ...options, layout }) }),
    bound: ({ x }, layout) => {
      const sizes = reference.gaussianPool(magnitudes(x), { ...options, layout }).data;
      return { y: (place) => 1.01 * (2 * weight + 2 * gamma(terms + 1) + 5 * u) * sizes[place]! };
    },
  };
  const backward: OperationCase<"dy"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape: output } },
    run: ({ dy }, layout) => ({
      dx: gaussianPoolBackward(dy, { ...options, inputShape: inLayout(shape, layout) }),
    }),
    reference: ({ dy }, layout) => ({
      dx: reference.gaussianPoolBackward(dy, { ...options, layout, inputShape: inLayout(shape, layout) }),
    }),
    bound: ({ dy }, layout) => {
      const all = { ...options, layout, inputShape: inLayout(shape, layout) };
      const sizes = reference.gaussianPoolBackward(magnitudes(dy), all).data;
      return { dx: (place) => 1.01 * (4 * weight + 2 * gamma(terms + 3) + 5 * u) * sizes[place]! };
    },
  };
  return [forward, backward];
});

// Where all weights underflow in float32, the nearest cells still count.
const shape = [1, 2, 4, 4];
const narrow: OperationCase<"x"> = {
  name: "a narrow bell",
  inputs: { x: { shape } },
  run: ({ x }) => ({ y: gaussianPool(x, { kernelSize: 4, stride: 2, padding: 2, sigma: 0.01 }) }),
  reference: ({ x }, layout) => ({
    y: reference.gaussianPool(x, { kernelSize: 4, stride: 2, padding: 2, sigma: 0.01, layout }),
  }),
  // Means of at most four cells: all others weigh less than exp(-5000).
  bound: () => ({ y: () => gamma(4 + 5) }),
};

testOperations([...cases, narrow]);
