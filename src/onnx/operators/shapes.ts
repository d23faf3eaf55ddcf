// Operators that give the same elements another shape, and those that say what shapes are.
import { describe } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { axesOf } from "../../ops/shared/geometry/axis.ts";
import { type NodeLowering, type OnnxOperator, operator } from "../lowering.ts";

export const MISSING = "none, where it has to be known";

/** An input that is a list of sizes. */
export function sizesAt(node: NodeLowering<unknown>, at: number): number[] {
  return node.integers(at) ?? node.refuse(`input ${at}`, MISSING, "sizes");
}

const Reshape = operator([2, 2], { allowzero: 0 }, (node) => {
  const x = node.input(0);
  const given = sizesAt(node, 1);
  const kept = given.map((size, axis) =>
    size === 0 && node.attributes.allowzero === 0 ? (x.shape[axis] ?? -2) : size,
  );
  const free = kept.indexOf(-1);
  const known = kept.filter((_, axis) => axis !== free);
  const [count, others] = [elementCount(x.shape), elementCount(known)];
  const shape = free < 0 ? kept : kept.with(free, others === 0 ? 0 : count / others);
  if (!shape.every((size) => Number.isInteger(size) && size >= 0) || elementCount(shape) !== count)
    node.refuse("shape", given, `the ${count} elements of ${describe(x.shape)}`);
  return node.reshaped(x, shape);
});

const Flatten = operator([1, 1], { axis: 1 }, (node) => {
  const x = node.input(0);
  const { length: rank } = x.shape;
  const axis = node.axis(node.attributes.axis, rank, rank);
  return node.reshaped(x, [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))]);
});

/** The axes were an attribute before opset 13. */
const Squeeze = operator([1, 2], { axes: "numbers" }, (node) => {
  const x = node.input(0);
  const given = node.list(1, node.attributes.axes);
  const axes = given ? axesOf([...given], x.shape.length) : [...x.shape.keys()].filter((axis) => x.shape[axis] === 1);
  const other = axes.find((axis) => x.shape[axis] !== 1);
  if (other !== undefined) node.refuse("axes", `${other} of ${describe(x.shape)}`, "axes of size 1");
  return node.reshaped(
    x,
    x.shape.filter((_, axis) => !axes.includes(axis)),
  );
});

const Unsqueeze = operator([1, 2], { axes: "numbers" }, (node) => {
  const x = node.input(0);
  const given = node.list(1, node.attributes.axes) ?? node.refuse("axes", MISSING, "axes");
  const rank = x.shape.length + given.length;
  const axes = axesOf([...given], rank);
  let next = 0;
  const shape = Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : x.shape[next++]!));
  return node.reshaped(x, shape);
});

const Constant = operator(
  [0, 0],
  { value: "tensor", value_float: "number", value_floats: "numbers", value_int: "number", value_ints: "numbers" },
  (node) => {
    const { value, value_float, value_floats, value_int, value_ints } = node.attributes;
    if (value) return { ...value, name: node.name };
    if (value_float !== undefined) return node.constant("float", [], [value_float]);
    if (value_int !== undefined) return node.constant("integer", [], [value_int]);
    if (value_floats) return node.constant("float", [value_floats.length], value_floats);
    if (value_ints) return node.constant("integer", [value_ints.length], value_ints);
    return node.refuse("value", "none", "a tensor or numbers");
  },
);

/** The same tensor. Dropout drops nothing in inference. */
const Identity = operator([1, 1], {}, (node) => node.input(0));

const Dropout = operator([1, 3], {}, (node) => {
  node.only(1);
  if (node.inputs[2] && node.numbers(2)![0]) node.refuse("training_mode", "true", "false");
  return node.input(0);
});

export const shapes: Readonly<Record<string, OnnxOperator>> = {
  Constant,
  Dropout,
  Flatten,
  Identity,
  Reshape,
  Squeeze,
  Unsqueeze,
};
