// What normalisations are made of: the moments of sets, sums over sets or over what shares a parameter, and what is done to each element.
// Sums are taken in levels of 64 numbers to one (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2), so that there are
// many invocations however few sets there are.
import { elementTypes } from "../algorithms/parts.ts";
import { type Dtype, bytesFor } from "../dtype.ts";
import { refuse } from "../error.ts";
import { type Step, STORAGE_ALIGNMENT } from "../plan.ts";
import { elementCount, roundUp } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { OperationContext } from "./context.ts";
import type { Normalisation } from "./geometry/normalisation.ts";
import { type Dispatch, type Range, dispatch, floatBits, whole } from "./operation.ts";

/** Elements, or results of the level before, that an invocation adds up. */
const FAN = 64;

/** The words of a number that a kernel keeps of a part: shaders/ops/parts-*.wgsl. */
const PART_BYTES = 16;

/** The widest vector, and the axes that shaders know. */
const FOUR = 4;
const AXES = 4;

/** Memory of the workspace, taken piece by piece. */
export class Scratch {
  bytes = 0;

  take(size: number): Range {
    const offset = this.bytes;
    this.bytes = roundUp(offset + size, STORAGE_ALIGNMENT);
    return { operand: "workspace", offset, size };
  }

  /** A float32 for each set. */
  perSet({ sets }: Normalisation): Range {
    return this.take(bytesFor(sets, "f32"));
  }
}

/** A mean and one over a deviation for each set, in float32. */
export interface Statistics {
  readonly mean: Range;
  readonly inverse: Range;
}

/** A scale or a shift: its memory and its type. */
export interface Parameter {
  readonly range: Range;
  readonly dtype: Dtype;
}

/** A scale, a shift or whatever else there is one of for each parameter, as dispatches bind it. */
export function parameter(operand: string, tensor: Tensor | undefined): Parameter | undefined {
  return tensor && { range: whole(operand, tensor), dtype: tensor.dtype };
}

/** A tensor of a given shape among the arguments, float32 or of the type of x; its layout says nothing. */
export function checkParameter(
  context: OperationContext,
  argument: string,
  given: unknown,
  shape: readonly number[],
  dtype: Dtype,
): Tensor {
  const tensor = context.check(argument, given);
  if (tensor.shape.join() !== shape.join())
    refuse("shape-mismatch", `${argument}.shape`, tensor.shape, `[${shape.join(", ")}]`);
  if (tensor.dtype !== dtype && tensor.dtype !== "f32")
    refuse(
      "shape-mismatch",
      `${argument}.dtype`,
      tensor.dtype,
      dtype === "f32" ? `"f32"` : `"f32" or "${dtype}", as x has`,
    );
  return tensor;
}

/** The scale and the shift among the options, where they are given. */
export function checkAffine(
  context: OperationContext,
  { scale, shift }: { scale?: Tensor; shift?: Tensor },
  shape: readonly number[],
  dtype: Dtype,
): { scale?: Tensor; shift?: Tensor } {
  const checked = {
    ...(scale !== undefined && { scale: checkParameter(context, "scale", scale, shape, dtype) }),
    ...(shift !== undefined && { shift: checkParameter(context, "shift", shift, shape, dtype) }),
  };
  if (checked.scale && checked.shift && checked.scale.dtype !== checked.shift.dtype)
    refuse("shape-mismatch", "shift.dtype", checked.shift.dtype, `"${checked.scale.dtype}", as scale has`);
  return checked;
}

interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly set: number;
  readonly parameter: number;
}

/** The axes as kernels see them that take one element at a time, or four that follow each other. */
interface Lanes {
  readonly width: 1 | 4;
  readonly axes: readonly Axis[];
  /** Whether the four are of four sets, and of four parameters; else they are of one. */
  readonly set: boolean;
  readonly parameter: boolean;
}

const UNIT: Axis = { size: 1, stride: 0, set: 0, parameter: 0 };

