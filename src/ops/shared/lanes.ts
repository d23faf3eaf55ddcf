// The elements of a tensor as kernels of normalisations go through them: axis by axis of memory, one at a time or four, in runs.
import { elementTypes } from "../../kernel/element-types.ts";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import type { Normalisation } from "./geometry/normalisation.ts";
import type { Dispatch } from "../../kernel/dispatch.ts";
import type { Parameter } from "./parameters.ts";

/** The widest vector, and the axes that shaders know. */
const FOUR = 4;
const AXES = 4;

/** An axis, and how far apart its elements lie. */
export interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly set: number;
  readonly parameter: number;
}

/** The axes as kernels see them that take one element at a time, or four that follow each other. */
export interface Lanes {
  readonly width: 1 | 4;
  readonly axes: readonly Axis[];
  /** Whether the four are of four sets, and of four parameters; else they are of one. */
  readonly set: boolean;
  readonly parameter: boolean;
  /** How far apart the four parameters lie, where they are not together at a multiple of four: each is then loaded by itself. */
  readonly apart?: number;
}

/** The axis that is not there. */
export const UNIT: Axis = { size: 1, stride: 0, set: 0, parameter: 0 };

/** Four at a time where the innermost axis, and what numbers sets along the others, divide by four. */
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
  const [set, together] = [inner.set === 1, fits("parameter")];
  const parameterLanes = inner.parameter > 0 && together;
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
    axes: [
      ...fours.toReversed(),
      { ...inner, size: inner.size / FOUR, parameter: together ? inner.parameter : FOUR * inner.parameter },
    ],
    set,
    parameter: inner.parameter > 0,
    ...(!together && { apart: inner.parameter }),
  };
}

/** The types of a kernel: V that it computes in, E of tensors, S of what is per set, P of what is per parameter and Q of that in float32. */
export function aliasesOf(lanes: Lanes, dtype: Dtype, own?: Parameter): Record<string, string> {
  const type = (one: Dtype, wide: boolean): string => elementTypes(one)[wide ? "four" : "one"];
  const wide = lanes.width === 4;
  return {
    V: type("f32", wide),
    E: type(dtype, wide),
    S: type("f32", lanes.set),
    P: type(own?.dtype ?? "f32", lanes.parameter && !lanes.apart),
    Q: type("f32", lanes.parameter && !lanes.apart),
  };
}

/** The snippets that load a scale or a shift, or do without, and their constant. */
export function parameterShaders(
  { apart }: Lanes,
  given: Readonly<Record<string, Parameter | undefined>>,
): { shaders: string[]; constants: Readonly<Record<string, number>> } {
  const shaders = Object.entries(given).map(
    ([name, one]) => `ops/${one ? name : `no-${name}`}${one && apart ? "-apart" : ""}`,
  );
  return { shaders, constants: apart ? { APART: apart } : {} };
}

/** Elements of an invocation of a kernel that has a result for each. */
const RUN = 8;

/** Numbers that a kernel loads for each element, of its set and of its parameter. */
export interface Loads {
  readonly set: number;
  readonly parameter: number;
}

/**
 * Kernels with a result for each element: an invocation takes a run along the axis on which it loads the least, since the set or the
 * parameter stays the same and what there is of them is loaded once; the longest of such.
 */
export function elementwise(
  { axes, ...lanes }: Lanes,
  loads: Loads,
): Required<Pick<Dispatch, "constants">> & Pick<Dispatch, "uniforms" | "threads"> {
  const cost = (one: Axis, key: "set" | "parameter"): number =>
    (loads[key] * (lanes[key] ? lanes.width : 1)) / (one[key] === 0 ? Math.min(one.size, RUN) : 1);
  const total = (one: Axis): number => cost(one, "set") + cost(one, "parameter");
  const along = axes.toSorted((a, b) => total(a) - total(b) || b.size - a.size)[0] ?? { ...UNIT };
  const steps = Math.ceil(along.size / RUN);
  // What has one element has no axes, and then the run is along one that is not there.
  const own = axes.length > 0 ? axes : [along];
  const all = [...Array.from({ length: AXES - own.length }, () => UNIT), ...own].map((one) => ({
    ...one,
    size: one === along ? steps : one.size,
    along: one === along ? 1 : 0,
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
