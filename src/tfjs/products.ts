// The products of matrices that TensorFlow.js calls by name.
import { elementCount } from "../base/shape.ts";
import { conv } from "../conv/conv.ts";
import { matmul } from "../ops/matmul/matmul.ts";
import { prelu } from "../ops/prelu/prelu.ts";
import { type FusedAttributes, activationOf, biasOf } from "./epilogue.ts";
import { type Kernel, kernel } from "./kernel.ts";

interface ProductAttributes {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

const TRANSPOSED = ["transposeA", "transposeB"] as const;
/** Any, of matrices that are no maps. */
const layout = "channels-last";

/** The shape of a product, whose batches are broadcast over each other. */
function productShape(a: readonly number[], b: readonly number[], { transposeA, transposeB }: ProductAttributes) {
  const longer = a.length > b.length ? a : b;
  const batch = longer.slice(0, -2).map((size, axis) => {
    const [ofA, ofB] = [a, b].map((shape) => shape[axis - longer.length + shape.length] ?? 1) as [number, number];
    return size === 1 ? Math.max(ofA, ofB) : Math.max(size, ofA, ofB);
  });
  return [...batch, a.at(transposeA ? -1 : -2)!, b.at(transposeB ? -2 : -1)!];
}

/** Whether the shapes are those of matrices that can be multiplied. TensorFlow.js refuses others with its own words. */
function areFactors(
  a: readonly number[],
  b: readonly number[],
  { transposeA, transposeB }: ProductAttributes,
): boolean {
  return a.length >= 2 && b.length >= 2 && a.at(transposeA ? -2 : -1) === b.at(transposeB ? -1 : -2);
}

const countOf = (shape: readonly number[]): number => elementCount(shape.slice(0, -2));

const product = ((reads) =>
  kernel<ProductAttributes, typeof reads>(reads, TRANSPOSED, ({ a, b }, { transposeA = false, transposeB = false }) => {
    if (!areFactors(a!, b!, { transposeA, transposeB })) return undefined;
    return {
      inputs: [
        { shape: a!, layout },
        { shape: b!, layout },
      ],
      // One matrix for all batches is what layers have.
      ...(countOf(b!) === 1 && { weights: "b" as const }),
      shape: productShape(a!, b!, { transposeA, transposeB }),
      compute: ({ a: left, b: right }) => matmul(left!, right!, { transposeA, transposeB }),
    };
  }))(["a", "b"] as const);

/** A dense layer: a product with its epilogue. */
const fusedProduct = ((reads) =>
  kernel<ProductAttributes & FusedAttributes, typeof reads>(
    reads,
    [...TRANSPOSED, "activation", "leakyreluAlpha"],
    ({ a, b, bias, preluActivationWeights: slope }, attributes) => {
      if (!areFactors(a!, b!, attributes)) return undefined;
      const [terms, columns] = b!.slice(-2) as [number, number];
      const added = biasOf(bias, columns);
      if (attributes.transposeA || attributes.transposeB || countOf(b!) !== 1 || added === undefined) return undefined;
      const rows = elementCount(a!) / terms;
      const shape = productShape(a!, b!, attributes);
      return {
        // A convolution of rows with kernels of one cell.
        inputs: [
          { shape: [1, rows, terms], layout },
          { shape: [1, terms, columns], layout },
          added.shape && { shape: added.shape, layout },
          slope && { shape: slope, layout },
        ],
        weights: "b",
        shape,
        compute: ({ a: left, b: right, bias: given, preluActivationWeights: slopes }) => {
          const y = conv(left!, right!, { ...added.option(given), ...activationOf(attributes) });
          return slopes ? prelu(y.view(shape, layout), slopes) : y;
        },
      };
    },
  ))(["a", "b", "bias", "preluActivationWeights"] as const);

/** The kernels by name. */
export const products: Readonly<Record<string, Kernel>> = { BatchMatMul: product, _FusedMatMul: fusedProduct };
