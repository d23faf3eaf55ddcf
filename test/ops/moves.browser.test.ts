// Operations that only move numbers: nothing rounds.
import { expect, it } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { createEngine } from "../../src/index.ts";
import {
  type SliceOptions,
  channelShuffle,
  channelShuffleBackward,
  concatenate,
  expand,
  pixelShuffle,
  pixelUnshuffle,
  reshape,
  slice,
  sliceBackward,
  split,
  transpose,
} from "../../src/ops/index.ts";
import * as reference from "../../src/reference.ts";
import { type OperationCase, testOperations } from "./suite.ts";

const exact = () => 0;

/** Channels-first shapes, joined along their channels, or along an axis that both layouts share. */
const JOINED: readonly { shapes: readonly (readonly number[])[]; axis?: number }[] = [
  {
    shapes: [
      [2, 3, 4, 5],
      [2, 1, 4, 5],
      [2, 4, 4, 5],
    ],
  },
  {
    shapes: [
      [2, 4, 3, 3],
      [2, 8, 3, 3],
    ],
  },
  {
    shapes: [
      [3, 2],
      [1, 2],
      [3, 2],
    ],
    axis: 0,
  },
  {
    shapes: [
      [1, 3, 2, 2, 5],
      [2, 3, 2, 2, 5],
    ],
    axis: -5,
  },
];

const slices = JOINED.flatMap(({ shapes, axis }): OperationCase<never>[] => {
  const options = axis === undefined ? {} : { axis };
  const at = axis === undefined ? 1 : 0;
  const name = shapes.map((shape) => `[${shape.join(", ")}]`).join(" and ");
  const sizes = shapes.map((shape) => shape[at]!);
  const all = shapes[0]!.with(
    at,
    sizes.reduce((a, b) => a + b),
  );
  const forward: OperationCase = {
    name: `concatenation of ${name}`,
    inputs: Object.fromEntries(shapes.map((shape, part) => [`x${part}`, { shape }])),
    run: (tensors) => ({ y: concatenate(Object.values(tensors), options) }),
    reference: (arrays, layout) => ({ y: reference.concatenate(Object.values(arrays), { ...options, layout }) }),
    bound: () => ({ y: exact }),
  };
  const backward: OperationCase<"x"> = {
    name: `split into ${name}`,
    inputs: { x: { shape: all } },
    run: ({ x }) => Object.fromEntries(Object.entries(split(x, { sizes, ...options }))),
    reference: ({ x }, layout) => Object.fromEntries(Object.entries(reference.split(x, { sizes, ...options, layout }))),
    bound: () => Object.fromEntries(shapes.map((_, part) => [part, exact])),
  };
  return [forward, backward] as OperationCase<never>[];
});

const SHUFFLED: readonly { shape: readonly number[]; groups: number }[] = [
  { shape: [2, 6, 3, 4], groups: 2 },
  { shape: [1, 8, 3, 5], groups: 4 },
  { shape: [2, 12, 7], groups: 3 },
  { shape: [3, 10], groups: 5 },
];

const channels = SHUFFLED.flatMap(({ shape, groups }): OperationCase<never>[] => {
  const name = `shuffle of ${groups} groups of [${shape.join(", ")}]`;
  const forward: OperationCase<"x"> = {
    name,
    inputs: { x: { shape } },
    run: ({ x }) => ({ y: channelShuffle(x, { groups }) }),
    reference: ({ x }, layout) => ({ y: reference.channelShuffle(x, { groups, layout }) }),
    bound: () => ({ y: exact }),
  };
  const backward: OperationCase<"dy"> = {
    name: `gradient of ${name}`,
    inputs: { dy: { shape } },
    run: ({ dy }) => ({ dx: channelShuffleBackward(dy, { groups }) }),
    reference: ({ dy }, layout) => ({ dx: reference.channelShuffleBackward(dy, { groups, layout }) }),
    bound: () => ({ dx: exact }),
  };
  return [forward, backward];
});

