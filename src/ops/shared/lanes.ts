// How kernels of normalisations walk through a tensor: axis by axis of memory, one element or four at a time, in runs.
import noScaleShader from "../../../shaders/ops/shared/no-scale.wgsl";
import noShiftShader from "../../../shaders/ops/shared/no-shift.wgsl";
import scaleApartShader from "../../../shaders/ops/shared/scale-apart.wgsl";
import scaleShader from "../../../shaders/ops/shared/scale.wgsl";
import shiftApartShader from "../../../shaders/ops/shared/shift-apart.wgsl";
import shiftShader from "../../../shaders/ops/shared/shift.wgsl";
import type { Dtype } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import type { ThreadDispatch } from "../../kernel/dispatch.ts";
import { elementTypes } from "../../kernel/element-types.ts";
import type { Shader } from "../../kernel/shader.ts";
import type { Normalisation } from "./geometry/normalisation.ts";
import type { Parameter } from "./parameters.ts";

/** Elements of the widest vector, and the number of axes that shaders/ops/shared/axes.wgsl knows. */
const FOUR = 4;
const AXES = 4;

/** An axis of memory, with the steps along it: in elements, in sets and in parameters. */
export interface Axis {
  readonly size: number;
  readonly stride: number;
  readonly set: number;
  readonly parameter: number;
}

/** The axes as a kernel sees them that takes one element at a time, or four consecutive ones. */
export interface Lanes {
  readonly width: 1 | 4;
  readonly axes: readonly Axis[];
  /** Whether the four elements belong to four sets, and to four parameters; else to one. */
  readonly set: boolean;
  readonly parameter: boolean;
  /** Distance between the four parameters, where they are not adjacent at a multiple of four: each is then loaded by itself. */
  readonly apart?: number;
}

/** Stands for an axis that a tensor does not have. */
export const UNIT: Axis = { size: 1, stride: 0, set: 0, parameter: 0 };

/** Four elements at a time where the innermost axis, and the steps in sets along the others, divide by four. */
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
    ...(!adjacent && { apart: inner.parameter }),
  };
}

/** The types of a kernel: V for arithmetic, E of tensors, S of per-set values, P of parameters and Q of those in float32. */
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

/** Define `scale_at`. */
const SCALE = { none: noScaleShader, adjacent: scaleShader, apart: scaleApartShader };
/** Define `shift_at`. */
const SHIFT = { none: noShiftShader, adjacent: shiftShader, apart: shiftApartShader };

/** The snippet that loads scales. */
export function scaleSnippet(given: Parameter | undefined, apart?: number): Shader {
  return snippetOf(SCALE, given, apart);
}

/** The snippet that loads shifts. */
export function shiftSnippet(given: Parameter | undefined, apart?: number): Shader {
  return snippetOf(SHIFT, given, apart);
}

function snippetOf(snippets: typeof SCALE, given: Parameter | undefined, apart: number | undefined): Shader {
  if (!given) return snippets.none;
  return apart ? snippets.apart : snippets.adjacent;
}

/** The constant of snippets whose parameters lie apart. */
export function apartConstants({ apart }: Lanes): { readonly APART?: number } {
  return apart ? { APART: apart } : {};
}

/** Elements that an invocation of an elementwise kernel takes, one after the other. */
const RUN = 8;

/** How many numbers a kernel loads for each element, per set and per parameter. */
export interface Loads {
  readonly set: number;
  readonly parameter: number;
}

/**
 * Dispatches a kernel with a result for each element (shaders/ops/shared/axes.wgsl). An invocation takes a run along the axis that costs
 * the fewest loads, since along it the set or the parameter stays the same and its values are loaded once; of equals the longest axis.
 */
export function elementwise(
  { axes, ...lanes }: Lanes,
  loads: Loads,
): Required<Pick<ThreadDispatch, "constants" | "uniforms" | "threads">> {
  const cost = (one: Axis, key: "set" | "parameter"): number =>
    (loads[key] * (lanes[key] ? lanes.width : 1)) / (one[key] === 0 ? Math.min(one.size, RUN) : 1);
  const total = (one: Axis): number => cost(one, "set") + cost(one, "parameter");
  const along = axes.toSorted((a, b) => total(a) - total(b) || b.size - a.size)[0] ?? { ...UNIT };
  const steps = Math.ceil(along.size / RUN);
  // A single element has no axes: its run is along an axis of size 1.
  const own = axes.length > 0 ? axes : [along];
  const all = [...Array.from({ length: AXES - own.length }, () => UNIT), ...own].map((one) => ({
    ...one,
    size: one === along ? steps : one.size,
    along: one === along ? 1 : 0,
  }));
  return {
    constants: { SET_MOVES: along.set > 0, PARAMETER_MOVES: along.parameter > 0 },
    uniforms: {
      size: all.map(({ size }) => size),
      stride: all.map(({ stride }) => stride),
      sets: all.map(({ set }) => set),
      parameters: all.map(({ parameter }) => parameter),
      along: all.map((one) => one.along),
      cells: along.size,
    },
    threads: elementCount(all.map(({ size }) => size)),
  };
}
