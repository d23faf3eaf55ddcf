// Checks and calls common to several pooling operations.
import { checkOptions } from "../../base/validate.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import { checkLike, describeMap } from "./feature-map.ts";
import { type FeatureMap, mapOfShape } from "./geometry/feature-map.ts";
import { type WindowBackwardOptions, type Windows, pooled, windowsOf } from "./geometry/windows.ts";
import { type Reduction, reduction } from "./pool-reduction.ts";

interface ReductionCall {
  readonly name: string;
  readonly x: Tensor;
  readonly input: FeatureMap;
  readonly output: FeatureMap;
  /** What the recipe depends on beside the shapes, as plain data. */
  readonly parameters?: unknown;
  /** Which cells are reduced, and how. */
  readonly recipe: () => Pick<Reduction, "regions" | "rule">;
}

/** Runs an operation that reduces the cells of x to y. */
export function runReduction({ name, x, input, output, parameters, recipe }: ReductionCall): Tensor {
  const y = describeMap(output, x.dtype);
  return run({
    name,
    inputs: { x },
    results: { y },
    parameters,
    recipe: () =>
      reduction({
        ...{ ...recipe(), input, output, dtype: x.dtype, x: whole("x", x), results: [whole("y", y)] },
        isSoftware: x.gpu.isSoftware,
      }),
  }).y;
}

/** The gradient of a pooling by windows. */
export interface WindowBackward {
  /** The map that was pooled, and the tensor of its gradient. */
  readonly map: FeatureMap;
  readonly dx: TensorDescription;
  readonly windows: Windows;
  /** The map of dy. */
  readonly output: FeatureMap;
}

/**
 * Checks the dy and the options of the gradient of a pooling by windows.
 * @param keys the options of the pooling, to which `inputShape` is added
 * @param mayBeEmpty as for `windowsOf`
 */
export function checkWindowBackward(
  dy: Tensor,
  options: WindowBackwardOptions,
  keys: readonly string[],
  mayBeEmpty = false,
): WindowBackward {
  checkOptions("options", options, [...keys, "inputShape"]);
  const { layout, dtype } = checkTensor("dy", dy);
  const map = mapOfShape("inputShape", options.inputShape, layout);
  const windows = windowsOf(map, options, mayBeEmpty);
  const output = pooled(map, windows);
  checkPooled("dy", dy, describeMap(output, dtype));
  return { map, windows, output, dx: describeMap(map, dtype) };
}

/** Checks an argument that is shaped as the result of a pooling. */
export function checkPooled(argument: string, given: Tensor, wanted: TensorDescription): Tensor {
  return checkLike(argument, given, wanted, "the result of this pooling");
}
