// Reductions over any axes of a tensor.
import combineShader from "../../../shaders/ops/reduce/combine.wgsl";
import exponentialsShader from "../../../shaders/ops/reduce/exponentials.wgsl";
import termsShader from "../../../shaders/ops/reduce/terms.wgsl";
import combineSumShader from "../../../shaders/ops/shared/combine-sum.wgsl";
import powersShader from "../../../shaders/ops/shared/powers.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { run } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { type Combination, reduceSteps } from "../shared/broadcast-sums.ts";
import { type Elementwise, functionOf, runElementwise } from "../shared/broadcast.ts";
import { type Composition, compose } from "../shared/composition.ts";
import { like } from "../shared/feature-map.ts";
import { REDUCE_KEYS, type ReduceOptions, checkTerms, reducedOf } from "./geometry.ts";

/** How the terms of each element of the result are computed and combined. */
export interface Reduction {
  /** The terms, one for each element of the operands; the elements themselves by default. */
  readonly term?: Elementwise["kernel"];
  readonly combine?: Combination;
  /** Whether the result is divided by the number of terms. */
  readonly mean?: boolean;
}

const sums = (finish: string, initial = 0): Combination => ({ shader: combineSumShader, initial, finish });
const by = (combined: string, initial: number): Combination => ({
  shader: combineShader,
  functions: { combined },
  initial,
});

/** The largest number, or NaN if there is one. */
export const LARGEST = /* @__PURE__ */ by("larger", -Infinity);
export const SMALLEST = /* @__PURE__ */ by("smaller", Infinity);

/** Defines `value` as a function of shaders/ops/reduce/terms.wgsl. */
export const termOf = (name: string): Elementwise["kernel"] => functionOf(termsShader, name);

/** Defines `value` as a function of shaders/ops/reduce/exponentials.wgsl. */
export const exponentialOf =
  (value: string): Elementwise["kernel"] =>
  () => ({ shaders: [powersShader, exponentialsShader], functions: { value } });

const ELEMENTS: Elementwise["kernel"] = () => ({ shaders: [], functions: { value: "first" } });

/**
 * The sum over axes. A sum passes through at most 64 additions on each level of 64 terms to one, so it errs by at most gamma_(64 levels + 2) of
 * the sum of the magnitudes. Its gradient is `expand` of dy. The sum of nothing is 0.
 *
 * @param x of any shape
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const perImage = reduceSum(x, { axes: [1, 2, 3] });
 */
export function reduceSum(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("reduceSum", x, options, {});
}

/**
 * The mean over axes, as `reduceSum` of terms that are divided by their number. The mean of nothing is NaN.
 *
 * @param x of any shape
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const pooled = reduceMean(x, { axes: [2, 3], keepDimensions: true });
 */
export function reduceMean(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("reduceMean", x, options, { mean: true });
}

/**
 * The largest element over axes, or NaN if there is one.
 *
 * @param x of any shape, with elements along the reduced axes
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const peaks = reduceMax(x, { axes: [-1] });
 */
export function reduceMax(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("reduceMax", x, options, { combine: LARGEST });
}

/**
 * The smallest element over axes, or NaN if there is one.
 *
 * @param x of any shape, with elements along the reduced axes
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const least = reduceMin(x, { axes: [-1] });
 */
export function reduceMin(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("reduceMin", x, options, { combine: SMALLEST });
}

/**
 * The product over axes. The product of nothing is 1.
 *
 * @param x of any shape
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const volume = reduceProduct(sizes);
 */
export function reduceProduct(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("reduceProduct", x, options, { combine: by("times", 1) });
}

/**
 * The sum of magnitudes over axes.
 *
 * @param x of any shape
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const norms = reduceL1(w, { axes: [1, 2, 3] });
 */
export function reduceL1(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("reduceL1", x, options, { term: termOf("magnitude") });
}

