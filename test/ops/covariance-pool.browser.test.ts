// Covariance pooling against the reference.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { covariancePool, covariancePoolBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { integers } from "../suite/random.ts";
import { COVARIANCE_MAPS } from "./covariance-maps.ts";
import { type OperationCase, testOperations } from "./suite.ts";

const cases = COVARIANCE_MAPS.flatMap(({ name, shape, options }): OperationCase<never>[] => {
  const output = reference.covariancePool({ data: new Float64Array(elementCount(shape)), shape }, options).shape;
  const cells = elementCount(shape.slice(2));
  const windows = elementCount(output.slice(2));
  const channels = shape[1]!;
  // Numbers are at most 1. A mean errs by gamma(cells + 5), the additions and a division of 2.5 ULP (WGSL's table of accuracies), and is at
  // most 1; so a number less its mean is at most 2 and errs by that and one rounding of 2. Their products, of at most 4, err by
  // 2 * 2 * (gamma(cells + 5) + 2 u) and a little, their mean by gamma(cells + 5) of 4 more: less than 9 gamma(cells + 9).
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: covariancePool(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.covariancePool(x, { ...options, layout }) }),
    bound: () => ({ y: () => 9 * gamma(cells + 9) }),
  };
  // For every channel, twice for its own, each window adds a gradient of at most 1 times a number less its mean, of at most 2 and accurate to
  // gamma(cells + 5) + 2 u, over the number of cells: (channels + 1) windows terms of at most 2, that many additions, two products and a
  // division.
  const backward: OperationCase<"dy" | "x"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape: output }, x: { shape } },
    run: ({ dy, x }) => ({ dx: covariancePoolBackward(dy, x, options) }),
    reference: ({ dy, x }, layout) => ({ dx: reference.covariancePoolBackward(dy, x, { ...options, layout }) }),
    bound: () => {
      const terms = (channels + 1) * windows;
      return { dx: () => 2 * terms * gamma(terms + cells + 5 + 2 + 7) };
    },
  };
  return [forward, backward];
});

// Integers, whose sums of products are exact: only the division by 4 cells errs, by 2.5 ULP.
const exact: OperationCase<"x"> = {
  name: "moments of integers",
  inputs: { x: { shape: [2, 6, 4, 6], values: (count, seed) => integers(count, seed, 8) } },
  run: ({ x }) => ({ y: covariancePool(x, { kernelSize: 2, centered: false }) }),
  reference: ({ x }, layout) => ({ y: reference.covariancePool(x, { kernelSize: 2, centered: false, layout }) }),
  bound: () => ({ y: (_, expected) => gamma(5) * Math.abs(expected) }),
};

testOperations([...cases, exact]);
