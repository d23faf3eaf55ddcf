// Products of matrices.
import { transpositionOf } from "../../ops/transpose/geometry.ts";
import { type Known, type NodeLowering, type OnnxOperator, type Operand, operator } from "../lowering.ts";

const MatMul = operator([2, 2], {}, (node) => node.call("matmul", { a: node.input(0), b: node.input(1) }));

/** alpha A B + beta C. Known weights and biases take the factors. */
const Gemm = operator([2, 3], { alpha: 1, beta: 1, transA: 0, transB: 0 }, (node) => {
  const [a, b, c] = [node.input(0), node.input(1), node.inputs[2]];
  const { alpha, beta, transA, transB } = node.attributes;
  const columns = b.shape[transB ? 0 : 1];
  const isBias = !c || (c.data && c.shape.at(-1) === columns && c.shape.slice(0, -1).every((size) => size === 1));
  if (b.data && b.shape.length === 2 && isBias && !transA) {
    const w = transB ? b : node.moved(b, transpositionOf(b.shape, [1, 0]), "transpose", { permutation: [1, 0] });
    const bias = c && node.reshaped(scaled(node, c, beta), [columns!]);
    return node.call("linear", { x: a, w: scaled(node, w, alpha), bias });
  }
  const product = node.call("matmul", { a, b }, { transposeA: transA !== 0, transposeB: transB !== 0 });
  const multiple = scaled(node, product, alpha);
  return c ? node.call("add", { a: multiple, b: c }, { scale: beta }) : multiple;
});

function scaled(node: NodeLowering<unknown>, x: Operand, factor: number): Operand {
  if (factor === 1) return x;
  if (x.data) return node.computed([x as Known], x.kind, (number) => number * factor);
  return node.call("multiply", { a: x, b: node.constant("float", [], [factor]) });
}

export const products: Readonly<Record<string, OnnxOperator>> = { Gemm, MatMul };
