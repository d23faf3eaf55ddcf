// Operators that move elements.
import { axesOf } from "../../ops/shared/geometry/axis.ts";
import { wholeView } from "../../ops/shared/geometry/strided.ts";
import { sliceOf } from "../../ops/slice/geometry.ts";
import { concatenationOf, splitOf } from "../../ops/slices/geometry.ts";
import { transpositionOf } from "../../ops/transpose/geometry.ts";
import { PADDING_MODES, type PaddingMode } from "../../problem/padding.ts";
import { ANY, type Known, type NodeLowering, type OnnxOperator, type Operand, operator } from "../lowering.ts";
import { pairs } from "./convolution.ts";

/** The layout of all values: it names no axis that an operator here leaves open. */
const LAYOUT = "channels-first";

function concatenated(node: NodeLowering<unknown>, tensors: readonly Operand[], axis: number): Operand {
  if (tensors.length === 1) return tensors[0]!;
  const { slices, shape } = concatenationOf(
    tensors.map((tensor) => tensor.shape),
    { axis },
    LAYOUT,
  );
  if (tensors.every(({ data }) => data)) {
    const parts = slices.map(({ copy: { sizes, from, to } }, at) => ({
      operand: tensors[at] as Known,
      copy: { sizes, from: to, to: from },
    }));
    return node.gathered(parts, shape);
  }
  return node.call("concatenate", Object.fromEntries(tensors.entries()), { axis });
}

const Concat = operator([1, ANY], { axis: "number" }, (node) => {
  const { axis } = node.attributes;
  const tensors = node.inputs.map((_, at) => node.input(at));
  return concatenated(node, tensors, axis ?? node.refuse("axis", "none", "an axis"));
});

/** The sizes were an attribute before opset 13. Without them all slices are equal, the last one smaller if need be. */
const Split = operator([1, 2], { axis: 0, split: "numbers", num_outputs: "number" }, (node) => {
  const x = node.input(0);
  const axis = node.axis(node.attributes.axis, x.shape.length);
  const sections = node.attributes.num_outputs ?? node.read.length;
  const size = x.shape[axis]!;
  const step = Math.ceil(size / sections);
  const equal = Array.from({ length: sections }, (_, at) => Math.max(0, Math.min(step, size - at * step)));
  const sizes = node.list(1, node.attributes.split) ?? equal;
  const { slices } = splitOf(x.shape, { sizes, axis }, LAYOUT);
  if (x.data) return slices.map(({ copy, shape }) => node.gathered([{ operand: x as Known, copy }], shape));
  return node.calls("split", { x }, { sizes, axis });
});

function sliced(node: NodeLowering<unknown>, x: Operand, options: Parameters<typeof sliceOf>[1]): Operand {
  const slice = sliceOf(x.shape, options);
  const isWhole = slice.shape.join() === x.shape.join() && !options.steps?.some((step) => step < 0);
  return isWhole ? x : node.moved(x, slice, "slice", { ...options });
}

/** All but x were attributes before opset 10. */
const Slice = operator([1, 5], { starts: "numbers", ends: "numbers", axes: "numbers" }, (node) => {
  const { starts, ends, axes } = node.attributes;
  const [first, last] = [node.list(1, starts, true), node.list(2, ends, true)];
  if (!first || !last) return node.refuse("starts", "none", "where the slice begins and ends");
  const [along, steps] = [node.list(3, axes), node.integers(4)];
  return sliced(node, node.input(0), {
    ...{ starts: [...first], ends: [...last] },
    ...(along && { axes: [...along] }),
    ...(steps && { steps }),
  });
});

/** Known places along an axis: runs of them are slices. */
const Gather = operator([2, 2], { axis: 0 }, (node) => {
  const x = node.input(0);
  const axis = node.axis(node.attributes.axis, x.shape.length);
  const size = x.shape[axis]!;
  const given = node.integers(1)!;
  const places = given.map((place) => node.axis(place, size));
  const shape = [...x.shape.slice(0, axis), ...node.input(1).shape, ...x.shape.slice(axis + 1)];
  if (places.length === 0) return node.filled(x.kind, shape, 0);
  const runs: { start: number; step: number; count: number }[] = [];
  for (const place of places) {
    const run = runs.at(-1);
    if (run && (run.count === 1 ? place !== run.start : place === run.start + run.count * run.step)) {
      if (run.count === 1) run.step = place - run.start;
      run.count++;
    } else runs.push({ start: place, step: 1, count: 1 });
  }
  if (x.data) {
    // A view of one cell along the axis for each place.
    const [from, sizes] = [wholeView(x.shape), x.shape.with(axis, 1)];
    const to = wholeView(x.shape.with(axis, places.length));
    const parts = places.map((place, at) => ({
      operand: x as Known,
      copy: {
        sizes,
        from: { ...from, start: place * from.strides[axis]! },
        to: { ...to, start: at * to.strides[axis]! },
      },
    }));
    return node.gathered(parts, shape);
  }
  if (runs.length > MOST_RUNS) node.refuse("indices", `${runs.length} runs`, `at most ${MOST_RUNS}`);
  const slices = runs.map(({ start, step, count }) => {
    const end = start + step * count;
    return sliced(node, x, { axes: [axis], starts: [start], ends: [end < 0 ? -Infinity : end], steps: [step] });
  });
  return node.reshaped(concatenated(node, slices, axis), shape);
});

/** Most slices that a gather is taken apart into. */
const MOST_RUNS = 64;

export function transposed(node: NodeLowering<unknown>, x: Operand, permutation: readonly number[]): Operand {
  if (permutation.every((axis, at) => axis === at)) return x;
  return node.moved(x, transpositionOf(x.shape, permutation), "transpose", { permutation });
}

const Transpose = operator([1, 1], { perm: "numbers" }, (node) => {
  const x = node.input(0);
  return transposed(node, x, node.attributes.perm ?? [...x.shape.keys()].toReversed());
});

const MODES: Readonly<Record<string, PaddingMode>> = {
  constant: "zeros",
  reflect: "reflect",
  edge: "replicate",
  wrap: "circular",
};

/** The padding and its value were attributes before opset 11. */
const Pad = operator([1, 4], { mode: ["constant", "reflect", "edge", "wrap"], pads: "numbers", value: 0 }, (node) => {
  const x = node.input(0);
  const { length: rank } = x.shape;
  const given = node.list(1, node.attributes.pads) ?? node.refuse("pads", "none", "numbers");
  const axes = axesOf(node.integers(3) ?? [...x.shape.keys()], rank);
  const along = pairs(node, given, axes.length);
  const padding = x.shape.map((_, axis) => along[axes.indexOf(axis)] ?? [0, 0]);
  if (padding.flat().every((cells) => cells === 0)) return x;
  const paddingMode = MODES[node.attributes.mode] ?? PADDING_MODES[0];
  const paddingValue = node.numbers(2)?.[0] ?? node.attributes.value;
  return node.call("pad", { x }, { padding, paddingMode, ...(paddingMode === "zeros" && { paddingValue }) });
});

export const moves: Readonly<Record<string, OnnxOperator>> = {
  Concat,
  Gather,
  Pad,
  Slice,
  Split,
  Transpose,
};
