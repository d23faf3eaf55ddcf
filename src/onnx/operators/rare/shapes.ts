// Shapes as numbers, expansions, and repetitions, sequences and constants of known shapes.
import { elementCount } from "../../../base/shape.ts";
import { RANKS, checkShape } from "../../../base/validate.ts";
import { expansionOf } from "../../../ops/expand/geometry.ts";
import { type NodeLowering, type OnnxOperator, type Operand, operator } from "../../lowering.ts";
import { MISSING, sizesAt } from "../shapes.ts";

/** Each axis by itself: an axis of size 1 before it is expanded, and joined with it. */
const Tile = operator([2, 2], {}, (node) => {
  const repeats = sizesAt(node, 1);
  let x = node.input(0);
  if (repeats.length !== x.shape.length) node.refuse("repeats", repeats, `${x.shape.length} numbers`);
  repeats.forEach((times, axis) => {
    const { shape } = x;
    const [outer, inner] = [elementCount(shape.slice(0, axis)), elementCount(shape.slice(axis))];
    const repeated = expanded(node, node.reshaped(x, [outer, 1, inner]), [outer, times, inner]);
    x = node.reshaped(repeated, shape.with(axis, shape[axis]! * times));
  });
  return x;
});

const Size = operator([1, 1], {}, (node) => node.constant("integer", [], [elementCount(node.input(0).shape)]));

const ConstantOfShape = operator([1, 1], { value: "tensor" }, (node) => {
  const { kind, data } = node.attributes.value ?? { kind: "float", data: [0] };
  return node.filled(kind, checkShape("shape", sizesAt(node, 0), RANKS), data[0] ?? 0);
});

const Range = operator([3, 3], {}, (node) => {
  const [start, limit, delta] = [0, 1, 2].map(
    (at) => node.numbers(at)?.[0] ?? node.refuse(`input ${at}`, MISSING, "a number"),
  );
  const count = Math.max(0, Math.ceil((limit! - start!) / delta!));
  const { kind } = node.input(0);
  const range = node.filled(kind, checkShape("range", [count], [1]), 0);
  for (let at = 0; at < count; at++) range.data[at] = start! + at * delta!;
  return range;
});

const Shape = operator([1, 1], { start: 0, end: "number" }, (node) => {
  const { shape } = node.input(0);
  const sizes = shape.slice(node.attributes.start, node.attributes.end);
  return node.constant("integer", [sizes.length], sizes);
});

const Expand = operator([2, 2], {}, (node) => {
  const x = node.input(0);
  return expanded(node, x, sizesAt(node, 1));
});

/** Repeats axes of size 1. */
function expanded(node: NodeLowering<unknown>, x: Operand, shape: readonly number[]): Operand {
  const expansion = expansionOf(x.shape, shape);
  return expansion.shape.join() === x.shape.join() ? x : node.moved(x, expansion, "expand", { shape });
}

export const shapes: Readonly<Record<string, OnnxOperator>> = {
  ConstantOfShape,
  Expand,
  Range,
  Shape,
  Size,
  Tile,
};
