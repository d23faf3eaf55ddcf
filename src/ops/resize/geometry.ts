// The options of resizing, in one form for all modes: along each axis an output is a weighted sum of neighbouring cells.
import { refuse } from "../../base/error.ts";
import { eachAxis, toTriple } from "../../base/shape.ts";
import {
  MAX_ELEMENTS,
  checkBoolean,
  checkFinite,
  checkInteger,
  checkOneOf,
  checkPerAxis,
} from "../../base/validate.ts";
import { type FeatureMap, elementsOf } from "../shared/geometry/feature-map.ts";
import {
  COORDINATES,
  type Coordinates,
  type Fraction,
  type Line,
  ceilOf,
  floorOf,
  fractionOf,
  insideOf,
  lineOf,
  moved,
} from "./places.ts";

const MODES = ["nearest", "linear", "cubic"] as const;
const ROUNDINGS = ["round-prefer-floor", "round-prefer-ceil", "floor", "ceil"] as const;
const POLICIES = ["stretch", "not-larger", "not-smaller"] as const;

/** The options of `resize`: either `scale` or `outputSize`. */
export interface ResizeOptions {
  /**
   * Output cells for each input cell: a number for all axes, or one for each. The result has floor(scale size) cells. A number within
   * rounding of a simpler fraction is that fraction: 120 / 88 makes 120 cells of 88.
   */
  scale?: number | readonly number[];
  /** The spatial size of the result instead: a number for all axes, or one for each. */
  outputSize?: number | readonly number[];
  /** Whether `outputSize` is met, or bounds a size with the proportions of x: "stretch" by default. */
  keepAspectRatio?: (typeof POLICIES)[number];
  /** "nearest" by default; "linear" is bilinear for two axes and trilinear for three. */
  mode?: (typeof MODES)[number];
  /** With "nearest": the cell of a place between two; "round-prefer-floor" by default. */
  rounding?: (typeof ROUNDINGS)[number];
  /** With "cubic": the coefficient of Keys' kernel; -0.75 by default, PIL and OpenCV's older versions have -0.5. */
  cubicCoefficient?: number;
  /** With "linear" and "cubic": cells beyond the border have no weight, instead of that of the border; false by default. */
  excludeOutside?: boolean;
  /** With "linear" and "cubic": widens the kernel where the result is smaller, to cover all cells; false by default. */
  antialias?: boolean;
  /** How outputs are placed between cells, as in ONNX; "half-pixel" by default. */
  coordinates?: Coordinates;
  /**
   * With "tf-crop-and-resize": the part that is shown, [begin, ..., end, ...] along the spatial axes, where 0 is the first cell and 1 the
   * last. All of x by default.
   */
  roi?: readonly number[];
  /** With "tf-crop-and-resize": the value beyond the outer cells; 0 by default. */
  extrapolationValue?: number;
}

/** The options of `resizeBackward`. */
export interface ResizeBackwardOptions extends ResizeOptions {
  /** The shape of x. */
  inputShape: readonly number[];
}

/** The options of `upsample`: either `scale` or `outputSize`. */
export interface UpsampleOptions extends Pick<ResizeOptions, "scale" | "outputSize"> {
  /** "nearest" by default, the cell at floor(o / scale); "linear" is bilinear for two axes and trilinear for three. */
  mode?: "nearest" | "linear";
  /** With "linear": whether the centres of the corner cells are aligned, instead of the corners; false by default. */
  alignCorners?: boolean;
}

/** The options of `upsampleBackward`. */
export interface UpsampleBackwardOptions extends UpsampleOptions {
  /** The shape of the upsampling's x. */
  inputShape: readonly number[];
}

export const UPSAMPLE_KEYS = ["scale", "outputSize", "mode", "alignCorners"] as const;
export const RESIZE_KEYS = [
  ...["scale", "outputSize", "keepAspectRatio", "mode", "rounding", "cubicCoefficient"],
  ...["excludeOutside", "antialias", "coordinates", "roi", "extrapolationValue"],
];

/** The outputs along an axis: output o, at place p of the line, has `taps` cells from floor(p) + first on. */
export interface ResampledAxis {
  readonly inputs: number;
  readonly outputs: number;
  readonly line: Line;
  readonly first: number;
  readonly taps: number;
  /** The distance between taps, in cells. */
  readonly dilation: number;
  /** The centre of the kernel beside the place of the output, in taps. */
  readonly centre: number;
  /** The inverse of the width of the kernel, in taps: 1 for interpolation without antialiasing. */
  readonly narrow: number;
  /** The outputs that are not extrapolated. */
  readonly inside: readonly [begin: number, end: number];
}

