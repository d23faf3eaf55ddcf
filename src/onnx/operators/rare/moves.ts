// Cuts, places along an axis, padding, blocks of channels as cells, and triangles.
import { axesOf } from "../../../ops/shared/geometry/axis.ts";
import { wholeView } from "../../../ops/shared/geometry/strided.ts";
import { splitOf } from "../../../ops/slices/geometry.ts";
import { PADDING_MODES, type PaddingMode } from "../../../problem/padding.ts";
import { type Known, type NodeLowering, type OnnxOperator, type Operand, operator } from "../../lowering.ts";
import { pairs } from "../convolution.ts";
import { LAYOUT, concatenated, sliced, transposed } from "../moves.ts";

/** Zeros on the other side of a diagonal of the last two axes. */
const Trilu = operator([1, 2], { upper: 1 }, (node) => {
  const x = node.input(0);
  const [diagonal = 0] = node.integers(1) ?? [];
  const [rows = 0, columns = 0] = x.shape.slice(-2);
  const condition = node.filled("boolean", [rows, columns], 0);
  for (let at = 0; at < rows * columns; at++) {
    const beside = (at % columns) - Math.floor(at / columns) - diagonal;
    condition.data[at] = Number(node.attributes.upper ? beside >= 0 : beside <= 0);
  }
  if (x.data) return node.computed([condition, x as Known], x.kind, (holds, number) => (holds ? number : 0));
  return node.call("where", { condition, a: x, b: node.constant(x.kind, [], [0]) });
});

const DepthToSpace = operator([1, 1], { blocksize: "number", mode: ["DCR", "CRD"] }, (node) => {
  const x = node.input(0);
  const { blocksize: factor = 0, mode } = node.attributes;
  if (mode === "CRD") return node.call("pixelShuffle", { x }, { factor });
  const [N, C, H, W] = fourOf(node, x);
  const channels = C / factor ** 2;
  const blocks = node.reshaped(x, [N, factor, factor, channels, H, W]);
  return node.reshaped(transposed(node, blocks, [0, 3, 4, 1, 5, 2]), [N, channels, H * factor, W * factor]);
});

const SpaceToDepth = operator([1, 1], { blocksize: "number" }, (node) => {
  const x = node.input(0);
  const { blocksize: factor = 0 } = node.attributes;
  const [N, C, H, W] = fourOf(node, x);
  const [rows, columns] = [H / factor, W / factor];
  const blocks = node.reshaped(x, [N, C, rows, factor, columns, factor]);
  return node.reshaped(transposed(node, blocks, [0, 3, 5, 1, 2, 4]), [N, C * factor ** 2, rows, columns]);
});

function fourOf(node: NodeLowering<unknown>, { shape }: Operand): readonly [number, number, number, number] {
  if (shape.length !== 4) node.refuse("input 0", shape, "four axes");
  return shape as unknown as readonly [number, number, number, number];
}

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
  DepthToSpace,
  Gather,
  Pad,
  SpaceToDepth,
  Split,
  Trilu,
};
