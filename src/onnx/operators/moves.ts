// Operators that move elements.
import { sliceOf } from "../../ops/slice/geometry.ts";
import { concatenationOf } from "../../ops/slices/geometry.ts";
import { transpositionOf } from "../../ops/transpose/geometry.ts";
import { ANY, type Known, type NodeLowering, type OnnxOperator, type Operand, operator } from "../lowering.ts";

/** The layout of all values: it names no axis that an operator here leaves open. */
export const LAYOUT = "channels-first";

export function concatenated(node: NodeLowering<unknown>, tensors: readonly Operand[], axis: number): Operand {
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

export function sliced(node: NodeLowering<unknown>, x: Operand, options: Parameters<typeof sliceOf>[1]): Operand {
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

export function transposed(node: NodeLowering<unknown>, x: Operand, permutation: readonly number[]): Operand {
  if (permutation.every((axis, at) => axis === at)) return x;
  return node.moved(x, transpositionOf(x.shape, permutation), "transpose", { permutation });
}

const Transpose = operator([1, 1], { perm: "numbers" }, (node) => {
  const x = node.input(0);
  return transposed(node, x, node.attributes.perm ?? [...x.shape.keys()].toReversed());
});

export const moves: Readonly<Record<string, OnnxOperator>> = {
  Concat,
  Slice,
  Transpose,
};
