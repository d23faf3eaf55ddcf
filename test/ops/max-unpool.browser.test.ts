// Max unpooling against the reference.
import { elementCount } from "../../src/base/shape.ts";
import { maxUnpool, maxUnpoolBackward } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { integers } from "../suite/random.ts";
import { type OperationCase, testOperations } from "./suite.ts";
import { POOLED_MAPS, inLayout } from "./windows.ts";

const zeros = (shape: readonly number[]) => ({ data: new Float64Array(elementCount(shape)), shape });

const cases = POOLED_MAPS.flatMap(({ name, shape, options }): OperationCase<never>[] => {
  const pooled = reference.maxPoolWithIndices(zeros(shape), options).y.shape;
  // Few different numbers, so that overlapping windows choose the same cell; and some indices outside the window.
  const source = { data: integers(elementCount(shape), 7, 3), shape };
  const { data } = reference.maxPoolWithIndices(source, options).indices;
  const indices = Float64Array.from(data, (index, at) => (at % 7 === 3 ? index + 1000 : index));
  const inputs = { indices: { shape: pooled, values: () => indices, dtype: "f32" } } as const;
  // Values are copied: nothing rounds.
  const forward: OperationCase<"x" | "indices"> = {
    name,
    inputs: { x: { shape: pooled }, ...inputs },
    run: ({ x, indices: at }, layout) => ({
      y: maxUnpool(x, at, { ...options, outputShape: inLayout(shape, layout) }),
    }),
    reference: ({ x, indices: at }, layout) => ({
      y: reference.maxUnpool(x, at, { ...options, layout, outputShape: inLayout(shape, layout) }),
    }),
    bound: () => ({ y: () => 0 }),
  };
  const backward: OperationCase<"dy" | "indices"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape }, ...inputs },
    run: ({ dy, indices: at }) => ({ dx: maxUnpoolBackward(dy, at, options) }),
    reference: ({ dy, indices: at }, layout) => ({ dx: reference.maxUnpoolBackward(dy, at, { ...options, layout }) }),
    bound: () => ({ dx: () => 0 }),
  };
  return [forward, backward];
});

testOperations(cases);