/** Four at a time where the innermost axis, and what numbers the others, divide by four. */
function lanesOf({ axes }: Normalisation): Lanes {
  let stride = 1;
  const strided = axes.toReversed().map((one): Axis => {
    const laid = { ...one, stride };
    stride *= one.size;
    return laid;
  });
  const [inner = UNIT, ...outer] = strided;
  const fits = (key: "set" | "parameter"): boolean =>
    inner[key] === 0 || (inner[key] === 1 && outer.every((one) => one[key] % FOUR === 0));
  if (inner.size % FOUR !== 0 || !fits("set") || !fits("parameter"))
    return { width: 1, axes: strided.toReversed(), set: false, parameter: false };
  const [set, parameterLanes] = [inner.set === 1, inner.parameter === 1];
  const fours = outer.map((one): Axis => {
    return {
      size: one.size,
      stride: one.stride / FOUR,
      set: set ? one.set / FOUR : one.set,
      parameter: parameterLanes ? one.parameter / FOUR : one.parameter,
    };
  });
  return {
    width: 4,
    axes: [...fours.toReversed(), { ...inner, size: inner.size / FOUR }],
    set,
    parameter: parameterLanes,
  };
}

/** The types of a kernel: V that it computes in, E of tensors, S of what is per set, P of what is per parameter and Q of that in float32. */
function aliasesOf(lanes: Lanes, dtype: Dtype, own?: Parameter): Record<string, string> {
  const type = (one: Dtype, wide: boolean): string => elementTypes(one)[wide ? "four" : "one"];
  const wide = lanes.width === 4;
  return {
    V: type("f32", wide),
    E: type(dtype, wide),
    S: type("f32", lanes.set),
    P: type(own?.dtype ?? "f32", lanes.parameter),
    Q: type("f32", lanes.parameter),
  };
}

/** Elements of an invocation of a kernel that has a result for each. */
const RUN = 8;

/**
 * Kernels with a result for each element: an invocation takes a run along an axis on which the set and the parameter stay the same, or
 * the set at least, so that what there is of them is loaded once.
 */
function elementwise({ axes }: Lanes): Pick<Dispatch, "constants" | "uniforms" | "threads"> {
  const longest = (of: readonly Axis[]): Axis | undefined => of.toSorted((a, b) => b.size - a.size)[0];
  const still = axes.filter((one) => one.set === 0);
  const along = longest(still.filter((one) => one.parameter === 0)) ?? longest(still) ?? longest(axes) ?? UNIT;
  const steps = Math.ceil(along.size / RUN);
  const all = [...Array.from({ length: AXES - axes.length }, () => UNIT), ...axes].map((one) => ({
    ...one,
    size: one === along ? steps : one.size,
    along: one === along && one !== UNIT ? 1 : 0,
  }));
  const threads = elementCount(all.map(({ size }) => size));
  return {
    constants: { SET_MOVES: along.set > 0, PARAMETER_MOVES: along.parameter > 0 },
    uniforms: [
      ...(["size", "stride", "set", "parameter", "along"] as const).flatMap((key) => all.map((one) => one[key])),
      ...[along.size, threads],
    ],
    threads,
  };
}

/** What elements are added up by: all of a set, or all that share a parameter. */
type Owner = "set" | "parameter";

interface Reduction {
  readonly lanes: Lanes;
  readonly owner: Owner;
  /** The kernel of the first level, and what makes one of two of its results. */
  readonly kernel: string;
  readonly merge: string;
  readonly shaders?: readonly string[];
  readonly dtype: Dtype;
  readonly own?: Parameter;
  readonly ranges: readonly Range[];
  readonly shared?: readonly number[];
}

/** The binding of a scale in every kernel; those of a shift and a bias follow. */
const SCALE_BINDING = 8;

/** Ranges at the bindings from 1, and the parameters at theirs. */
export function bound(
  ranges: readonly (Range | undefined)[],
  ...parameters: readonly (Parameter | undefined)[]
): (Range | undefined)[] {
  const holes = Array.from({ length: SCALE_BINDING - 1 - ranges.length }, () => undefined);
  return [...ranges, ...holes, ...parameters.map((one) => one?.range)];
}

