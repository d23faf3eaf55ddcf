// Max pooling against the reference.
import { expect, it } from "vitest";
import { gamma } from "../../src/base/arithmetic.ts";
import { elementCount } from "../../src/base/shape.ts";
import { maxPool, maxPoolBackward, maxPoolWithIndices } from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { integers } from "../suite/random.ts";
import { poisonedEngine } from "./poison.ts";
import { type OperationCase, magnitudes, testOperations } from "./suite.ts";
import { POOLED_MAPS, type PooledMap, inLayout } from "./windows.ts";

const zeros = (shape: readonly number[]) => ({ data: new Float64Array(elementCount(shape)), shape });

/** Few different numbers, so that windows have several largest cells. */
const ties = (count: number, seed: number): Float32Array => integers(count, seed, 2);

const MAPS: readonly PooledMap[] = [
  ...POOLED_MAPS,
  // Enough that an invocation computes several, the last ones past the end.
  { name: "2-D, many windows", shape: [1, 3, 90, 63], options: { kernelSize: 3, stride: 1, padding: 1 } },
  // More cells than one invocation reduces, in four channels and in three.
  { name: "2-D, large windows", shape: [1, 4, 30, 27], options: { kernelSize: [14, 13], stride: 9, padding: 5 } },
  { name: "2-D, many whole maps", shape: [2, 128, 12, 11], options: { kernelSize: [12, 11] } },
  { name: "3-D, large windows", shape: [2, 3, 9, 8, 7], options: { kernelSize: [8, 6, 5], stride: [1, 2, 3] } },
];

const cases = MAPS.flatMap(({ name, shape, options }): OperationCase<never>[] => {
  const output = reference.maxPool(zeros(shape), options).shape;
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: maxPool(x, options) }),
    reference: ({ x }, layout) => ({ y: reference.maxPool(x, { ...options, layout }) }),
    bound: () => ({ y: () => 0 }),
  };
  const indexed: OperationCase<"x"> = {
    name: `indices of ${name}`,
    inputs: { x: { shape, values: ties } },
    run: ({ x }) => ({ ...maxPoolWithIndices(x, options) }),
    reference: ({ x }, layout) => ({ ...reference.maxPoolWithIndices(x, { ...options, layout }) }),
    bound: () => ({ y: () => 0, indices: () => 0 }),
  };
  const backward: OperationCase<"x" | "dy"> = {
    name: `gradient of ${name}`,
    inputs: { x: { shape, values: ties }, dy: { shape: output } },
    run: ({ x, dy }, layout) => {
      const { y, indices } = maxPoolWithIndices(x, options);
      const dx = maxPoolBackward(dy, indices, { ...options, inputShape: inLayout(shape, layout) });
      for (const tensor of [y, indices]) tensor.destroy();
      return { dx };
    },
    reference: ({ x, dy }, layout) => {
      const { indices } = reference.maxPoolWithIndices(x, { ...options, layout });
      return {
        dx: reference.maxPoolBackward(dy, indices, { ...options, layout, inputShape: inLayout(shape, layout) }),
      };
    },
    // Sums of at most all windows of a channel.
    bound: ({ x, dy }, layout) => {
      const { indices } = reference.maxPoolWithIndices(x, { ...options, layout });
      const sizes = reference.maxPoolBackward(magnitudes(dy), indices, {
        ...options,
        layout,
        inputShape: inLayout(shape, layout),
      }).data;
      return { dx: (place) => gamma(elementCount(output.slice(2))) * sizes[place]! };
    },
  };
  return [forward, indexed, backward];
});

testOperations(cases);

const engine = poisonedEngine();

it.each([{ kernelSize: 3, stride: 2 }, { kernelSize: [1, 5] }, { kernelSize: 5, padding: 2 }])(
  "propagates NaN, and finds minus infinity, with %o",
  async (options) => {
    const shape = [1, 1, 5, 5];
    const data = Array.from({ length: 25 }, () => -Infinity);
    data[8] = NaN;
    data[13] = NaN;
    data[9] = Infinity;
    const x = engine().tensor(data, shape);
    const { y, indices } = maxPoolWithIndices(x, options);
    const alone = maxPool(x, options);
    const wanted = reference.maxPoolWithIndices({ shape, data }, options);
    expect([...(await y.read())]).toEqual([...wanted.y.data]);
    expect([...(await alone.read())]).toEqual([...wanted.y.data]);
    expect([...(await indices.read())]).toEqual([...wanted.indices.data]);
  },
);
