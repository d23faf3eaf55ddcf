// The gradients of reductions over any axes.
import { checkOptions, checkShape, RANKS } from "../../base/validate.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Elementwise, runElementwise } from "../shared/broadcast.ts";
import { type Composition, compose } from "../shared/composition.ts";
import { checkLike, like } from "../shared/feature-map.ts";
import { REDUCE_KEYS, type ReduceOptions, type Reduced, reducedOf } from "./geometry.ts";
import { exponentialOf, reduced, termOf } from "./reduce.ts";

/** The options of the gradients of sums and means. */
export interface ReduceSumBackwardOptions extends ReduceOptions {
  /** The shape of the x that was reduced. */
  inputShape: readonly number[];
}

/**
 * Gradient of `reduceSum`: each element's is that of its sum.
 *
 * @param dy gradient of the result
 * @param options `inputShape`, and the options of the forward operation
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example const dx = reduceSumBackward(dy, { inputShape: x.shape, axes: [1] });
 */
export function reduceSumBackward(dy: Tensor, options: ReduceSumBackwardOptions): Tensor {
  return spread("reduceSumBackward", dy, options, () => 1);
}

/**
 * Gradient of `reduceMean`: each element's is that of its mean, divided by the number of terms.
 *
 * @param dy gradient of the result
 * @param options `inputShape`, and the options of the forward operation
 * @returns a new tensor of shape `inputShape`
 * @throws ConvError naming the invalid argument
 * @example const dx = reduceMeanBackward(dy, { inputShape: x.shape, axes: [2, 3], keepDimensions: true });
 */
export function reduceMeanBackward(dy: Tensor, options: ReduceSumBackwardOptions): Tensor {
  return spread("reduceMeanBackward", dy, options, (terms) => 1 / terms);
}

/**
 * Gradient of `reduceMax`, which equal largest elements share evenly, as in torch.amax.
 *
 * @param dy gradient of the result
 * @param x the tensor that was reduced
 * @param y the result
 * @param options the options of the forward operation
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = reduceMaxBackward(dy, x, y, { axes: [-1] });
 */
export function reduceMaxBackward(dy: Tensor, x: Tensor, y: Tensor, options: ReduceOptions = {}): Tensor {
  return shared("reduceMaxBackward", dy, x, y, options);
}

/**
 * Gradient of `reduceMin`, which equal smallest elements share evenly, as in torch.amin.
 *
 * @param dy gradient of the result
 * @param x the tensor that was reduced
 * @param y the result
 * @param options the options of the forward operation
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = reduceMinBackward(dy, x, y, { axes: [-1] });
 */
export function reduceMinBackward(dy: Tensor, x: Tensor, y: Tensor, options: ReduceOptions = {}): Tensor {
  return shared("reduceMinBackward", dy, x, y, options);
}

/**
 * Gradient of `reduceL1`: dy times the sign of each element.
 *
 * @param dy gradient of the result
 * @param x the tensor that was reduced
 * @param options the options of the forward operation
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = reduceL1Backward(dy, x, { axes: [1] });
 */
export function reduceL1Backward(dy: Tensor, x: Tensor, options: ReduceOptions = {}): Tensor {
  return through("reduceL1Backward", termOf("magnitude_slope"), x, { dy }, options);
}

/**
 * Gradient of `reduceL2`: dy x / y, and 0 where all elements are 0.
 *
 * @param dy gradient of the result
 * @param x the tensor that was reduced
 * @param y the result
 * @param options the options of the forward operation
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = reduceL2Backward(dy, x, y, { axes: [1] });
 */
export function reduceL2Backward(dy: Tensor, x: Tensor, y: Tensor, options: ReduceOptions = {}): Tensor {
  return through("reduceL2Backward", termOf("root_slope"), x, { y, dy }, options);
}

/**
 * Gradient of `reduceSumSquare`: 2 dy x.
 *
 * @param dy gradient of the result
 * @param x the tensor that was reduced
 * @param options the options of the forward operation
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = reduceSumSquareBackward(dy, x, { axes: [1] });
 */
