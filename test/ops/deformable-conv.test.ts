// The reference of deformable convolution: gradients, agreement with convolution for zero offsets, and refusals.
import { expect, test } from "vitest";
import { elementCount } from "../../src/base/shape.ts";
import { conv, deformableConv, deformableConvBackward } from "../../src/reference.ts";
import { uniform } from "../suite/random.ts";
import { refusal } from "../suite/refusal.ts";
import { DEFORMABLE, deformableInputs, eighths } from "./deformable.ts";
import { expectGradient } from "./finite-differences.ts";

const random = (shape: readonly number[], seed: number) => ({ data: uniform(elementCount(shape), seed), shape });

test.each(DEFORMABLE)("the gradients of $name", (one) => {
  const shapes = deformableInputs(one);
  const [x, w, dy] = [random(one.x, 1), random(one.w, 2), random(shapes.y, 3)];
  // Between cells, where interpolation is smooth.
  const moved = Float64Array.from(eighths(one.reach)(elementCount(shapes.offset), 4), (value) => value + 1 / 16);
  const offset = { data: moved, shape: shapes.offset };
  const mask = random(shapes.mask, 5);
  const options = { ...one.options, offset, mask };
  const got = deformableConvBackward(dy, x, w, options);
  expectGradient(got.dx, (a) => deformableConv(a, w, options), x, dy);
  expectGradient(got.dw, (a) => deformableConv(x, a, options), w, dy);
  expectGradient(got.doffset, (a) => deformableConv(x, w, { ...options, offset: a }), offset, dy);
  expectGradient(got.dmask!, (a) => deformableConv(x, w, { ...options, mask: a }), mask, dy);
});

test.each(DEFORMABLE)("is the convolution where nothing is moved, $name", (one) => {
  const shapes = deformableInputs(one);
  const [x, w] = [random(one.x, 1), random(one.w, 2)];
  const offset = { data: new Float64Array(elementCount(shapes.offset)), shape: shapes.offset };
  const { offsetGroups, ...options } = one.options;
  const wanted = conv(x, w, options);
  const got = deformableConv(x, w, { ...options, offset, ...(offsetGroups && { offsetGroups }) });
  wanted.data.forEach((value, at) => expect(got.data[at]).toBeCloseTo(value, 12));
});

const offset = random([1, 18, 3, 3], 1);

test.each([
  [[1, 2, 5], [2, 2, 3], { offset }, "x.shape", "unsupported"],
  [[1, 2, 5, 5, 5], [2, 2, 3, 3, 3], { offset }, "x.shape", "unsupported"],
  [[1, 2, 5, 5], [2, 2, 3, 3], {}, "offset", "invalid-argument"],
  [[1, 2, 5, 5], [2, 2, 3, 3], { offset, offsetGroups: 3 }, "offsetGroups", "shape-mismatch"],
  [[1, 2, 5, 5], [2, 2, 3, 3], { offset, offsetGroups: 2 }, "offset.shape", "shape-mismatch"],
  [[1, 2, 5, 5], [2, 2, 3, 3], { offset, mask: offset }, "mask.shape", "shape-mismatch"],
  [[1, 2, 5, 5], [2, 2, 3, 3], { offset, paddingMode: "reflect" }, "options", "unknown-option"],
])("refuses %o, %o", (x, w, options, argument, code) => {
  expect(refusal(() => deformableConv(random(x, 1), random(w, 2), options as never))).toMatchObject({ argument, code });
});
