// Pooling by norms, and its inverse.
import { type OnnxOperator, operator } from "../../lowering.ts";
import { POOLING, windowsOf } from "../pooling.ts";

const LpPool = operator([1, 1], { ...POOLING, p: 2 }, (node) =>
  node.call(
    "lpPool",
    { x: node.input(0) },
    { ...windowsOf(node), norm: node.attributes.p, abs: true, scaleCut: false },
  ),
);

const GlobalLpPool = operator([1, 1], { p: 2 }, (node) => {
  const x = node.input(0);
  return node.call("lpPool", { x }, { kernelSize: x.shape.slice(2), norm: node.attributes.p, abs: true });
});

const MaxUnpool = operator([2, 3], { kernel_shape: "numbers", pads: "numbers", strides: "numbers" }, (node) => {
  const outputShape = node.integers(2);
  return node.call(
    "maxUnpool",
    { x: node.input(0), indices: node.input(1) },
    { ...windowsOf(node), indexing: "tensor", ...(outputShape && { outputShape }) },
    { dtypes: { indices: "u32" } },
  );
});

export const pooling: Readonly<Record<string, OnnxOperator>> = { GlobalLpPool, LpPool, MaxUnpool };
