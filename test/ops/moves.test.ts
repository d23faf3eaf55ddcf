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

test.each([
  [() => reference.concatenate([]), "tensors", "invalid-argument"],
  [() => reference.concatenate([x, 3 as never]), "tensors[1]", "invalid-argument"],
  [() => reference.concatenate([x, random([2, 6, 4, 3], 1)]), "tensors[1].shape", "shape-mismatch"],
  [() => reference.concatenate([x], { axis: 4 }), "axis", "invalid-argument"],
  [() => reference.split(x, {}), "sizes", "invalid-argument"],
  [() => reference.split(x, { sizes: [2, 3] }), "sizes", "shape-mismatch"],
  [() => reference.split(x, { sizes: [6, 0] }), "sizes[1]", "invalid-argument"],
  [() => reference.split(x, { sections: 4 }), "sections", "shape-mismatch"],
  [() => reference.split(x, { sizes: [6], sections: 1 }), "sections", "invalid-argument"],
  [() => reference.channelShuffle(x, { groups: 4 }), "groups", "shape-mismatch"],
  [() => reference.channelShuffle(x, {} as never), "groups", "invalid-argument"],
  [() => reference.pixelShuffle(x, { factor: 2 }), "factor", "shape-mismatch"],
  [() => reference.pixelShuffle(x, { factor: [2] }), "factor", "shape-mismatch"],
  [() => reference.pixelShuffle(random([2, 6], 1), { factor: 2 }), "x.shape", "shape-mismatch"],
  [() => reference.pixelUnshuffle(x, { factor: [1, 3] }), "factor", "shape-mismatch"],
  [() => reference.pixelUnshuffle(x, { upscale: 2 } as never), "options", "unknown-option"],
])("refuses %s", (call, argument, code) => {
  expect(refusal(call)).toMatchObject({ argument, code });
});