/** The geometry of a resizing. */
export interface Resampling {
  readonly mode: (typeof MODES)[number] | "gaussian";
  /** With "nearest": whether a place on a cell belongs to the cell before, since the rounding moves places by a half or a whole cell. */
  readonly before: boolean;
  readonly cubicCoefficient: number;
  readonly excludeOutside: boolean;
  /** Whether weights are divided by their sum. */
  readonly normalised: boolean;
  readonly extrapolationValue: number;
  readonly output: FeatureMap;
  /** Along depth, height and width. */
  readonly axes: readonly [ResampledAxis, ResampledAxis, ResampledAxis];
}

const UNIT: Fraction = { of: 1n, by: 1n };
const ZERO: Fraction = { of: 0n, by: 1n };

/** @throws ConvError naming the invalid option */
export function resamplingOf(map: FeatureMap, options: ResizeOptions): Resampling {
  const mode = checkOneOf("mode", options.mode ?? "nearest", MODES);
  const coordinates = checkOneOf("coordinates", options.coordinates ?? "half-pixel", COORDINATES);
  const only = (name: keyof ResizeOptions, applies: boolean, where: string): void => {
    if (options[name] !== undefined && !applies)
      refuse("invalid-argument", name, options[name], `no value without ${where}`);
  };
  const cropped = coordinates === "tf-crop-and-resize";
  only("rounding", mode === "nearest", `mode "nearest"`);
  only("cubicCoefficient", mode === "cubic", `mode "cubic"`);
  only("excludeOutside", mode !== "nearest", `mode "linear" or "cubic"`);
  only("antialias", mode !== "nearest", `mode "linear" or "cubic"`);
  only("roi", cropped, `coordinates "tf-crop-and-resize"`);
  only("extrapolationValue", cropped, `coordinates "tf-crop-and-resize"`);
  const rounding = checkOneOf("rounding", options.rounding ?? "round-prefer-floor", ROUNDINGS);
  const excludeOutside = checkBoolean("excludeOutside", options.excludeOutside ?? false);
  const antialias = checkBoolean("antialias", options.antialias ?? false);
  const cubicCoefficient = checkFinite("cubicCoefficient", options.cubicCoefficient ?? -0.75);
  const extrapolationValue = checkFinite("extrapolationValue", options.extrapolationValue ?? 0);
  const unused = 3 - map.rank;
  const { size, factors } = sizesOf(options, map.size.slice(unused));
  const roi = roiOf(options.roi, map.rank, Math.max(...map.size));
  const output = { ...map, size: toTriple(size, 1) };
  if (elementsOf(output) > MAX_ELEMENTS)
    refuse("too-large", options.scale === undefined ? "outputSize" : "scale", size, `at most ${MAX_ELEMENTS} elements`);
  const axes = eachAxis((axis): ResampledAxis => {
    const [inputs, at] = [map.size[axis], axis - unused];
    const [outputs, factor] = at < 0 ? [1, UNIT] : [size[at]!, factors[at]!];
    const line = lineOf({ coordinates, inputs, outputs, factor, roi: at < 0 ? [ZERO, UNIT] : roi[at]! });
    const inside = cropped ? insideOf(line, inputs, outputs) : ([0, outputs] as const);
    const shared = { inputs, outputs, inside, dilation: 1, centre: 0 };
    if (mode === "nearest") {
      const rounded = rounding.startsWith("round")
        ? moved(line, 1n, 2n)
        : moved(line, rounding === "ceil" ? 1n : 0n, 1n);
      return { ...shared, line: rounded, first: 0, taps: 1, narrow: 1 };
    }
    const { of, by } = antialias && factor.of < factor.by ? factor : UNIT;
    const reach = checkInteger("scale", Number(ceilOf((mode === "cubic" ? 2n : 1n) * by, of)), 1, 2 ** 20);
    return { ...shared, line, first: 1 - reach, taps: 2 * reach, narrow: Number(of) / Number(by) };
  });
  return {
    ...{ mode, cubicCoefficient, excludeOutside, extrapolationValue, output, axes },
    before: mode === "nearest" && (rounding === "round-prefer-floor" || rounding === "ceil"),
    normalised: excludeOutside || antialias,
  };
}

