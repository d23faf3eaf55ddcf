// Fully connected layers, computed as transposed convolutions with kernels of one cell, by the same algorithms. With channels last the rows
// of x are the cells of one image, and w [out, in] is already stored as [...kernel, K, C]: nothing is copied, and all rows form one matrix.
import { refuse } from "../../base/error.ts";
import { pick } from "../../base/pick.ts";
import { checkOptions } from "../../base/validate.ts";
import { convBackwardBias } from "../../conv/bias-gradient.ts";
import { type ActivationGradientOptions, GRADIENT_KEYS } from "../../conv/options.ts";
import { convTranspose, convTransposeBackwardData, convTransposeBackwardWeights } from "../../conv/transposed.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { CONSTRAINT_KEYS, type Constraints } from "../../planner/choose.ts";
import type { ActivationOption } from "../../problem/activation.ts";
import { compose } from "../shared/composition.ts";
import { checkLike, like } from "../shared/feature-map.ts";

/** The options of `linear`, and the constraints of `conv` within which it is planned. */
export interface LinearOptions extends Constraints {
  /** [out] */
  bias?: Tensor;
  activation?: ActivationOption;
}

/** Where `activation` is given, dy is the gradient of its output, and one of `output` and `preActivation` determines its derivative. */
export type LinearBackwardOptions = ActivationGradientOptions;

/** The gradients of a fully connected layer, in the shapes of x, w and the bias. */
export interface LinearGradients {
  readonly dx: Tensor;
  readonly dw: Tensor;
  readonly db: Tensor;
}

/**
 * A fully connected layer: activation(x times the transpose of w + bias). `flatten` turns a feature map into rows.
 *
 * @param x [N, in]
 * @param w [out, in], as in torch.nn.Linear
 * @returns a new tensor [N, out]
 * @throws ConvError naming the invalid argument
 * @example
 * const scores = linear(flatten(features), w, { bias });
 */
export function linear(x: Tensor, w: Tensor, options: LinearOptions = {}): Tensor {
  checkOptions("options", options, ["bias", "activation", ...CONSTRAINT_KEYS]);
  const { rows, weights } = checkLayer(x, w);
  return compose(({ temporary }) => {
    const y = temporary(convTranspose(temporary(asCells(rows)), temporary(asKernel(weights)), options));
    return y.view([rows.shape[0]!, weights.shape[0]!], rows.layout);
  });
}

/**
 * The gradients of `linear`.
 *
 * @param dy [N, out], the gradient of the result of `linear`, after its activation if `activation` is given
 * @param x its input
 * @param w its weights
 * @returns new tensors: dx [N, in], dw [out, in] and db [out], the gradient of a bias, whether the layer has one or not
 * @throws ConvError naming the invalid argument
 * @example
 * const { dx, dw, db } = linearBackward(dy, x, w, { activation: "relu", output: y });
 */
export function linearBackward(dy: Tensor, x: Tensor, w: Tensor, options: LinearBackwardOptions = {}): LinearGradients {
  checkOptions("options", options, GRADIENT_KEYS);
  const { rows, weights } = checkLayer(x, w);
  const y = like(rows, [rows.shape[0]!, weights.shape[0]!]);
  const checked = checkLike("dy", dy, y, "the result of this layer");
  return compose(({ temporary, result }) => {
    const cellsOf = (matrix: Tensor): Tensor => temporary(asCells(matrix));
    const { activation, output, preActivation } = options;
    const passed = {
      ...pick({ activation }, ["activation"]),
      ...(output !== undefined && { output: cellsOf(checkLike("output", output, y, "as dy has")) }),
      ...(preActivation !== undefined && {
        preActivation: cellsOf(checkLike("preActivation", preActivation, y, "as dy has")),
      }),
    };
    const [gradient, cells, kernel] = [cellsOf(checked), cellsOf(rows), temporary(asKernel(weights))];
    const db = result(convBackwardBias(gradient, passed));
    const dx = temporary(convTransposeBackwardData(gradient, kernel, passed));
    const dw = temporary(convTransposeBackwardWeights(cells, gradient, { ...passed, kernelShape: kernel.shape }));
    return { dx: dx.view(rows.shape, rows.layout), dw: dw.view(weights.shape, weights.layout), db };
  });
}

/** Checks that x and w are matrices that fit each other. */
function checkLayer(x: Tensor, w: Tensor): { rows: Tensor; weights: Tensor } {
  const rows = checkTensor("x", x);
  if (rows.shape.length !== 2)
    refuse("shape-mismatch", "x.shape", rows.shape, "[N, features]; flatten(x) turns a feature map into such a matrix");
  const weights = checkTensor("w", w);
  const features = rows.shape[1]!;
  if (weights.shape.length !== 2 || weights.shape[1] !== features)
    refuse("shape-mismatch", "w.shape", weights.shape, `[out, ${features}], the features of x`);
  if (weights.dtype !== rows.dtype) refuse("shape-mismatch", "w.dtype", weights.dtype, `"${rows.dtype}", as x has`);
  return { rows, weights };
}

/** A view of a matrix as a map whose cells are the rows and whose channels are the columns; as no maps of one cell if there are no rows. */
function asCells(matrix: Tensor): Tensor {
  const [rows, columns] = matrix.shape as [number, number];
  return matrix.view(rows === 0 ? [0, 1, columns] : [1, rows, columns], "channels-last");
}

/** A view of w as the weights between two such maps. */
function asKernel(weights: Tensor): Tensor {
  return weights.view([1, ...weights.shape], "channels-last");
}
