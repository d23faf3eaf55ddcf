// The operators of ONNX that are served, by their names. docs/models.md says what of each.
import type { OnnxOperator } from "../lowering.ts";
import { convolutions } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { moves } from "./moves.ts";
import { normalisation } from "./normalisation.ts";
import { pooling } from "./pooling.ts";
import { products } from "./products.ts";
import { resizing } from "./resizing.ts";
import { shapes } from "./shapes.ts";
import { softmax } from "./softmax.ts";

/** Operators by their names. */
export type OnnxOperators = ReadonlyMap<string, OnnxOperator>;

/** Those of most convolutional networks. */
const COMMON: Readonly<Record<string, OnnxOperator>> = {
  ...{ ...convolutions, ...elementwise, ...moves, ...normalisation, ...pooling },
  ...{ ...products, ...resizing, ...shapes, ...softmax },
};

/** Loads the others. */
const loadRare = () => import("./rare-operators.ts");

/**
 * Returns the operators of some names, and maybe others, as far as they are served.
 * @throws (as a rejection) the error of the import if they cannot be loaded
 */
export async function operatorsFor(names: readonly string[]): Promise<OnnxOperators> {
  const isCommon = names.every((name) => Object.hasOwn(COMMON, name));
  return new Map(Object.entries(isCommon ? COMMON : { ...COMMON, ...(await loadRare()).rareOperators }));
}
