// The places of extremes, of which equal ones, NaN, infinities and both zeros are some.
import type { ArgMaxOptions } from "../../src/ops/arg-max/geometry.ts";
import { argMax, argMin } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { type OperationCase, testOperations } from "./suite.ts";

const SPECIAL = [Number.NaN, Infinity, -Infinity, 0, -0, 1, 1, -1];

/** Few different values, so that there are equal ones, and every fifth one special. */
const values = (count: number, seed: number): Float32Array =>
  uniform(count, seed).map((v, at) => (at % 5 === seed % 5 ? SPECIAL[at % SPECIAL.length]! : Math.round(3 * v)));

const rounded = (count: number, seed: number): Float32Array => uniform(count, seed).map((v) => Math.round(2 * v));

const CASES: readonly { shape: readonly number[]; options: ArgMaxOptions; special?: true }[] = [
  { shape: [2, 5, 3, 4], options: {} },
  { shape: [40, 3], options: { axis: -1, keepDimensions: true }, special: true },
  { shape: [6, 7], options: { axis: 0, selectLast: true }, special: true },
  { shape: [3, 600], options: { axis: 1 }, special: true },
  { shape: [600, 2], options: { axis: 0, selectLast: true } },
  { shape: [5, 300], options: { axis: 1, keepDimensions: true }, special: true },
  // As many lines that an invocation takes several at once.
  { shape: [4, 9, 32, 33], options: { axis: 1 }, special: true },
  { shape: [4, 5, 16, 66], options: { axis: 1, selectLast: true }, special: true },
  { shape: [], options: {} },
  { shape: [0, 3], options: { axis: 1 } },
];

const references = { argMax: reference.argMax, argMin: reference.argMin };

const cases = CASES.flatMap(({ shape, options, special }) =>
  (["argMax", "argMin"] as const).map((name): OperationCase<"x"> => {
    const call = { argMax, argMin }[name];
    return {
      name: `${name} of [${shape.join(", ")}], ${JSON.stringify(options)}`,
      inputs: { x: { shape, values: special ? values : rounded } },
      run: ({ x }) => ({ y: call(x, options) }),
      reference: ({ x }, layout) => ({ y: references[name](x, { ...options, layout }) }),
      bound: () => ({ y: () => 0 }),
    };
  }),
);

testOperations(cases);
