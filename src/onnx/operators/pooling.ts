// Pooling.
import { type NodeLowering, type OnnxOperator, operator } from "../lowering.ts";
import { WINDOW, paddingOf } from "./convolution.ts";

interface PoolingAttributes {
  readonly auto_pad?: string;
  readonly pads: readonly number[] | undefined;
  readonly kernel_shape: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly dilations?: readonly number[] | undefined;
  readonly ceil_mode?: number;
}

/** The windows of a node, whose step is 1 unless given. */
export function windowsOf(node: NodeLowering<PoolingAttributes>) {
  const { kernel_shape, strides: stride = 1, dilations: dilation = 1, ceil_mode = 0 } = node.attributes;
  const kernelSize = kernel_shape ?? node.refuse("kernel_shape", "none", "the sizes of the windows");
  return { kernelSize, stride, dilation, padding: paddingOf(node, kernelSize.length), ceilMode: ceil_mode !== 0 };
}

export const POOLING = { ...WINDOW, ceil_mode: 0 } as const;

const MaxPool = operator([1, 1], { ...POOLING, storage_order: 0 }, (node) => {
  const x = node.input(0);
  if (!node.read[1]) return node.call("maxPool", { x }, windowsOf(node));
  if (node.attributes.storage_order !== 0) node.refuse("storage_order", "1", "0: indices count row by row");
  return node.calls("maxPoolWithIndices", { x }, { ...windowsOf(node), indexing: "tensor" });
});

const AveragePool = operator([1, 1], { ...POOLING, count_include_pad: 0 }, (node) =>
  node.call(
    "averagePool",
    { x: node.input(0) },
    { ...windowsOf(node), includePadding: node.attributes.count_include_pad !== 0 },
  ),
);

/** Over all cells of a map. */
function global(name: string): OnnxOperator {
  return operator([1, 1], {}, (node) => node.call(name, { x: node.input(0) }));
}

export const pooling: Readonly<Record<string, OnnxOperator>> = {
  AveragePool,
  GlobalAveragePool: global("globalAveragePool"),
  GlobalMaxPool: global("globalMaxPool"),
  MaxPool,
};