/**
 * The root of the sum of squares over axes. Squares have to be in the range of float32.
 *
 * @param x of any shape
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const norms = reduceL2(w, { axes: [1, 2, 3] });
 */
export function reduceL2(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("reduceL2", x, options, { term: termOf("square"), combine: sums("sqrt") });
}

/**
 * The sum of squares over axes.
 *
 * @param x of any shape
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const energy = reduceSumSquare(x);
 */
export function reduceSumSquare(x: Tensor, options: ReduceOptions = {}): Tensor {
  return reduce("reduceSumSquare", x, options, { term: termOf("square") });
}

/**
 * The logarithm of the sum over axes; NaN of a negative sum.
 *
 * @param x of any shape
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const y = reduceLogSum(x, { axes: [1] });
 */
export function reduceLogSum(x: Tensor, options: ReduceOptions = {}): Tensor {
  const name = "reduceLogSum";
  const { shape, kept } = checked(x, options, {});
  return compose((composition) => {
    const sum = reduced(composition, name, { x }, kept, {}, "f32");
    const y = composition.temporary(
      runElementwise(name, { sum }, exponentialOf("log_of_sum"), { values: like(x, kept) }),
    );
    return y.view(shape, x.layout);
  });
}

/**
 * The logarithm of the sum of exponentials over axes. The largest element is subtracted first, so no exponential overflows.
 *
 * @param x of any shape, with elements along the reduced axes
 * @param options `axes` (all by default), `keepDimensions`
 * @returns a new tensor without the reduced axes
 * @throws ConvError naming the invalid argument
 * @example const normaliser = reduceLogSumExp(logits, { axes: [1] });
 */
export function reduceLogSumExp(x: Tensor, options: ReduceOptions = {}): Tensor {
  const name = "reduceLogSumExp";
  const { shape, kept } = checked(x, options, { combine: LARGEST });
  return compose((composition) => {
    const largest = reduced(composition, name, { x }, kept, { combine: LARGEST });
    const sum = reduced(composition, name, { x, largest }, kept, { term: exponentialOf("relative_exp") }, "f32");
    const logarithm = exponentialOf("log_of_exponentials");
    const y = composition.temporary(runElementwise(name, { sum, largest }, logarithm, { values: like(x, kept) }));
    return y.view(shape, x.layout);
  });
}

function reduce(name: string, x: Tensor, options: ReduceOptions, reduction: Reduction): Tensor {
  const { shape, kept } = checked(x, options, reduction);
  return compose((composition) => reduced(composition, name, { x }, kept, reduction).view(shape, x.layout));
}

/** Checks the arguments of a reduction. */
function checked(x: Tensor, options: ReduceOptions, { combine }: Reduction): ReturnType<typeof reducedOf> {
  checkOptions("options", options, REDUCE_KEYS);
  const { shape } = checkTensor("x", x);
  const result = reducedOf(shape, options);
  if (Math.abs(combine?.initial ?? 0) === Infinity) checkTerms(shape, result);
  return result;
}

/**
 * Reduces values of operands to a shape.
 * @param operands the first has the shape of the terms
 * @param dtype the element type of the result, that of the operands by default; float32 for what more is computed from
 */
export function reduced(
  { temporary }: Composition,
  name: string,
  operands: Readonly<Record<string, Tensor>>,
  kept: readonly number[],
  { term = ELEMENTS, combine, mean = false }: Reduction,
  dtype?: Dtype,
): Tensor {
  const values = Object.values(operands)[0]!;
  const to = { shape: kept, layout: values.layout, dtype: dtype ?? values.dtype };
  const factor = mean ? elementCount(kept) / values.size : 1;
  // The mean of nothing is NaN.
  const combination = mean && values.size === 0 ? sums("P", Number.NaN) : combine;
  return temporary(
    run({
      name,
      inputs: operands,
      results: { reduced: to },
      parameters: mean,
      recipe: () => reduceSteps({ operands, values, kernel: term, factor }, "reduced", to, combination),
    }).reduced,
  );
}
