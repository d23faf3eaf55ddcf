import { maxout, maxoutBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { type OperationCase, testOperations } from "./suite.ts";

/** Nothing is rounded. */
const exact = (): number => 0;

/** Quarters, so that some pieces are equal. */
const quarters = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => (((at * 7 + seed) % 11) - 5) / 4);

const GROUPS: readonly { shape: readonly number[]; out: readonly number[]; pieces: number }[] = [
  { shape: [2, 6, 3, 4], out: [2, 2, 3, 4], pieces: 3 },
  { shape: [1, 8, 3, 5], out: [1, 4, 3, 5], pieces: 2 },
  { shape: [3, 10], out: [3, 2], pieces: 5 },
  { shape: [1, 4, 2, 3, 2], out: [1, 1, 2, 3, 2], pieces: 4 },
];

const cases = GROUPS.flatMap(({ shape, out, pieces }): OperationCase<never>[] => {
  const name = `maxout of ${pieces} pieces of [${shape.join(", ")}]`;
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape, values: quarters } },
    run: ({ x }) => ({ y: maxout(x, { pieces }) }),
    reference: ({ x }, layout) => ({ y: reference.maxout(x, { pieces, layout }) }),
    bound: () => ({ y: exact }),
  };
  const backward: OperationCase<"dy" | "x"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape: out }, x: { shape, values: quarters } },
    run: ({ dy, x }) => ({ dx: maxoutBackward(dy, x, { pieces }) }),
    reference: ({ dy, x }, layout) => ({ dx: reference.maxoutBackward(dy, x, { pieces, layout }) }),
    bound: () => ({ dx: exact }),
  };
  return [forward, backward];
});

testOperations(cases);
