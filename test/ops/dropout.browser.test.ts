import { gamma } from "../../src/base/arithmetic.ts";
import type { DropoutOptions } from "../../src/ops/dropout/geometry.ts";
import { dropout, dropoutBackward, dropoutWithMask } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { type OperationCase, testOperations } from "./suite.ts";

const CASES: readonly { shape: readonly number[]; options: DropoutOptions }[] = [
  { shape: [2, 3, 4, 6], options: { seed: 1 } },
  { shape: [2, 4, 3, 5], options: { rate: 0.2, seed: 2 ** 53 - 1 } },
  { shape: [3, 7], options: { rate: 0.9, seed: 2 ** 32 } },
  { shape: [2, 8, 2, 2, 3], options: { seed: 3_000_000_000, perChannel: true } },
  { shape: [5, 6, 4], options: { rate: 0.4, seed: 5, perChannel: true } },
  { shape: [9], options: { rate: 1, seed: 0 } },
  { shape: [0, 3], options: { seed: 1 } },
  { shape: [2, 3, 2, 1, 2, 2, 3], options: { seed: 4 } },
  { shape: [], options: { seed: 7 } },
];

const cases = CASES.flatMap(({ shape, options }): OperationCase<never>[] => {
  const name = `[${shape.join(", ")}] dropped with ${JSON.stringify(options)}`;
  // The scale and the product are rounded; which elements are dropped is exact.
  const bound = (_: number, expected: number): number => gamma(2) * Math.abs(expected);
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: dropout(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.dropout(x, { ...options, layout }) }),
    bound: () => ({ y: bound }),
  };
  const backward: OperationCase<"dy"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape } },
    run: ({ dy }) => ({ dx: dropoutBackward(dy, options) }),
    reference: ({ dy }, layout) => ({ dx: reference.dropoutBackward(dy, { ...options, layout }) }),
    bound: () => ({ dx: bound }),
  };
  const masked: OperationCase<"x"> = {
    name: `${name}, and the mask`,
    inputs: { x: { shape } },
    run: ({ x }) => ({ ...dropoutWithMask(x, options) }),
    reference: ({ x }, layout) => ({ ...reference.dropoutWithMask(x, { ...options, layout }) }),
    bound: () => ({ y: bound, mask: () => 0 }),
  };
  return [forward, masked, backward];
});

testOperations(cases);
