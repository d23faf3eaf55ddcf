// Beds of nails against the reference.
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { bedOfNails, bedOfNailsBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { type OperationCase, testOperations } from "./suite.ts";

const BEDS = [
  { shape: [2, 3, 5], kernelSize: 3 },
  { shape: [1, 4, 3, 5], kernelSize: [2, 3] },
  { shape: [2, 1, 2, 3, 2], kernelSize: [1, 2, 3] },
];
const cases = BEDS.map(({ shape, kernelSize }): OperationCase<"x" | "dy"> => {
  const options = { kernelSize };
  const large = reference.bedOfNails({ data: new Float64Array(elementCount(shape)), shape }, options).shape;
  // The division by 1 may err by 2.5 ULP (WGSL's table of accuracies), 5 u.
  const division = (_: number, value: number): number => gamma(5) * Math.abs(value);
  return {
    name: `bed of nails, [${shape.join(", ")}]`,
    inputs: { x: { shape }, dy: { shape: large } },
    run: ({ x, dy }) => ({ y: bedOfNails(x, options), dx: bedOfNailsBackward(dy, options) }),
    reference: ({ x, dy }, layout) => ({
      y: reference.bedOfNails(x, { ...options, layout }),
      dx: reference.bedOfNailsBackward(dy, { ...options, layout }),
    }),
    bound: () => ({ y: division, dx: division }),
  };
});

testOperations(cases);
