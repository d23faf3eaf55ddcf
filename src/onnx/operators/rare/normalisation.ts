// Normalisations by statistics of what is computed.
import { type OnnxOperator, type Operand, operator } from "../../lowering.ts";

const InstanceNormalization = operator([3, 3], { epsilon: 1e-5 }, (node) =>
  node.call(
    "instanceNorm",
    { x: node.input(0), scale: node.input(1), bias: node.input(2) },
    { epsilon: node.attributes.epsilon },
  ),
);

/** Before opset 21 scale and bias have one number for each group. */
const GroupNormalization = operator([3, 3], { epsilon: 1e-5, num_groups: "number" }, (node) => {
  const x = node.input(0);
  const { epsilon, num_groups: groups = 0 } = node.attributes;
  const channels = x.shape[1] ?? 0;
  const [scale, bias] = [1, 2].map((at) => {
    const parameter = node.input(at);
    if (node.opset >= 21) return parameter;
    const repeated = node.call(
      "expand",
      { x: node.reshaped(parameter, [groups, 1]) },
      { shape: [groups, channels / groups] },
    );
    return node.reshaped(repeated, [channels]);
  });
  return node.call("groupNorm", { x, scale, bias }, { groups, epsilon });
});

const LayerNormalization = operator([2, 3], { axis: -1, epsilon: 1e-5 }, (node) => {
  node.only(1);
  const x = node.input(0);
  const { axis, epsilon } = node.attributes;
  const first = node.axis(axis, x.shape.length);
  const sizes = x.shape.slice(first);
  const [scale, bias] = [1, 2].map((at): Operand | undefined => {
    const parameter = node.inputs[at];
    if (!parameter || parameter.shape.join() === sizes.join()) return parameter;
    return node.call("expand", { x: parameter }, { shape: sizes });
  });
  return node.call("layerNorm", { x, scale, bias }, { axes: sizes.map((_, at) => first + at), epsilon });
});

const LRN = operator([1, 1], { alpha: 1e-4, beta: 0.75, bias: 1, size: "number" }, (node) => {
  const { alpha, beta, bias: k, size } = node.attributes;
  return node.call("localResponseNorm", { x: node.input(0) }, { size, alpha, beta, k, extraChannel: "after" });
});

const LpNormalization = operator([1, 1], { axis: -1, p: 2 }, (node) =>
  node.call("lpNormalize", { x: node.input(0) }, { ...node.attributes, epsilon: 0 }),
);

/** As the reference of ONNX has it: what is added to the deviation is 1e-9. */
const MeanVarianceNormalization = operator([1, 1], { axes: "numbers" }, (node) => {
  const x = node.input(0);
  const options = { axes: node.attributes.axes ?? [0, 2, 3], keepDimensions: true };
  const centred = node.call("sub", { a: x, b: node.call("reduceMean", { x }, options) });
  const squares = node.call("multiply", { a: centred, b: centred });
  const deviation = node.call("sqrt", { x: node.call("reduceMean", { x: squares }, options) });
  const above = node.call("add", { a: deviation, b: node.constant("float", [], [1e-9]) });
  return node.call("divide", { a: centred, b: above });
});

export const normalisation: Readonly<Record<string, OnnxOperator>> = {
  GroupNormalization,
  InstanceNormalization,
  LRN,
  LayerNormalization,
  LpNormalization,
  MeanVarianceNormalization,
};
