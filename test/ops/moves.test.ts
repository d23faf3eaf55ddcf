// The reference of concatenation, splitting and shuffles: gradients and refusals.
import { expect, test } from "vitest";
import * as reference from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: number[], seed: number) => ({
  data: uniform(
    shape.reduce((a, b) => a * b),
    seed,
  ),
  shape,
});
const x = random([2, 6, 4, 2], 1);

test.each(["channels-first", "channels-last"] as const)("gradients with %s", (layout) => {
  const dy = random(x.shape, 2);
  const groups = { groups: 2, layout };
  expectGradient(
    reference.channelShuffleBackward(dy, groups),
    (array) => reference.channelShuffle(array, groups),
    x,
    dy,
  );
  const factor = layout === "channels-first" ? { factor: [2, 1], layout } : { factor: [1, 2], layout };
  const fine = random(reference.pixelShuffle(x, factor).shape, 4);
  expectGradient(reference.pixelUnshuffle(fine, factor), (array) => reference.pixelShuffle(array, factor), x, fine);
  const parts = reference.split(x, { sections: 2, layout });
  const joined = random(reference.concatenate([x, parts[0]!], { layout }).shape, 5);
  const [own] = reference.split(joined, { sizes: layout === "channels-first" ? [6, 3] : [2, 1], layout });
  expectGradient(own!, (array) => reference.concatenate([array, parts[0]!], { layout }), x, joined);
});

test("each undoes the other", () => {
  for (const layout of ["channels-first", "channels-last"] as const) {
    expect(reference.concatenate(reference.split(x, { sizes: [1, 1], axis: 3 }), { axis: 3, layout }).data).toEqual(
      Float64Array.from(x.data),
    );
    expect(reference.pixelShuffle(reference.pixelUnshuffle(x, { factor: 2 }), { factor: 2 }).data).toEqual(
      Float64Array.from(x.data),
    );
    const shuffled = reference.channelShuffle(x, { groups: 2, layout });
    expect(reference.channelShuffleBackward(shuffled, { groups: 2, layout }).data).toEqual(Float64Array.from(x.data));
  }
});

test("slices clamp as Python's do, and gradients of slices and transposes reach their elements", () => {
  const line = { data: [0, 1, 2, 3, 4], shape: [5] };
  const taken = (starts: number, ends: number, steps = 1): number[] => [
    ...reference.slice(line, { starts: [starts], ends: [ends], steps: [steps] }).data,
  ];
  expect(taken(1, 4)).toEqual([1, 2, 3]);
  expect(taken(-2, 99)).toEqual([3, 4]);
  expect(taken(-99, Infinity, 2)).toEqual([0, 2, 4]);
  expect(taken(3, 1)).toEqual([]);
  expect(taken(99, -99, -2)).toEqual([4, 2, 0]);
  expect(taken(-1, -Infinity, -1)).toEqual([4, 3, 2, 1, 0]);
  const options = { starts: [-1, 1], ends: [-9, 6], steps: [-1, 2], axes: [3, 1] };
  const dy = random([2, 3, 4, 2], 6);
  expectGradient(
    reference.sliceBackward(dy, { ...options, inputShape: x.shape }),
    (array) => reference.slice(array, options),
    x,
    dy,
  );
  const moved = random([4, 2, 2, 6], 7);
  expectGradient(
    reference.transpose(moved, { permutation: [2, 3, 0, 1] }),
    (array) => reference.transpose(array, { permutation: [2, 3, 0, 1] }),
    x,
    moved,
  );
  expect(reference.reshape(x, [4, -1]).shape).toEqual([4, 24]);
  expect(reference.reshape({ data: [7], shape: [] }, [1, -1]).shape).toEqual([1, 1]);
});

test.each([
  [() => reference.concatenate([]), "tensors", "invalid-argument"],
  [() => reference.concatenate([x, 3 as never]), "tensors[1]", "invalid-argument"],
  [() => reference.concatenate([x, random([2, 6, 4, 3], 1)]), "tensors[1].shape", "shape-mismatch"],
  [() => reference.concatenate([x], { axis: 4 }), "axis", "invalid-argument"],
  [() => reference.split(x, {}), "sizes", "invalid-argument"],
  [() => reference.split(x, { sizes: [2, 3] }), "sizes", "shape-mismatch"],
  [() => reference.split(x, { sizes: [7, -1] }), "sizes[1]", "invalid-argument"],
  [() => reference.split(x, { sections: 4 }), "sections", "shape-mismatch"],
  [() => reference.split(x, { sizes: [6], sections: 1 }), "sections", "invalid-argument"],
  [() => reference.channelShuffle(x, { groups: 4 }), "groups", "shape-mismatch"],
  [() => reference.channelShuffle(x, {} as never), "groups", "invalid-argument"],
  [() => reference.pixelShuffle(x, { factor: 2 }), "factor", "shape-mismatch"],
  [() => reference.pixelShuffle(x, { factor: [2] }), "factor", "shape-mismatch"],
  [() => reference.pixelShuffle(random([2, 6], 1), { factor: 2 }), "x.shape", "shape-mismatch"],
  [() => reference.pixelUnshuffle(x, { factor: [1, 3] }), "factor", "shape-mismatch"],
  [() => reference.pixelUnshuffle(x, { upscale: 2 } as never), "options", "unknown-option"],
  [() => reference.transpose(x, { permutation: [0, 1, 2, 2] }), "permutation", "invalid-argument"],
  [() => reference.transpose(x, { permutation: [0, 1] }), "permutation", "invalid-argument"],
  [() => reference.slice(x, { starts: [0], ends: [0, 1] }), "ends", "invalid-argument"],
  [() => reference.slice(x, { starts: [0, 0, 0, 0, 0], ends: [] }), "starts", "invalid-argument"],
  [() => reference.slice(x, { starts: [0.5], ends: [1] }), "starts[0]", "invalid-argument"],
  [() => reference.slice(x, { starts: [0], ends: [1], steps: [0] }), "steps[0]", "invalid-argument"],
  [() => reference.slice(x, { starts: [0], ends: [1], axes: [4] }), "axes[0]", "invalid-argument"],
  [() => reference.slice(x, { starts: [0, 0], ends: [1, 1], axes: [0, -4] }), "axes[1]", "invalid-argument"],
  [
    () => reference.sliceBackward(x, { inputShape: [3, 6, 4, 2], starts: [0], ends: [1] }),
    "dy.shape",
    "shape-mismatch",
  ],
  [() => reference.pad(x, { padding: [[1, 1]] }), "padding", "shape-mismatch"],
  [() => reference.pad(random([2], 1), { padding: [[-1, -2]] }), "padding[0]", "empty-output"],
  [() => reference.pad(random([2], 1), { padding: [[0.5, 0]] }), "padding[0][0]", "invalid-argument"],
  [
    () => reference.pad(random([2], 1), { padding: [[1, 0]], paddingMode: "reflect", paddingValue: 1 }),
    "paddingValue",
    "invalid-argument",
  ],
  [() => reference.expand(x, [3, 6, 4, 2]), "shape", "shape-mismatch"],
  [() => reference.reshape(x, [5, -1]), "shape", "shape-mismatch"],
  [() => reference.reshape(x, [2, 6, 8, 2]), "shape", "shape-mismatch"],
  [() => reference.reshape(x, [-1, -1]), "shape[1]", "invalid-argument"],
])("refuses %s", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