export function reduceSumSquareBackward(dy: Tensor, x: Tensor, options: ReduceOptions = {}): Tensor {
  return through("reduceSumSquareBackward", termOf("square_slope"), x, { dy }, options);
}

/**
 * Gradient of `reduceLogSumExp`: dy exp(x - y), dy times the softmax of x.
 *
 * @param dy gradient of the result
 * @param x the tensor that was reduced
 * @param y the result
 * @param options the options of the forward operation
 * @returns a new tensor like x
 * @throws ConvError naming the invalid argument
 * @example const dx = reduceLogSumExpBackward(dy, logits, normaliser, { axes: [1] });
 */
export function reduceLogSumExpBackward(dy: Tensor, x: Tensor, y: Tensor, options: ReduceOptions = {}): Tensor {
  return through("reduceLogSumExpBackward", exponentialOf("exp_slope"), x, { y, dy }, options);
}

/** Repeats dy over the reduced axes, times a factor. */
function spread(
  name: string,
  dy: Tensor,
  options: ReduceSumBackwardOptions,
  factorOf: (terms: number) => number,
): Tensor {
  const { inputShape, ...rest } = checkOptions("options", options, [...REDUCE_KEYS, "inputShape"]);
  const shape = checkShape("inputShape", inputShape, RANKS);
  const result = reducedOf(shape, rest);
  const { layout } = checkTensor("dy", dy);
  checkLike("dy", dy, like(dy, result.shape), "as the result");
  const kernel: Elementwise["kernel"] = () => ({ shaders: [], functions: { value: "first" } });
  return compose(({ temporary }) =>
    runElementwise(name, { dy: temporary(dy.view(result.kept, layout)) }, kernel, {
      values: like(dy, shape),
      factor: result.terms > 0 ? factorOf(result.terms) : 1,
    }),
  );
}

/** Computes a gradient from each element, and from the result and its gradient, in the order in which the term reads them. */
function through(
  name: string,
  term: Elementwise["kernel"],
  x: Tensor,
  results: Readonly<Record<string, Tensor>>,
  options: ReduceOptions,
): Tensor {
  const call = check(x, results, options);
  return compose((composition) =>
    runElementwise(name, { x, ...keptOf(composition, call, results) }, term, { values: x, result: "dx" }),
  );
}

/** Shares a gradient evenly among the elements that are the result. */
function shared(name: string, dy: Tensor, x: Tensor, y: Tensor, options: ReduceOptions): Tensor {
  const call = check(x, { dy, y }, options);
  return compose((composition) => {
    const { temporary } = composition;
    const { dy: gradient, y: result } = keptOf(composition, call, { dy, y });
    const ties = reduced(composition, name, { x, y: result }, call.kept, { term: termOf("equals") }, "f32");
    const share = temporary(runElementwise(name, { dy: gradient, ties }, termOf("ratio"), { values: result }));
    return runElementwise(name, { x, y: result, share }, termOf("share"), { values: x, result: "dx" });
  });
}

/** Checks the arguments of a gradient. */
function check(x: Tensor, results: Readonly<Record<string, Tensor>>, options: ReduceOptions): Reduced {
  checkOptions("options", options, REDUCE_KEYS);
  const result = reducedOf(checkTensor("x", x).shape, options);
  for (const [name, tensor] of Object.entries(results)) checkLike(name, tensor, like(x, result.shape), "as the result");
  return result;
}

/** The tensors with the reduced axes, of size 1. */
function keptOf<Name extends string>(
  { temporary }: Composition,
  { kept }: Reduced,
  tensors: Readonly<Record<Name, Tensor>>,
): Record<Name, Tensor> {
  const views = Object.entries<Tensor>(tensors).map(([name, tensor]) => [
    name,
    temporary(tensor.view(kept, tensor.layout)),
  ]);
  return Object.fromEntries(views) as Record<Name, Tensor>;
}