/** Steps that leave a part (shaders/ops/parts-*.wgsl) for each owner, in their order. */
function reduce(scratch: Scratch, reduction: Reduction): { steps: Step<string>[]; parts: Range } {
  const { lanes, owner, kernel, merge, shaders = [], dtype, own, ranges, shared } = reduction;
  const other = owner === "set" ? "parameter" : "set";
  const two = (axes: readonly Axis[]): [Axis, Axis] => {
    const [first, second] = [UNIT, UNIT, ...axes].slice(-2);
    return [first!, second!];
  };
  const owners = two(lanes.axes.filter((one) => one[owner] > 0));
  const members = two(lanes.axes.filter((one) => one[owner] === 0));
  const words = (axes: readonly Axis[], ...keys: (keyof Axis)[]): number[] =>
    keys.flatMap((key) => axes.map((one) => one[key]));
  const count = elementCount(owners.map(({ size }) => size));
  const total = count * (lanes[owner] ? lanes.width : 1);
  let parts = Math.ceil(elementCount(members.map(({ size }) => size)) / FAN);
  let results = scratch.take(total * parts * PART_BYTES);
  // Neighbouring invocations read neighbouring memory: of neighbouring owners, or of neighbouring members of one.
  const ownersFirst = members[1].stride === 0 || (owners[1].stride > 0 && owners[1].stride < members[1].stride);
  const writer = lanes.width === 1 ? "one" : lanes[owner] ? "owners" : "members";
  const steps = [
    dispatch({
      shaders: [
        ...["ops/partition", `ops/${merge}`, `ops/parts-${writer}`],
        ...(kernel === "part-sums" ? [own ? "ops/scale" : "ops/no-scale"] : []),
        ...shaders,
        `ops/${kernel}`,
      ],
      constants: {
        OWNERS_FIRST: ownersFirst,
        ...(kernel === "part-sums" && {
          BY_SET: owner === "set",
          OTHER_MOVES: members.some((one) => one[other] > 0),
        }),
      },
      aliases: aliasesOf(lanes, dtype, own),
      ranges: bound([results, ...ranges], own),
      ...(shared && { shared: shared.map((binding) => binding + 1) }),
      uniforms: [
        ...words(owners, "size", "stride", owner, other),
        ...words(members, "size", "stride", other),
        parts,
        count * parts,
      ],
      threads: count * parts,
    }),
  ];
  while (parts > 1) {
    const left = Math.ceil(parts / FAN);
    const merged = scratch.take(total * left * PART_BYTES);
    steps.push(
      dispatch({
        shaders: [`ops/${merge}`, "ops/merge-parts"],
        ranges: [merged, results],
        shared: [2],
        uniforms: [parts, left, total * left],
        threads: total * left,
      }),
    );
    [parts, results] = [left, merged];
  }
  return { steps, parts: results };
}

/** Where the moments of x go beside the workspace. */
export interface Running {
  readonly mean: Range;
  readonly variance: Range;
  readonly dtype: Dtype;
  readonly momentum: number;
}

/**
 * The mean of each set and one over its deviation, sqrt(variance + epsilon) with the biased variance; running ones follow with the unbiased.
 * Eight numbers at a time by the two-pass method, put together by the pairwise formula of Chan, Golub and LeVeque ("Algorithms for
 * Computing the Sample Variance: Analysis and Recommendations", The American Statistician 37, 1983): no sum of squares of numbers
 * that have not had a mean near their own taken off, so that the mean may be large beside the deviation.
 */
export function moments(
  scratch: Scratch,
  {
    normalisation,
    x,
    statistics,
    epsilon,
    running,
  }: {
    normalisation: Normalisation;
    x: Tensor;
    statistics: Statistics;
    epsilon: number;
    running?: Running;
  },
): Step<string>[] {
  const { sets, members } = normalisation;
  const { steps, parts } = reduce(scratch, {
    lanes: lanesOf(normalisation),
    owner: "set",
    kernel: "part-moments",
    merge: "merge-moments",
    dtype: x.dtype,
    ranges: [whole("x", x)],
  });
  const inWorkspace = statistics.mean.operand === "workspace";
  return [
    ...steps,
    dispatch({
      shaders: [`ops/${running ? "finish-running-moments" : "finish-moments"}`],
      aliases: running ? { M: elementTypes(running.dtype).one } : {},
      ranges: [parts, statistics.mean, statistics.inverse, running?.mean, running?.variance],
      ...(inWorkspace && { shared: [1] }),
      uniforms: [
        sets,
        floatBits(epsilon),
        ...(running ? [floatBits(running.momentum), floatBits(members / Math.max(members - 1, 1))] : []),
      ],
      threads: sets,
    }),
  ];
}

/** The statistics of given means and variances of one type. */
export function givenMoments(
  statistics: Statistics,
  { mean, variance, epsilon }: { mean: Tensor; variance: Tensor; epsilon: number },
): Step<string> {
  return dispatch({
    shaders: ["ops/given-moments"],
    aliases: { M: elementTypes(mean.dtype).one },
    ranges: [whole("mean", mean), whole("variance", variance), statistics.mean, statistics.inverse],
    uniforms: [mean.size, floatBits(epsilon)],
    threads: mean.size,
  });
}

