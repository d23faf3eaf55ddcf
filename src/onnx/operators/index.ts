// The operators of ONNX that are served, by their names. docs/models.md says what of each.
import type { OnnxOperator } from "../lowering.ts";
import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { moves } from "./moves.ts";
import { normalisation } from "./normalisation.ts";
import { pooling } from "./pooling.ts";
import { products } from "./products.ts";
import { quantisation } from "./quantisation.ts";
import { reductions } from "./reductions.ts";
import { resizing } from "./resizing.ts";
import { sampling } from "./sampling.ts";
import { shapes } from "./shapes.ts";

export const onnxOperators: ReadonlyMap<string, OnnxOperator> = new Map(
  Object.entries({
    ...{ ...convolutions, ...elementwise, ...moves, ...normalisation, ...pooling, ...products },
    ...{ ...quantisation, ...reductions, ...resizing, ...sampling, ...shapes },
  }),
);
