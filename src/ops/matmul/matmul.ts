// Products of matrices, which are convolutions with kernels of one cell: rows are cells, and what is summed over are channels. A batch of
// pairs of matrices is a convolution with a group for each pair.
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { conv } from "../../conv/conv.ts";
import { convBackwardWeights } from "../../conv/gradients.ts";
import { convTranspose } from "../../conv/transposed.ts";
import { run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import type { Layout } from "../../problem/problem.ts";
import { expand } from "../expand/expand.ts";
import { reduceSum } from "../reduce/reduce.ts";
import { type Composition, compose } from "../shared/composition.ts";
import { fillZeros } from "../shared/copy.ts";
import { checkLike } from "../shared/feature-map.ts";
import { transpose } from "../transpose/transpose.ts";
import { MATMUL_KEYS, type MatmulOptions, type Product, productOf } from "./geometry.ts";

/**
 * The product of two matrices, or of the matrices of two batches, as torch.matmul and ONNX's MatMul have it: batches are broadcast over each
 * other, and a vector takes part as one row (a) or one column (b), which the result lacks. Sums are those of convolution: the planner chooses
 * the algorithm.
 *
 * @param a [..., rows, terms], with `transposeA` [..., terms, rows]
 * @param b [..., terms, columns], with `transposeB` [..., columns, terms]
 * @returns a new tensor [..., rows, columns]
 * @throws ConvError naming the invalid argument
 * @example
 * const scores = matmul(queries, keys, { transposeB: true }); // [8, 128, 64] and [8, 128, 64] give [8, 128, 128]
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkOptions("options", options, MATMUL_KEYS);
  const { shape, layout, dtype } = checkTensor("a", a);
  checkLike("b", b, { shape: checkTensor("b", b).shape, layout: b.layout, dtype }, "as a");
  const product = productOf(shape, b.shape, options);
  if (a.size === 0 || b.size === 0) return zeros(product, { a, b });
  return compose((composition) => {
    const { temporary } = composition;
    const y = temporary(multiplied(composition, product, { a, b }));
    return y.view(product.shape, layout);
  });
}

/** The gradients of `matmul`, each shaped like its factor. */
export interface MatmulGradients {
  readonly da: Tensor;
  readonly db: Tensor;
}

/**
 * The gradients of `matmul`: dy times the transpose of b, and the transpose of a times dy, summed over the batches over which a factor was
 * broadcast.
 *
 * @param dy gradient of the result
 * @param a the first factor
 * @param b the second factor
 * @param options the options of the forward operation
 * @returns new tensors `da` like a and `db` like b
 * @throws ConvError naming the invalid argument
 * @example
 * const { da, db } = matmulBackward(dy, a, b);
 */
export function matmulBackward(dy: Tensor, a: Tensor, b: Tensor, options: MatmulOptions = {}): MatmulGradients {
  checkOptions("options", options, MATMUL_KEYS);
  const { shape, dtype } = checkTensor("a", a);
  checkLike("b", b, { shape: checkTensor("b", b).shape, layout: b.layout, dtype }, "as a");
  const product = productOf(shape, b.shape, options);
  const { transposeA, transposeB, batchA, batchB, batch, rows, columns } = product;
  checkLike("dy", dy, { shape: product.shape, layout: checkTensor("dy", dy).layout, dtype }, "as the product");
  return compose((composition) => {
    const { temporary, result } = composition;
    // As matrices with all axes of the batch.
    const [left, right] = [temporary(asMatrices(a, batchA, [1, -1])), temporary(asMatrices(b, batchB, [-1, 1]))];
    const gradient = temporary(dy.view([...batch, rows, columns], "channels-first"));
    const da = temporary(
      transposeA
        ? matmul(right, gradient, { transposeA: transposeB, transposeB: true })
        : matmul(gradient, right, { transposeB: !transposeB }),
    );
    const db = temporary(
      transposeB
        ? matmul(gradient, left, { transposeA: true, transposeB: transposeA })
        : matmul(left, gradient, { transposeA: !transposeA }),
    );
    return {
      da: result(summedTo(composition, da, batchA, a)),
      db: result(summedTo(composition, db, batchB, b)),
    };
  });
}

/** A factor with all axes of its batch; a vector becomes the matrix that it takes part as. */
function asMatrices(tensor: Tensor, batch: readonly number[], vector: readonly number[]): Tensor {
  const { shape } = tensor;
  const matrix = shape.length === 1 ? vector.map((size) => (size < 0 ? shape[0]! : size)) : shape.slice(-2);
  return tensor.view([...batch, ...matrix], "channels-first");
}

/** Sums a gradient over the batches over which its factor was broadcast. */
function summedTo({ temporary }: Composition, full: Tensor, batch: readonly number[], factor: Tensor): Tensor {
  const axes = batch.flatMap((size, axis) => (size === 1 && full.shape[axis] !== 1 ? [axis] : []));
  const sum = axes.length > 0 ? temporary(reduceSum(full, { axes, keepDimensions: true })) : full;
  return sum.view(factor.shape, factor.layout);
}

interface Factors {
  readonly a: Tensor;
  readonly b: Tensor;
}

/** The product where nothing is multiplied: sums of no terms, or no sums. */
function zeros({ shape }: Product, inputs: Readonly<Record<"a" | "b", Tensor>>): Tensor {
  const y = { shape, layout: inputs.a.layout, dtype: inputs.a.dtype };
  return run({ name: "matmul", inputs, results: { y }, recipe: () => ({ steps: [fillZeros(y, whole("y", y))] }) }).y;
}

/** The product with the elements in the order of its shape. */
function multiplied(composition: Composition, product: Product, { a, b }: Factors): Tensor {
  const { temporary } = composition;
  const { transposeA, transposeB, batchA, batchB, batch, rows, terms, columns } = product;
  const [countA, countB, count] = [batchA, batchB, batch].map(elementCount) as [number, number, number];
  // One matrix b for all rows of a, or one of each: cells and channels last.
  if (countB === 1 && (countA === 1 || !transposeA)) return oneProduct(composition, product, { a, b });
  if (transposeB && (transposeA || countA === 1)) {
    const order = b.shape.map((_, axis) => axis);
    const permutation = [...order.slice(0, -2), ...order.slice(-2).toReversed()];
    return multiplied(
      composition,
      { ...product, transposeB: false },
      { a, b: temporary(transpose(b, { permutation })) },
    );
  }
  const as = (tensor: Tensor, shape: readonly number[], layout: Layout = "channels-first"): Tensor =>
    temporary(tensor.view(shape, layout));
  if (countA === 1) {
    const x = as(b, [count, terms, columns]);
    return transposeA ? convTranspose(x, as(a, [terms, rows, 1])) : conv(x, as(a, [rows, terms, 1]));
  }
  const full = (tensor: Tensor, own: readonly number[]): Tensor =>
    elementCount(own) === count ? tensor : temporary(expand(tensor, [...batch, ...tensor.shape.slice(-2)]));
  const [left, right] = [full(a, batchA), full(b, batchB)];
  const groups = { groups: count };
  if (transposeB) {
    const [x, dy] = [as(right, [1, count * columns, terms]), as(left, [1, count * rows, terms])];
    return convBackwardWeights(x, dy, { ...groups, kernelShape: [count * rows, columns, 1] });
  }
  const x = as(right, [1, count * terms, columns]);
  return transposeA
    ? convTranspose(x, as(left, [count * terms, rows, 1]), groups)
    : conv(x, as(left, [count * rows, terms, 1]), groups);
}

/** The product by one matrix b: the rows of all matrices of a are the cells of one map. */
function oneProduct({ temporary }: Composition, product: Product, { a, b }: Factors): Tensor {
  const { transposeA, transposeB, batchA, rows, terms, columns } = product;
  const cells = elementCount(batchA) * rows;
  const as = (tensor: Tensor, shape: readonly number[]): Tensor => temporary(tensor.view(shape, "channels-last"));
  if (transposeA) {
    const own = transposeB ? temporary(transpose(b)) : b;
    const kernelShape = [1, rows, columns];
    return convBackwardWeights(as(a, [1, terms, rows]), as(own, [1, terms, columns]), { kernelShape });
  }
  const x = as(a, [1, cells, terms]);
  return transposeB ? convTranspose(x, as(b, [1, columns, terms])) : conv(x, as(b, [1, terms, columns]));
}