/** @throws ConvError naming the invalid option */
export function upsamplingOf(map: FeatureMap, { mode: option, alignCorners, ...options }: UpsampleOptions): Resampling {
  const mode = checkOneOf("mode", option ?? "nearest", ["nearest", "linear"]);
  if (mode === "nearest") {
    if (alignCorners !== undefined)
      refuse("invalid-argument", "alignCorners", alignCorners, `no value with mode "nearest"`);
    return resamplingOf(map, { ...options, mode, coordinates: "asymmetric", rounding: "floor" });
  }
  if (!checkBoolean("alignCorners", alignCorners ?? false)) return resamplingOf(map, { ...options, mode });
  // PyTorch aligns the corners of the size that results, where ONNX's factor counts before it is rounded.
  const { size } = sizesOf(options, map.size.slice(3 - map.rank));
  return resamplingOf(map, { outputSize: size, mode, coordinates: "align-corners" });
}

/** The size of the result, and the factors that places follow. */
function sizesOf(
  { scale, outputSize, keepAspectRatio }: ResizeOptions,
  input: readonly number[],
): { size: number[]; factors: Fraction[] } {
  if ((scale === undefined) === (outputSize === undefined))
    refuse("invalid-argument", "scale", scale, "either scale or outputSize");
  if (input.includes(0))
    refuse(
      "empty-output",
      scale === undefined ? "outputSize" : "scale",
      scale ?? outputSize,
      "at least one cell of x along each axis",
    );
  const policy = checkOneOf("keepAspectRatio", keepAspectRatio ?? "stretch", POLICIES);
  if (outputSize !== undefined) {
    const wanted = checkPerAxis("outputSize", outputSize, input.length, 1);
    const factors = wanted.map((cells, axis): Fraction => ({ of: BigInt(cells), by: BigInt(input[axis]!) }));
    if (policy === "stretch") return { size: wanted, factors };
    const larger = (a: Fraction, b: Fraction): boolean => a.of * b.by > b.of * a.by;
    const one = factors.reduce((a, b) => (larger(a, b) === (policy === "not-larger") ? b : a));
    const size = input.map((cells) => Number(floorOf(2n * BigInt(cells) * one.of + one.by, 2n * one.by)));
    return { size: size.map((cells) => checkSize("outputSize", wanted, cells)), factors: size.map(() => one) };
  }
  if (policy !== "stretch") refuse("invalid-argument", "keepAspectRatio", policy, `no value but "stretch" with scale`);
  if (Array.isArray(scale) && scale.length !== input.length)
    refuse("shape-mismatch", "scale", scale, `a number or an array of ${input.length}, one for each spatial axis`);
  const given = input.map((_, axis) => checkFinite("scale", Array.isArray(scale) ? (scale[axis] as unknown) : scale));
  const factors = given.map(fractionOf);
  const size = factors.map(({ of, by }, axis) =>
    checkSize("scale", given[axis], Number(floorOf(BigInt(input[axis]!) * of, by))),
  );
  return { size, factors };
}

function checkSize(argument: string, got: unknown, size: number): number {
  if (size < 1) refuse("empty-output", argument, got, "a size of at least one cell along each axis");
  return checkInteger(argument, size, 1);
}

/** Shaders count cells in signed 32-bit integers. */
const MOST_CELLS = 2 ** 30;

/** The part of each axis that is shown. */
function roiOf(roi: unknown, rank: number, cells: number): (readonly [Fraction, Fraction])[] {
  if (roi === undefined) return Array.from({ length: rank }, () => [ZERO, UNIT] as const);
  if (!Array.isArray(roi) || roi.length !== 2 * rank)
    refuse("shape-mismatch", "roi", roi, `an array of ${2 * rank}: where each axis begins, then where each ends`);
  const ends = Array.from(roi, (end: unknown, at) => {
    const value = checkFinite(`roi[${at}]`, end);
    if (Math.abs(value) * cells > MOST_CELLS) refuse("too-large", `roi[${at}]`, end, "a place nearer to x");
    return fractionOf(value);
  });
  return Array.from({ length: rank }, (_, axis) => [ends[axis]!, ends[axis + rank]!] as const);
}
