// How kernels of normalisations walk through a tensor: axis by axis of memory, one element or four at a time, in runs.
import biasStridedShader from "../../../shaders/ops/shared/bias-strided.wgsl";
import biasShader from "../../../shaders/ops/shared/bias.wgsl";
import centerShader from "../../../shaders/ops/shared/center.wgsl";
import noBiasShader from "../../../shaders/ops/shared/no-bias.wgsl";
import noCenterShader from "../../../shaders/ops/shared/no-center.wgsl";
import noScaleShader from "../../../shaders/ops/shared/no-scale.wgsl";
import scaleStridedShader from "../../../shaders/ops/shared/scale-strided.wgsl";
import scaleShader from "../../../shaders/ops/shared/scale.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import type { ThreadDispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Normalisation } from "./geometry/normalisation.ts";
import type { Parameter } from "./parameters.ts";

/** Elements of the widest vector. */
const FOUR = 4;

/** Axes for which the uniforms of shaders/ops/shared/axes.wgsl and partition.wgsl have room: as many as a tensor may have. */
const AXES = 8;

/** An axis of memory. A step along it moves by `stride` elements, `set` sets and `parameter` parameters. */
export interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly set: number;
  readonly parameter: number;
}

/** The axes of a tensor as walked by a kernel, one element or four consecutive ones at a time. */
export interface Lanes {
  readonly width: 1 | 4;
  readonly axes: readonly Axis[];
  /** Whether the four elements belong to four sets (else to one), and to four parameters (else to one). */
  readonly set: boolean;
  readonly parameter: boolean;
  /** Distance between the four parameters if they are not adjacent and aligned to four: they are then loaded one by one. */
  readonly parameterStride?: number;
}

/** Stands for an axis that a tensor does not have. */
const UNIT: Axis = { size: 1, stride: 0, set: 0, parameter: 0 };

/** Takes four elements at a time if the size of the innermost axis and the set steps of the other axes divide by four. */
export function lanesOf({ axes }: Normalisation): Lanes {
  let stride = 1;
  const strided = axes.toReversed().map((one): Axis => {
    const laid = { ...one, stride };
    stride *= one.size;
    return laid;
  });
  const [inner = UNIT, ...outer] = strided;
  const fits = (key: "set" | "parameter"): boolean =>
    inner[key] === 0 || (inner[key] === 1 && outer.every((one) => one[key] % FOUR === 0));
  if (inner.size % FOUR !== 0 || !fits("set"))
    return { width: 1, axes: strided.toReversed(), set: false, parameter: false };
  const [set, adjacent] = [inner.set === 1, fits("parameter")];
  const vectors = inner.parameter > 0 && adjacent;
  const fours = outer.map((one): Axis => {
    return {
      size: one.size,
      stride: one.stride / FOUR,
      set: set ? one.set / FOUR : one.set,
      parameter: vectors ? one.parameter / FOUR : one.parameter,
    };
  });
  return {
    width: 4,
    axes: [
      ...fours.toReversed(),
      { ...inner, size: inner.size / FOUR, parameter: adjacent ? inner.parameter : FOUR * inner.parameter },
    ],
    set,
    parameter: inner.parameter > 0,
    ...(!adjacent && { parameterStride: inner.parameter }),
  };
}

/** The types of a kernel: V of arithmetic, E of tensors, S of per-set values, P of parameters in storage and Q of parameters in float32. */
export function aliasesOf(lanes: Lanes, dtype: Dtype, own?: Parameter): Record<string, string> {
  const type = (one: Dtype, wide: boolean): string => elementTypes(one)[wide ? "four" : "one"];
  const wide = lanes.width === 4;
  return {
    V: type("f32", wide),
    E: type(dtype, wide),
    S: type("f32", lanes.set),
    P: type(own?.dtype ?? "f32", lanes.parameter && !lanes.parameterStride),
    Q: type("f32", lanes.parameter && !lanes.parameterStride),
  };
}

/** Define `scale_at`. */
const SCALE = { none: noScaleShader, adjacent: scaleShader, strided: scaleStridedShader };
/** Define `bias_at`. */
const BIAS = { none: noBiasShader, adjacent: biasShader, strided: biasStridedShader };

/** The snippet that loads means. */
export function centerSnippet(given: unknown): Shader {
  return given === undefined ? noCenterShader : centerShader;
}

/** The snippet that loads scales. */
export function scaleSnippet(given: Parameter | undefined, stride?: number): Shader {
  return snippetOf(SCALE, given, stride);
}

/** The snippet that loads biases. */
export function biasSnippet(given: Parameter | undefined, stride?: number): Shader {
  return snippetOf(BIAS, given, stride);
}

function snippetOf(snippets: typeof SCALE, given: Parameter | undefined, stride: number | undefined): Shader {
  if (!given) return snippets.none;
  return stride ? snippets.strided : snippets.adjacent;
}

/** Axes as an array of vectors with the given fields in order, innermost first. */
export function axisVectors(axes: readonly Axis[], fields: readonly (keyof Axis)[]): number[] {
  const vectors = Array.from({ length: AXES }, (_, at) => axes.toReversed()[at] ?? UNIT);
  return vectors.flatMap((one) => [...fields.map((field) => one[field]), 0].slice(0, 4));
}

/** Elements that an invocation of an elementwise kernel computes, one after the other. */
const RUN = 8;

/** How many numbers a kernel loads for each element, per set and per parameter. */
export interface Loads {
  readonly set: number;
  readonly parameter: number;
}

/**
 * Dispatches a kernel with a result for each element (shaders/ops/shared/axes.wgsl). An invocation computes a run along the axis that costs
 * the fewest loads: where the set or the parameter stays the same along the run, its values are loaded once. Ties go to the longest axis.
 */
export function elementwise(
  { axes, parameterStride = 0, ...lanes }: Lanes,
  loads: Loads,
): Required<Pick<ThreadDispatch, "constants" | "uniforms" | "threads">> {
  const cost = (one: Axis, key: "set" | "parameter"): number =>
    (loads[key] * (lanes[key] ? lanes.width : 1)) / (one[key] === 0 ? Math.min(one.size, RUN) : 1);
  const total = (one: Axis): number => cost(one, "set") + cost(one, "parameter");
  // A single element has no axes: its run is along an axis of size 1.
  const own = axes.length > 0 ? axes : [UNIT];
  const along = own.toSorted((a, b) => total(a) - total(b) || b.size - a.size)[0]!;
  const all = own.map((one) => (one === along ? { ...one, size: Math.ceil(along.size / RUN) } : one));
  return {
    constants: { OUTER_AXES: own.length - 1, SET_MOVES: along.set > 0, PARAMETER_MOVES: along.parameter > 0 },
    uniforms: {
      axes: axisVectors(all, ["size", "stride", "set", "parameter"]),
      along: own.length - 1 - own.indexOf(along),
      cells: along.size,
      parameterStride,
    },
    threads: elementCount(all.map(({ size }) => size)),
  };
}