const PIXELS: readonly { coarse: readonly number[]; fine: readonly number[]; factor: number | readonly number[] }[] = [
  { coarse: [2, 8, 3, 5], fine: [2, 2, 6, 10], factor: 2 },
  { coarse: [1, 18, 2, 4], fine: [1, 3, 4, 12], factor: [2, 3] },
  { coarse: [1, 16, 3, 2], fine: [1, 4, 6, 4], factor: 2 },
  { coarse: [3, 6, 5], fine: [3, 2, 15], factor: 3 },
  { coarse: [1, 24, 2, 3, 2], fine: [1, 2, 4, 9, 4], factor: [2, 3, 2] },
  { coarse: [1, 3, 4, 4], fine: [1, 3, 4, 4], factor: 1 },
];

const pixels = PIXELS.flatMap(({ coarse, fine, factor }): OperationCase<never>[] => {
  const shuffle: OperationCase<"x"> = {
    name: `pixel shuffle of [${coarse.join(", ")}] by ${String(factor)}`,
    inputs: { x: { shape: coarse } },
    run: ({ x }) => ({ y: pixelShuffle(x, { factor }) }),
    reference: ({ x }, layout) => ({ y: reference.pixelShuffle(x, { factor, layout }) }),
    bound: () => ({ y: exact }),
  };
  const unshuffle: OperationCase<"x"> = {
    name: `pixel unshuffle of [${fine.join(", ")}] by ${String(factor)}`,
    inputs: { x: { shape: fine } },
    run: ({ x }) => ({ y: pixelUnshuffle(x, { factor }) }),
    reference: ({ x }, layout) => ({ y: reference.pixelUnshuffle(x, { factor, layout }) }),
    bound: () => ({ y: exact }),
  };
  return [shuffle, unshuffle];
});

/** Every kind of copy: runs of four and of one, tiles of matrices, axes that merge, eight axes, empty results. */
const PERMUTED: readonly (readonly [shape: readonly number[], permutation: readonly number[]])[] = [
  [
    [2, 8, 3, 5],
    [0, 2, 3, 1],
  ],
  [
    [2, 3, 5, 8],
    [2, 0, 1, 3],
  ],
  [
    [7, 9],
    [1, 0],
  ],
  [
    [3, 16, 12],
    [0, 2, 1],
  ],
  // Several tiles of workgroups along both sides, the last of them cut off.
  [
    [2, 36, 72],
    [0, 2, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 2, 1, 0],
  ],
  [
    [2, 1, 3, 1, 2, 2, 3, 2],
    [7, 1, 5, 0, 3, 2, 6, 4],
  ],
  [
    [2, 0, 3],
    [2, 1, 0],
  ],
  [[], []],
];

const permutations = PERMUTED.map(([shape, permutation]): OperationCase<"x"> => ({
  name: `transpose [${shape.join(", ")}] to [${permutation.join(", ")}]`,
  inputs: { x: { shape, layoutFree: true } },
  run: ({ x }) => ({ y: transpose(x, { permutation }) }),
  reference: ({ x }) => ({ y: reference.transpose(x, { permutation }) }),
  bound: () => ({ y: exact }),
}));

const SLICED: readonly { shape: readonly number[]; options: SliceOptions }[] = [
  { shape: [2, 6, 4, 8], options: { starts: [1], ends: [5], axes: [1] } },
  { shape: [2, 6, 4, 8], options: { starts: [-1, 0], ends: [-99, 7], steps: [-2, 3], axes: [1, -1] } },
  { shape: [9], options: { starts: [7], ends: [-Infinity], steps: [-3] } },
  { shape: [3, 4], options: { starts: [2], ends: [2] } },
];

