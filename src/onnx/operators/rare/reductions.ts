// Reductions, sums up to a place, and the places of extremes.
import { elementCount } from "../../../base/shape.ts";
import { reducedOf } from "../../../ops/reduce/geometry.ts";
import { axesOf } from "../../../ops/shared/geometry/axis.ts";
import { placesIn } from "../../../ops/shared/geometry/broadcast.ts";
import { type Known, type OnnxOperator, operator } from "../../lowering.ts";

/** How known numbers are reduced, for shape arithmetic. */
type Step = (a: number, b: number) => number;

/** The axes were an attribute before opset 18, and 13 of ReduceSum. */
function reduction(name: string, initial?: number, step?: Step): OnnxOperator {
  return operator([1, 2], { axes: "numbers", keepdims: 1, noop_with_empty_axes: 0 }, (node) => {
    const x = node.input(0);
    const { keepdims, noop_with_empty_axes } = node.attributes;
    const given = node.list(1, node.attributes.axes);
    const isEmpty = !given || given.length === 0;
    if (isEmpty && noop_with_empty_axes !== 0) return x;
    const axes = isEmpty ? [...x.shape.keys()] : axesOf([...given], x.shape.length);
    const options = { axes, keepDimensions: keepdims !== 0 };
    if (!x.data || x.kind !== "integer" || initial === undefined || !step) return node.call(name, { x }, options);
    const { kept, shape } = reducedOf(x.shape, options);
    const result = node.filled(x.kind, shape, initial);
    const places = placesIn(kept, x.shape);
    places.forEach((place, at) => (result.data[place] = step(result.data[place]!, (x as Known).data[at]!)));
    return result;
  });
}

function extreme(name: string): OnnxOperator {
  return operator([1, 1], { axis: 0, keepdims: 1, select_last_index: 0 }, (node) => {
    const { axis, keepdims, select_last_index } = node.attributes;
    const options = { axis, keepDimensions: keepdims !== 0, selectLast: select_last_index !== 0 };
    return node.call(name, { x: node.input(0) }, options);
  });
}

/** Sums of what comes before each place along an axis: known ones, or a product with a triangle of ones. */
const CumSum = operator([2, 2], { exclusive: 0, reverse: 0 }, (node) => {
  const x = node.input(0);
  const axis = node.axis(node.integers(1)![0]!, x.shape.length);
  const [size, inner] = [x.shape[axis]!, elementCount(x.shape.slice(axis + 1))];
  const { exclusive, reverse } = node.attributes;
  if (!x.data) {
    const triangle = node.filled("float", [size, size], 0);
    for (let at = 0; at < size ** 2; at++) {
      const before = (Math.floor(at / size) - (at % size)) * (reverse ? -1 : 1);
      triangle.data[at] = Number(before >= (exclusive ? 1 : 0));
    }
    const lines = node.reshaped(x, [elementCount(x.shape.slice(0, axis)), size, inner]);
    return node.reshaped(node.call("matmul", { a: triangle, b: lines }), x.shape);
  }
  const { data: sums, ...rest } = node.filled(x.kind, x.shape, 0);
  for (let turn = 0; turn < sums.length; turn++) {
    const at = reverse ? sums.length - 1 - turn : turn;
    const isFirst = Math.floor(at / inner) % size === (reverse ? size - 1 : 0);
    const before = reverse ? at + inner : at - inner;
    const added = x.data[exclusive ? before : at]!;
    sums[at] = (isFirst ? 0 : sums[before]!) + (isFirst && exclusive ? 0 : added);
  }
  return { ...rest, data: sums };
});

export const reductions: Readonly<Record<string, OnnxOperator>> = {
  ArgMax: extreme("argMax"),
  ArgMin: extreme("argMin"),
  CumSum,
  ReduceL1: reduction("reduceL1"),
  ReduceL2: reduction("reduceL2"),
  ReduceLogSum: reduction("reduceLogSum"),
  ReduceLogSumExp: reduction("reduceLogSumExp"),
  ReduceMax: reduction("reduceMax", -Infinity, (a, b) => Math.max(a, b)),
  ReduceMean: reduction("reduceMean"),
  ReduceMin: reduction("reduceMin", Infinity, (a, b) => Math.min(a, b)),
  ReduceProd: reduction("reduceProduct", 1, (a, b) => a * b),
  ReduceSum: reduction("reduceSum", 0, (a, b) => a + b),
  ReduceSumSquare: reduction("reduceSumSquare"),
};
