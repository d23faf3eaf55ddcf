// The reference of concatenation, splitting and shuffles: gradients and refusals.
import { expect, test } from "vitest";
import {
  channelShuffle,
  channelShuffleBackward,
  concatenate,
  pixelShuffle,
  pixelUnshuffle,
  split,
} from "../../src/reference.ts";
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
  expectGradient(channelShuffleBackward(dy, groups), (array) => channelShuffle(array, groups), x, dy);
  const factor = layout === "channels-first" ? { factor: [2, 1], layout } : { factor: [1, 2], layout };
  const fine = random(pixelShuffle(x, factor).shape, 4);
  expectGradient(pixelUnshuffle(fine, factor), (array) => pixelShuffle(array, factor), x, fine);
  const parts = split(x, { sections: 2, layout });
  const joined = random(concatenate([x, parts[0]!], { layout }).shape, 5);
  const [own] = split(joined, { sizes: layout === "channels-first" ? [6, 3] : [2, 1], layout });
  expectGradient(own!, (array) => concatenate([array, parts[0]!], { layout }), x, joined);
});

test("each undoes the other", () => {
  for (const layout of ["channels-first", "channels-last"] as const) {
    expect(concatenate(split(x, { sizes: [1, 1], axis: 3 }), { axis: 3, layout }).data).toEqual(
      Float64Array.from(x.data),
    );
    expect(pixelShuffle(pixelUnshuffle(x, { factor: 2 }), { factor: 2 }).data).toEqual(Float64Array.from(x.data));
    const shuffled = channelShuffle(x, { groups: 2, layout });
    expect(channelShuffleBackward(shuffled, { groups: 2, layout }).data).toEqual(Float64Array.from(x.data));
  }
});

test.each([
  [() => concatenate([]), "tensors", "invalid-argument"],
  [() => concatenate([x, 3 as never]), "tensors[1]", "invalid-argument"],
  [() => concatenate([x, random([2, 6, 4, 3], 1)]), "tensors[1].shape", "shape-mismatch"],
  [() => concatenate([x], { axis: 4 }), "axis", "invalid-argument"],
  [() => split(x, {}), "sizes", "invalid-argument"],
  [() => split(x, { sizes: [2, 3] }), "sizes", "shape-mismatch"],
  [() => split(x, { sizes: [6, 0] }), "sizes[1]", "invalid-argument"],
  [() => split(x, { sections: 4 }), "sections", "shape-mismatch"],
  [() => split(x, { sizes: [6], sections: 1 }), "sections", "invalid-argument"],
  [() => channelShuffle(x, { groups: 4 }), "groups", "shape-mismatch"],
  [() => channelShuffle(x, {} as never), "groups", "invalid-argument"],
  [() => pixelShuffle(x, { factor: 2 }), "factor", "shape-mismatch"],
  [() => pixelShuffle(x, { factor: [2] }), "factor", "shape-mismatch"],
  [() => pixelShuffle(random([2, 6], 1), { factor: 2 }), "x.shape", "shape-mismatch"],
  [() => pixelUnshuffle(x, { factor: [1, 3] }), "factor", "shape-mismatch"],
  [() => pixelUnshuffle(x, { upscale: 2 } as never), "options", "unknown-option"],
])("refuses %s", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