/** (x - mean) / deviation * scale + shift. */
export function normalise(
  normalisation: Normalisation,
  {
    x,
    y,
    statistics,
    scale,
    shift,
  }: {
    x: Tensor;
    y: Range;
    statistics: Statistics;
    scale?: Parameter;
    shift?: Parameter;
  },
): Step<string> {
  const lanes = lanesOf(normalisation);
  return dispatch({
    shaders: [
      ...["ops/axes", scale ? "ops/scale" : "ops/no-scale", shift ? "ops/shift" : "ops/no-shift"],
      "ops/normalise",
    ],
    aliases: aliasesOf(lanes, x.dtype, scale ?? shift),
    ranges: bound([whole("x", x), statistics.mean, statistics.inverse, y], scale, shift),
    ...elementwise(lanes),
  });
}

/** The sums of the gradient and of its products with the normalised x. */
export interface GradientSums {
  readonly dy: Tensor;
  readonly x: Tensor;
  readonly statistics: Statistics;
  readonly scale?: Parameter;
}

/** A part with both sums for each set, the gradient times the scale, or for each parameter, without it. */
export function gradientSums(
  scratch: Scratch,
  normalisation: Normalisation,
  owner: Owner,
  { dy, x, statistics, scale }: GradientSums,
): { steps: Step<string>[]; parts: Range } {
  const inWorkspace = statistics.mean.operand === "workspace";
  return reduce(scratch, {
    lanes: lanesOf(normalisation),
    owner,
    kernel: "part-sums",
    merge: "merge-sums",
    dtype: x.dtype,
    ...(owner === "set" && scale && { own: scale }),
    ranges: [whole("dy", dy), whole("x", x), statistics.mean, statistics.inverse],
    ...(inWorkspace && { shared: [3, 4] }),
  });
}

/** The sums times a factor, and times the scale where it is given and there is one for each, as tensors or in the workspace. */
export function finishSums(
  parts: Range,
  count: number,
  {
    sum,
    products,
    dtype,
    factor = 1,
    scale,
  }: {
    sum: Range;
    products: Range;
    dtype: Dtype;
    factor?: number;
    scale?: Parameter;
  },
): Step<string> {
  const inWorkspace = sum.operand === "workspace";
  return dispatch({
    shaders: [scale ? "ops/scale" : "ops/no-scale", "ops/finish-sums"],
    aliases: { V: "f32", Q: "f32", P: elementTypes(scale?.dtype ?? "f32").one, R: elementTypes(dtype).one },
    ranges: bound([parts, sum, products], scale),
    ...(inWorkspace && { shared: [1] }),
    uniforms: [count, floatBits(factor)],
    threads: count,
  });
}

/**
 * The gradient of what is normalised: (g - its mean - the normalised x times the mean of their products) / deviation for g = dy scale, both
 * means over the set.
 */
export function inputGradient(
  normalisation: Normalisation,
  { dy, x, statistics, scale }: GradientSums,
  dx: Range,
  means: { readonly sum: Range; readonly products: Range },
): Step<string> {
  const lanes = lanesOf(normalisation);
  const { mean, inverse } = statistics;
  return dispatch({
    shaders: ["ops/axes", scale ? "ops/scale" : "ops/no-scale", "ops/normalise-backward"],
    aliases: aliasesOf(lanes, x.dtype, scale),
    ranges: bound([whole("dy", dy), dx, inverse, whole("x", x), mean, means.sum, means.products], scale),
    ...elementwise(lanes),
  });
}

/** An operand times a factor for each set, and times the scale. */
export function scaleSets(
  normalisation: Normalisation,
  { operand, x, y, factor, scale }: { operand: string; x: Tensor; y: Range; factor: Range; scale?: Parameter },
): Step<string> {
  const lanes = lanesOf(normalisation);
  return dispatch({
    shaders: ["ops/axes", scale ? "ops/scale" : "ops/no-scale", "ops/scale-sets"],
    aliases: aliasesOf(lanes, x.dtype, scale),
    ranges: bound([whole(operand, x), factor, y], scale),
    ...elementwise(lanes),
  });
}
