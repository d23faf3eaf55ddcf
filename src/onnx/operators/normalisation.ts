// Normalisations.
import { type OnnxOperator, type Operand, operator } from "../lowering.ts";

const BatchNormalization = operator(
  [5, 5],
  { epsilon: 1e-5, spatial: { only: [1] }, training_mode: { only: [0] } },
  (node) => {
    node.only(1);
    const [x, scale, bias, mean, variance] = [0, 1, 2, 3, 4].map((at) => node.input(at)) as Five;
    const axis = Math.min(1, x.shape.length - 1);
    return node.call("batchNorm", { x, scale, bias, mean, variance }, { epsilon: node.attributes.epsilon, axis });
  },
);

type Five = [Operand, Operand, Operand, Operand, Operand];

export const normalisation: Readonly<Record<string, OnnxOperator>> = { BatchNormalization };
