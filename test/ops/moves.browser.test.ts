// Concatenation, splitting and shuffles, which only move numbers: nothing rounds.
import {
  channelShuffle,
  channelShuffleBackward,
  concatenate,
  pixelShuffle,
  pixelUnshuffle,
  split,
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

testOperations([...slices, ...channels, ...pixels]);
