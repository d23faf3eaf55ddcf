// Calls of normalisations that compute their statistics from x, set by set: layer, instance and group normalisation, and by the root of the
// mean square. Gradients compute the statistics again from x unless they are given, which costs one more read of it.
import { refuse } from "../../base/error.ts";
import { elementCount } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type TensorDescription, run, whole } from "../../gpu/operation.ts";
import { type Tensor, checkTensor } from "../../gpu/tensor.ts";
import type { Range } from "../../kernel/dispatch.ts";
import type { Step } from "../../kernel/step.ts";
import { Workspace } from "../../kernel/workspace.ts";
import { checkLike } from "./feature-map.ts";
import { type Normalisation, checkEpsilon } from "./geometry/normalisation.ts";
import { finishSums, gradientSums, inputGradient, normalise } from "./normalise.ts";
import { affineParameters, checkAffine, checkParameter, parameter } from "./parameters.ts";
import { type Statistics, magnitudes, moments } from "./statistics.ts";

/** One kind of normalisation. */
export interface Kind {
  readonly name: string;
  /** The options beside the common ones. */
  readonly keys: readonly string[];
  readonly setsOf: (x: Tensor) => Normalisation;
  /** The names of the statistics; without a mean the numbers are divided by the root of their mean square, and not centred. */
  readonly mean?: "mean";
  readonly inverse: "inverseDeviation" | "inverseRootMeanSquare";
  /** The epsilon unless one is given. */
  readonly epsilon: number;
}

interface Options {
  scale?: Tensor;
  bias?: Tensor;
  epsilon?: number;
  mean?: Tensor;
  inverseDeviation?: Tensor;
  inverseRootMeanSquare?: Tensor;
}

/** Checks what both passes take. */
function checked(kind: Kind, x: Tensor, options: Options, keys: readonly string[]) {
  checkOptions("options", options, [...keys, "epsilon", ...kind.keys]);
  const tensor = checkTensor("x", x);
  const normalisation = kind.setsOf(tensor);
  const affine = checkAffine(options, normalisation.parameterShape, tensor.dtype);
  const epsilon = checkEpsilon(options.epsilon, kind.epsilon);
  return { tensor, normalisation, affine, epsilon };
}

/** The statistics that a kind of normalisation returns. */
function described(
  { mean, inverse }: Kind,
  { statisticShape: shape }: Normalisation,
  { layout }: TensorDescription,
): Record<string, TensorDescription> {
  const statistic: TensorDescription = { shape, layout, dtype: "f32" };
  return { ...(mean && { [mean]: statistic }), [inverse]: statistic };
}

/** The steps that compute the statistics. */
function statisticSteps(
  workspace: Workspace,
  normalisation: Normalisation,
  x: Tensor,
  { mean, inverse }: Statistics,
  epsilon: number,
): Step<string>[] {
  return mean
    ? moments(workspace, normalisation, x, { statistics: { mean, inverse }, epsilon })
    : magnitudes(workspace, normalisation, x, { inverse, norm: 0, bound: epsilon });
}

/** Normalises x; returns y, and with `all` also the statistics. */
export function normaliseSets(kind: Kind, x: Tensor, options: Options, all: boolean): Record<string, Tensor> {
  const keys = kind.mean ? ["scale", "bias"] : ["scale"];
  const { tensor, normalisation, affine, epsilon } = checked(kind, x, options, keys);
  if (all && normalisation.members === 0 && normalisation.sets > 0)
    refuse("shape-mismatch", "x.shape", tensor.shape, "at least one number for each mean");
  const statistics = all ? described(kind, normalisation, tensor) : {};
  return run({
    name: kind.name,
    inputs: { x: tensor, ...affine },
    results: { y: tensor, ...statistics },
    parameters: [normalisation, epsilon],
    recipe: () => {
      const workspace = new Workspace();
      const own = (name: string): Range =>
        statistics[name] ? whole(name, statistics[name]) : workspace.numbers(normalisation.sets);
      const ranges = { ...(kind.mean && { mean: own(kind.mean) }), inverse: own(kind.inverse) };
      const steps = [
        ...statisticSteps(workspace, normalisation, tensor, ranges, epsilon),
        normalise(normalisation, {
          ...{ x: tensor, y: whole("y", tensor), statistics: ranges },
          ...affineParameters(affine),
        }),
      ];
      return { steps, workspaceBytes: workspace.bytes };
    },
  });
}

/** Checks the statistics that the gradient takes from the forward pass: all of them or none. */
function givenStatistics(kind: Kind, options: Options, { statisticShape }: Normalisation): Record<string, Tensor> {
  const names = [...(kind.mean ? [kind.mean] : []), kind.inverse] as const;
  if (names.every((name) => options[name] === undefined)) return {};
  if (options.epsilon !== undefined && options.epsilon !== kind.epsilon)
    refuse("invalid-argument", "epsilon", options.epsilon, `none with ${kind.inverse}, which already includes it`);
  return Object.fromEntries(names.map((name) => [name, checkParameter(name, options[name], statisticShape, "f32")]));
}

/** The gradients of a normalisation: dx, dscale, and dbias if the numbers are centred. */
export function normaliseSetsBackward(kind: Kind, dy: Tensor, x: Tensor, options: Options): Record<string, Tensor> {
  const centered = kind.mean !== undefined;
  const keys = ["scale", ...(kind.mean ? [kind.mean] : []), kind.inverse];
  const { tensor, normalisation, affine, epsilon } = checked(kind, x, options, keys);
  const { scale } = affine;
  const { sets, members, parameterShape } = normalisation;
  const gradient = checkLike("dy", dy, tensor, "the shape of x");
  const given = givenStatistics(kind, options, normalisation);
  const dparameter: TensorDescription = {
    shape: parameterShape,
    layout: tensor.layout,
    dtype: (scale ?? tensor).dtype,
  };
  const results: Record<string, TensorDescription> = {
    dx: tensor,
    dscale: dparameter,
    ...(centered && { dbias: dparameter }),
  };
  return run({
    name: `${kind.name}Backward`,
    inputs: { dy: gradient, x: tensor, ...given, ...affine },
    results,
    parameters: [normalisation, epsilon],
    recipe: () => {
      const workspace = new Workspace();
      const own = (name: string): Range => (given[name] ? whole(name, given[name]) : workspace.numbers(sets));
      const statistics = { ...(kind.mean && { mean: own(kind.mean) }), inverse: own(kind.inverse) };
      const known = Object.keys(given).length > 0;
      const means = { sum: workspace.numbers(sets), products: workspace.numbers(sets) };
      const operands = { dy: gradient, x: tensor, statistics, scale: parameter("scale", scale) };
      const bySet = gradientSums(workspace, normalisation, "set", operands);
      const byParameter = gradientSums(workspace, normalisation, "parameter", operands);
      const parameters = elementCount(parameterShape);
      const steps = [
        ...(known ? [] : statisticSteps(workspace, normalisation, tensor, statistics, epsilon)),
        ...bySet.steps,
        finishSums(bySet.parts, sets, { ...means, dtype: "f32", factor: 1 / members, centered }),
        inputGradient(normalisation, operands, whole("dx", tensor), means),
        ...byParameter.steps,
        finishSums(byParameter.parts, parameters, {
          sum: centered ? whole("dbias", dparameter) : workspace.numbers(parameters),
          products: whole("dscale", dparameter),
          ...{ dtype: dparameter.dtype, centered },
        }),
      ];
      return { steps, workspaceBytes: workspace.bytes };
    },
  });
}
