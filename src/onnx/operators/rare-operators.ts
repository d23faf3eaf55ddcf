// Operators that few convolutional networks have. They are loaded with the first file that has one.
import type { OnnxOperator } from "../lowering.ts";
import { elementwise } from "./rare/elementwise.ts";
import { moves } from "./rare/moves.ts";
import { normalisation } from "./rare/normalisation.ts";
import { pooling } from "./rare/pooling.ts";
import { quantisation } from "./rare/quantisation.ts";
import { reductions } from "./rare/reductions.ts";
import { sampling } from "./rare/sampling.ts";
import { shapes } from "./rare/shapes.ts";

export const rareOperators: Readonly<Record<string, OnnxOperator>> = {
  ...{ ...elementwise, ...moves, ...normalisation, ...pooling },
  ...{ ...quantisation, ...reductions, ...sampling, ...shapes },
};