const sliced = SLICED.flatMap(({ shape, options }): OperationCase<never>[] => {
  const own = reference.slice({ data: new Float32Array(elementCount(shape)), shape }, options).shape;
  const forward: OperationCase<"x"> = {
    name: `slice of [${shape.join(", ")}] to [${own.join(", ")}]`,
    inputs: { x: { shape, layoutFree: true } },
    run: ({ x }) => ({ y: slice(x, options) }),
    reference: ({ x }) => ({ y: reference.slice(x, options) }),
    bound: () => ({ y: exact }),
  };
  const backward: OperationCase<"dy"> = {
    name: `gradient of ${forward.name}`,
    inputs: { dy: { shape: own, layoutFree: true } },
    run: ({ dy }) => ({ dx: sliceBackward(dy, { ...options, inputShape: shape }) }),
    reference: ({ dy }) => ({ dx: reference.sliceBackward(dy, { ...options, inputShape: shape }) }),
    bound: () => ({ dx: exact }),
  };
  return [forward, backward];
});

const EXPANDED: readonly (readonly [shape: readonly number[], wanted: readonly number[]])[] = [
  [
    [3, 1, 8],
    [2, 1, 4, 1],
  ],
  [[], [2, 3]],
  [
    [1, 5],
    [0, 5],
  ],
  // Each element in a row, four results of an invocation: of two elements, and of one.
  [
    [4, 1],
    [4, 3],
  ],
  [
    [2, 6, 1, 1],
    [2, 6, 3, 7],
  ],
  // As many as four do not divide.
  [
    [3, 1],
    [3, 5],
  ],
];

const expanded = EXPANDED.map(([shape, wanted]): OperationCase<"x"> => ({
  name: `expansion of [${shape.join(", ")}] to [${wanted.join(", ")}]`,
  inputs: { x: { shape, layoutFree: true } },
  run: ({ x }) => ({ y: expand(x, wanted) }),
  reference: ({ x }) => ({ y: reference.expand(x, wanted) }),
  bound: () => ({ y: exact }),
}));

testOperations([...slices, ...channels, ...pixels, ...permutations, ...sliced, ...expanded]);

it("joins and splits any number of tensors, indices and empty ones among them", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const tensors = Array.from({ length: 1500 }, (_, at) =>
    engine.tensor(at % 7 === 0 ? [] : [at, 2 ** 32 - 1 - at], [at % 7 === 0 ? 0 : 2, 1], { dtype: "u32" }),
  );
  const all = concatenate(tensors, { axis: 0 });
  const expected = tensors.flatMap((_, at) => (at % 7 === 0 ? [] : [at, 2 ** 32 - 1 - at]));
  expect([...(await all.read())]).toEqual(expected);
  const parts = split(all, { sections: expected.length, axis: 0 });
  expect(await parts.at(-1)!.read()).toEqual(Uint32Array.of(expected.at(-1)!));
  engine.destroy();
});

it("moves the bits of NaN", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const bits = Uint32Array.of(0x7fc00001, 0xffc0beef, 0x80000000, 1);
  const x = engine.tensor(new Float32Array(bits.buffer), [2, 2]);
  const y = await transpose(x).read();
  expect(new Uint32Array(y.buffer)).toEqual(Uint32Array.of(bits[0]!, bits[2]!, bits[1]!, bits[3]!));
  engine.destroy();
});

it("reshapes without a copy, and frees the memory with the last tensor that uses it", async () => {
  const engine = await createEngine({ tuning: "forget" });
  const before = engine.memory.tensors;
  const x = engine.tensor([1, 2, 3, 4, 5, 6], [2, 3]);
  const held = engine.memory.tensors;
  const rows = reshape(x, [3, -1]);
  const again = reshape(rows, [1, 6, 1], { layout: "channels-last" });
  expect(rows.shape).toEqual([3, 2]);
  expect(again.layout).toBe("channels-last");
  expect(engine.memory.tensors).toBe(held);
  x.destroy();
  rows.destroy();
  again.write([6, 5, 4, 3, 2, 1]);
  expect(await again.read()).toEqual(Float32Array.of(6, 5, 4, 3, 2, 1));
  expect(engine.memory.tensors).toBe(held);
  again.destroy();
  expect(engine.memory.tensors).toBe(before);
  expect(() => reshape(x, [6])).toThrow("destroyed");
  engine.destroy();
});
