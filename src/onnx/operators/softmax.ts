// Softmax and its logarithm.
import { elementCount } from "../../base/shape.ts";
import { type NodeLowering, type OnnxOperator, operator } from "../lowering.ts";

/** Along all axes from one on, as one, before opset 13, where the first of them was 1 unless given. */
function exponential(name: string): OnnxOperator {
  return operator([1, 1], { axis: "number" }, (node) => {
    const x = node.input(0);
    const { length: rank } = x.shape;
    if (node.opset >= 13) return node.call(name, { x }, { axis: node.attributes.axis ?? -1 });
    const axis = axisFrom(node, rank);
    const inner = elementCount(x.shape.slice(axis));
    if (inner === x.shape[axis]) return node.call(name, { x }, { axis });
    const rows = node.reshaped(x, [elementCount(x.shape.slice(0, axis)), inner]);
    return node.reshaped(node.call(name, { x: rows }, { axis: 1 }), x.shape);
  });
}

function axisFrom(node: NodeLowering<{ readonly axis: number | undefined }>, rank: number): number {
  return node.axis(node.attributes.axis ?? 1, rank, rank);
}

export const softmax: Readonly<Record<string, OnnxOperator>> = {
  LogSoftmax: exponential("logSoftmax"),
  Softmax: exponential("softmax"),
};
