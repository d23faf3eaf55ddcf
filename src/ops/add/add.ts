// Sums and differences of two tensors, and their gradients.
import addShader from "../../../shaders/ops/add/add.wgsl";
import bothShader from "../../../shaders/ops/add/both.wgsl";
import activationGradientShader from "../../../shaders/ops/shared/activation-gradient.wgsl";
import { checkOptions } from "../../base/validate.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkSameEngine, checkTensor } from "../../gpu/tensor.ts";
import { type Combined, sumsOf } from "../shared/broadcast-sums.ts";
import { type PairGradients, checkOperands, elementwiseStep, runElementwise, withShader } from "../shared/broadcast.ts";
import { activationSnippets, derivativeSnippets } from "../shared/element-activation.ts";
import { checkLike, like } from "../shared/feature-map.ts";
import { checkPairShapes } from "../shared/geometry/broadcast.ts";
import { ADD_KEYS, type AddBackwardOptions, type AddOptions, additionOf, sourceOf } from "./geometry.ts";

/**
 * Adds two tensors that are broadcast over each other, element by element: activation(a + scale * b), as at the end of a residual block.
 *
 * @param a of any shape up to 8 axes
 * @param b of any shape that fits: aligned at the last axis, sizes are equal, 1 or missing
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const y = add(branch, x, { activation: "relu" });
 */
export function add(a: Tensor, b: Tensor, options: AddOptions = {}): Tensor {
  return sum("add", a, b, options, 1);
}

/**
 * Subtracts a tensor from another, element by element: activation(a - scale * b), broadcast as in `add`.
 *
 * @param a of any shape up to 8 axes
 * @param b of any shape that fits: aligned at the last axis, sizes are equal, 1 or missing
 * @returns a new tensor of the shape of both
 * @throws ConvError naming the invalid argument
 * @example const error = sub(prediction, target);
 */
export function sub(a: Tensor, b: Tensor, options: AddOptions = {}): Tensor {
  return sum("sub", a, b, options, -1);
}

/**
 * Gradients of `add`: da is dy times the derivative of the activation, if any, and db is scale times that; each is summed over the axes along
 * which its tensor was broadcast. Gradients that equal each other, or without an activation dy, share their memory, as by `reshape`: it is freed
 * when all are destroyed, and a `write` to one changes the others.
 *
 * @param dy gradient of the result
 * @param options the options of `add`; `aShape` and `bShape` if they are not that of dy; with an activation also its output, or the sum
 * before it
 * @returns new tensors `da` and `db` in the shapes of a and b
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = addBackward(dy, { activation: "relu", output: y });
 */
export function addBackward(dy: Tensor, options: AddBackwardOptions<Tensor> = {}): PairGradients {
  return sumBackward("addBackward", dy, options, 1);
}

/**
 * Gradients of `sub`: as those of `add`, with db negated.
 *
 * @param dy gradient of the result
 * @param options the options of `addBackward`
 * @returns new tensors `da` and `db` in the shapes of a and b
 * @throws ConvError naming the invalid argument
 * @example const { da, db } = subBackward(dy, { bShape: [1, 3, 1, 1] });
 */
export function subBackward(dy: Tensor, options: AddBackwardOptions<Tensor> = {}): PairGradients {
  return sumBackward("subBackward", dy, options, -1);
}

function sum(name: string, a: Tensor, b: Tensor, options: AddOptions, sign: 1 | -1): Tensor {
  checkOptions("options", options, ADD_KEYS);
  const { activation, scale } = additionOf(options);
  const kernel = withShader(addShader, (items) => activationSnippets(activation, items));
  const values = checkOperands({ a, b });
  return runElementwise(name, { a, b }, kernel, { values, scale: sign * scale, parameters: activation });
}

function sumBackward(name: string, dy: Tensor, options: AddBackwardOptions<Tensor>, sign: 1 | -1): PairGradients {
  checkOptions("options", options, [...ADD_KEYS, "aShape", "bShape", "output", "preActivation"]);
  const { shape } = checkTensor("dy", dy);
  const addition = additionOf(options);
  const { activation } = addition;
  const given = sourceOf(addition, options);
  const source = given && { [given.from]: checkLike(given.from, given.values, dy, "as dy") };
  const [aShape, bShape] = checkPairShapes(options, shape);
  const factor = sign * addition.scale;
  checkSameEngine({ dy, ...source });
  const isWhole = (one: readonly number[]): boolean => one.join() === shape.join();
  // The gradients that equal neither dy nor each other.
  const own = {
    da: activation !== undefined || !isWhole(aShape),
    db: factor !== 1 || !isWhole(bShape) || (activation !== undefined && !isWhole(aShape)),
  };
  const results: Readonly<Record<string, TensorDescription>> = {
    ...(own.da && { da: like(dy, aShape) }),
    ...(own.db && { db: like(dy, bShape) }),
  };
  const computed: Readonly<Record<string, Tensor>> =
    own.da || own.db
      ? run({
          name,
          inputs: { dy, ...source },
          results,
          parameters: [activation, factor, given?.from],
          recipe: () => {
            const gradient: Combined = {
              operands: { dy, ...source },
              values: dy,
              kernel:
                activation && given
                  ? withShader(activationGradientShader, (items) => derivativeSnippets(activation, given.from, items))
                  : () => ({ shaders: [], functions: { value: "first" } }),
            };
            const { da, db } = results;
            if (da && db && isWhole(aShape) && isWhole(bShape))
              return {
                steps: [elementwiseStep({ ...gradient, factor }, [whole("da", da), whole("db", db)], bothShader)],
              };
            return sumsOf(results, { ...(da && { da: gradient }), ...(db && { db: { ...gradient, factor } }) });
          },
        })
      : {};
  const { da = dy.view(aShape, dy.layout) } = computed;
  const { db = (activation ? da : dy).view(bShape, dy.layout) } = computed;
  return { da, db };
}
