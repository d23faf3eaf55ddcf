// Fully connected layers: transposed convolutions with kernels of one cell, by the same algorithms. Channels last, the rows of x are the cells of
// one image, and w [out, in] is [...kernel, K, C] as it lies: nothing is copied, and all rows are one matrix.
import { checkTensor } from "../../gpu/tensor.ts";
import { convTranspose } from "../../conv/conv.ts";
import type { ActivationOption } from "../../problem/activation.ts";
import { refuse } from "../../base/error.ts";
import type { ActivationGradientOptions } from "../../conv/calls.ts";
import type { Tensor } from "../../gpu/tensor.ts";
import { checkOptions } from "../../base/validate.ts";
import { checkLike } from "../shared/feature-map.ts";
import type { TensorDescription } from "../../gpu/operation.ts";

export interface LinearOptions {
  /** [out] */
  bias?: Tensor;
  activation?: ActivationOption;
}

/** What dy has to pass through first, where the layer ended with an activation: as for the gradients of a convolution. */
export type LinearBackwardOptions = ActivationGradientOptions;

/** The gradients of a fully connected layer, each in the shape of what it is the gradient of. */
export interface LinearGradients {
  readonly dx: Tensor;
  readonly dw: Tensor;
  readonly db: Tensor;
}

/**
 * A fully connected layer: activation(x times the transposed w + bias). Of a feature map `flatten` makes the rows.
 *
 * @param x [N, in]
 * @param w [out, in], as torch.nn.Linear has it
 * @returns a new tensor [N, out]
 * @throws ConvError naming the argument that does not fit
 */
export function linear(x: Tensor, w: Tensor, options: LinearOptions = {}): Tensor {
  checkOptions("options", options, ["bias", "activation"]);
  const { rows, weights } = checkLayer(x, w);
  const [N, out] = [rows.shape[0]!, weights.shape[0]!];
  const y = convTranspose(asCells(rows), asCells(weights), options);
  return y.reshaped([N, out], rows.layout);
}

/**
 * The gradients of `linear`.
 *
 * @param dy [N, out], the gradient of its result; of its activation's output where `activation` is given
 * @param x that of the layer
 * @param w that of the layer
 * @returns new tensors: dx [N, in], dw [out, in] and db [out], the gradient of a bias, whether there was one or not
 * @throws ConvError naming the argument that does not fit
 */
export function linearBackward(
  dy: Tensor,
  x: Tensor,
  w: Tensor,
  options: LinearBackwardOptions = {},
): LinearGradients {
  checkOptions("options", options, ["activation", "output", "preActivation"]);
  const { rows, weights } = checkLayer(x, w);
  const { dtype, layout } = rows;
  const result: TensorDescription = { shape: [rows.shape[0]!, weights.shape[0]!], layout, dtype };
  const gradient = asCells(checkLike("dy", dy, result, "the result of this layer"));
  const { activation, output, preActivation } = options;
  const through = {
    ...(activation !== undefined && { activation }),
    ...(output !== undefined && { output: asCells(checkLike("output", output, result, "as dy has")) }),
    ...(preActivation !== undefined && {
      preActivation: asCells(checkLike("preActivation", preActivation, result, "as dy has")),
    }),
  };
  const [cells, kernel] = [asCells(rows), asCells(weights)];
  const { convolutions } = context;
  const made: Tensor[] = [];
  const keep = (tensor: Tensor): Tensor => {
    made.push(tensor);
    return tensor;
  };
  try {
    const db = keep(convolutions.convBackwardBias(gradient, through));
    const dx = keep(convolutions.convTransposeBackwardData(gradient, kernel, through));
    const dw = keep(
      convolutions.convTransposeBackwardWeights(cells, gradient, { ...through, kernelShape: kernel.shape }),
    );
    return { dx: dx.reshaped(rows.shape, layout), dw: dw.reshaped(weights.shape, weights.layout), db };
  } catch (error) {
    for (const tensor of made) tensor.destroy();
    throw error;
  }
}

/** x and w as matrices that fit each other. */
function checkLayer(x: Tensor, w: Tensor): { rows: Tensor; weights: Tensor } {
  const rows = checkTensor("x", x);
  if (rows.shape.length !== 2)
    refuse("shape-mismatch", "x.shape", rows.shape, "[N, features]: flatten(x) makes that of a feature map");
  const weights = checkTensor("w", w);
  const features = rows.shape[1]!;
  if (weights.shape.length !== 2 || weights.shape[1] !== features)
    refuse("shape-mismatch", "w.shape", weights.shape, `[out, ${features}], the features of x`);
  if (weights.dtype !== rows.dtype) refuse("shape-mismatch", "w.dtype", weights.dtype, `"${rows.dtype}", as x has`);
  return { rows, weights };
}

/** The rows of a matrix as the cells of a map with their columns as channels, or w as the weights between two. */
function asCells(matrix: Tensor): Tensor {
  return matrix.view([1, ...matrix.shape], "channels-last");
}
