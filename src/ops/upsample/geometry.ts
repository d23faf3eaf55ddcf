// The options of upsampling, and the places of its outputs as integer fractions: along an axis output o lies at (scale o + shift) / unit,
// in cells of the input.
import { refuse } from "../../base/error.ts";
import { type Triple, toTriple } from "../../base/shape.ts";
import { checkBoolean, checkFinite, checkOneOf, checkPerAxis } from "../../base/validate.ts";
import type { FeatureMap } from "../shared/geometry/feature-map.ts";

const MODES = ["nearest", "linear"] as const;

/** The options of `upsample`: either `scale` or `outputSize`. */
export interface UpsampleOptions {
  /**
   * Output cells for each input cell: a number for all axes, or one for each. It only sets the size of the result, floor(scale size), as in
   * PyTorch with `recompute_scale_factor`.
   */
  scale?: number | readonly number[];
  /** The spatial size of the result instead: a number for all axes, or one for each. */
  outputSize?: number | readonly number[];
  /** "nearest" by default; "linear" is bilinear for two axes and trilinear for three. */
  mode?: (typeof MODES)[number];
  /** With "linear": whether the centres of the corner cells are aligned, instead of the corners; false by default. */
  alignCorners?: boolean;
}

/** The options of `upsampleBackward`. */
export interface UpsampleBackwardOptions extends UpsampleOptions {
  /** The shape of the upsampling's x. */
  inputShape: readonly number[];
}

export const UPSAMPLE_KEYS = ["scale", "outputSize", "mode", "alignCorners"] as const;

/** The places of the outputs along an axis. */
export interface Places {
  readonly scale: number;
  readonly shift: number;
  readonly unit: number;
}

/** The geometry of an upsampling. */
export interface Upsampling {
  readonly linear: boolean;
  readonly output: FeatureMap;
  /** Along depth, height and width. */
  readonly places: readonly [Places, Places, Places];
}

/** Shaders compute these products as signed 32-bit integers. */
const MAX_PRODUCT = 2 ** 31 - 1;

/** @throws ConvError naming the invalid option */
export function upsamplingOf(map: FeatureMap, options: UpsampleOptions): Upsampling {
  const linear = checkOneOf("mode", options.mode ?? "nearest", MODES) === "linear";
  if (options.alignCorners !== undefined && !linear)
    refuse("invalid-argument", "alignCorners", options.alignCorners, `no value with mode "nearest"`);
  const align = checkBoolean("alignCorners", options.alignCorners ?? false);
  const input = map.size.slice(3 - map.rank);
  const size: Triple = toTriple(sizeOf(options, input), 1);
  const places = ([0, 1, 2] as const).map((axis) => {
    const along = placesOf(map.size[axis], size[axis], linear, align);
    const { scale, shift, unit } = along;
    const largest = Math.abs(shift) + Math.max(scale * (size[axis] + 1), unit * (map.size[axis] + 2));
    if (largest > MAX_PRODUCT)
      refuse(
        "too-large",
        options.scale === undefined ? "outputSize" : "scale",
        size,
        `a smaller size, of ${map.size[axis]} cells`,
      );
    return along;
  });
  return { linear, output: { ...map, size }, places: [places[0]!, places[1]!, places[2]!] };
}

function sizeOf({ scale, outputSize }: UpsampleOptions, input: readonly number[]): number[] {
  if ((scale === undefined) === (outputSize === undefined))
    refuse("invalid-argument", "scale", scale, "either scale or outputSize");
  if (outputSize !== undefined) return checkPerAxis("outputSize", outputSize, input.length, 1);
  if (Array.isArray(scale) && scale.length !== input.length)
    refuse("shape-mismatch", "scale", scale, `a number or an array of ${input.length}, one for each spatial axis`);
  return input.map((cells, axis) => {
    const factor = checkFinite("scale", Array.isArray(scale) ? (scale[axis] as unknown) : scale);
    const size = Math.floor(cells * factor);
    if (size < 1) refuse("empty-output", "scale", factor, `a factor with at least one output for ${cells} cells`);
    return checkPerAxis("scale", size, 1, 1)[0]!;
  });
}

/** Nearest: o I / O. Linear: (o + 1/2) I / O - 1/2 with cells as areas, o (I - 1) / (O - 1) with aligned corners. */
function placesOf(input: number, output: number, linear: boolean, align: boolean): Places {
  if (!linear) return reduced(input, 0, output);
  return align ? reduced(input - 1, 0, Math.max(output - 1, 1)) : reduced(2 * input, input - output, 2 * output);
}

/** Places in lowest terms. */
function reduced(scale: number, shift: number, unit: number): Places {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  const by = gcd(gcd(unit, scale), Math.abs(shift));
  return { scale: scale / by, shift: shift / by, unit: unit / by };
}
