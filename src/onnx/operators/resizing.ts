// Resizing, by which Upsample is named before opset 10.
import { elementCount } from "../../base/shape.ts";
import type { ResizeOptions } from "../../ops/resize/geometry.ts";
import { axesOf } from "../../ops/shared/geometry/axis.ts";
import { type NodeLowering, type OnnxOperator, type Operand, operator } from "../lowering.ts";

/** A name of ONNX as it is spelled here. */
const spelled = <Name extends string>(name: Name): Spelled<Name> => name.replaceAll("_", "-") as Spelled<Name>;

type Spelled<Name extends string> = Name extends `${infer Start}_${infer Rest}` ? `${Start}-${Spelled<Rest>}` : Name;

/**
 * Resizes some axes, with one scale or size for each axis of x. `resize` takes feature maps: the axes from the first to the last that changes are its
 * spatial ones.
 */
function resized(
  node: NodeLowering<unknown>,
  x: Operand,
  along: { readonly scales?: readonly number[]; readonly sizes?: readonly number[]; readonly roi?: readonly number[] },
  options: ResizeOptions,
): Operand {
  const { shape } = x;
  const { scales, sizes, roi } = along;
  const { length: rank } = shape;
  if ((scales ?? sizes)?.length !== rank) node.refuse("scales", scales ?? sizes, `${rank} numbers, one for each axis`);
  const isChanged = (axis: number): boolean =>
    (scales ? scales[axis] !== 1 : sizes![axis] !== shape[axis]) ||
    (roi !== undefined && (roi[axis] !== 0 || roi[axis + rank] !== 1));
  const changed = [...shape.keys()].filter(isChanged);
  if (changed.length === 0) return x;
  const isMap = rank >= 3 && rank <= 5 && changed[0]! >= 2;
  const first = isMap ? 2 : changed[0]!;
  const end = isMap ? rank : changed.at(-1)! + 1;
  if (end - first > 3) node.refuse("scales", `axes ${first} to ${end - 1}`, "up to three neighbouring axes");
  const [outer, inner] = [elementCount(shape.slice(0, first)), elementCount(shape.slice(end))];
  const cells = shape.slice(first, end);
  const isLast = inner > 1;
  const map = isMap
    ? x
    : node.reshaped(x, isLast ? [outer, ...cells, inner] : [outer, 1, ...cells], isLast ? "channels-last" : undefined);
  const y = node.call(
    "resize",
    { x: map },
    {
      ...options,
      ...(scales ? { scale: scales.slice(first, end) } : { outputSize: sizes!.slice(first, end) }),
      ...(roi && { roi: [...roi.slice(first, end), ...roi.slice(first + rank, end + rank)] }),
    },
  );
  if (isMap) return y;
  const own = isLast ? y.shape.slice(1, -1) : y.shape.slice(2);
  return node.reshaped(
    y,
    [...shape.slice(0, first), ...own, ...shape.slice(end)],
    isLast ? "channels-first" : undefined,
  );
}

/** Opset 10 and Upsample: places are those of the first cells, and the nearest cell is the one before; the one after where the result is smaller. */
function older(
  node: NodeLowering<unknown>,
  scales: readonly number[],
  mode: "bilinear" | NonNullable<ResizeOptions["mode"]>,
): Operand {
  const smaller = scales.some((scale) => scale < 1);
  return resized(
    node,
    node.input(0),
    { scales },
    {
      ...{ mode: mode === "bilinear" ? "linear" : mode, coordinates: "asymmetric" },
      ...(mode === "nearest" && { rounding: smaller ? "ceil" : "floor" }),
    },
  );
}

const Upsample = operator([1, 2], { mode: ["nearest", "linear", "bilinear"], scales: "numbers" }, (node) => {
  const { mode, scales } = node.attributes;
  const given = node.numbers(1) ?? scales ?? node.refuse("scales", "none", "numbers");
  return older(node, Array.from(given), mode);
});

const Resize = operator(
  [1, 4],
  {
    mode: ["nearest", "linear", "cubic"],
    coordinate_transformation_mode: [
      ...(["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"] as const),
      ...(["tf_crop_and_resize", "tf_half_pixel_for_nn"] as const),
    ],
    nearest_mode: ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"],
    cubic_coeff_a: -0.75,
    exclude_outside: 0,
    extrapolation_value: 0,
    antialias: 0,
    axes: "numbers",
    keep_aspect_ratio_policy: ["stretch", "not_larger", "not_smaller"],
  },
  (node) => {
    const { mode, coordinate_transformation_mode: place, nearest_mode, axes: given, ...attributes } = node.attributes;
    if (node.opset < 11) return older(node, Array.from(node.numbers(1) ?? []), mode);
    const x = node.input(0);
    const { shape } = x;
    const axes = given ? axesOf([...given], shape.length) : [...shape.keys()];
    /** A number for each axis of x, of a list with one for each of the axes. */
    const forAll = (list: ArrayLike<number> | undefined, otherwise: readonly number[]): number[] | undefined => {
      if (!list || list.length === 0) return undefined;
      if (list.length !== axes.length)
        node.refuse("scales", `${list.length} numbers`, `${axes.length}, one for each axis`);
      return otherwise.map((usual, axis) => list[axes.indexOf(axis)] ?? usual);
    };
    const scales = forAll(
      node.numbers(2),
      shape.map(() => 1),
    );
    const sizes = forAll(node.integers(3), shape);
    if ((scales === undefined) === (sizes === undefined))
      node.refuse("scales", "none or both", "either scales or sizes");
    const roi = place === "tf_crop_and_resize" ? Array.from(node.numbers(1) ?? []) : undefined;
    const policy = spelled(attributes.keep_aspect_ratio_policy);
    const isProportional = policy !== "stretch" && sizes !== undefined;
    if (isProportional && axes.some((axis) => axis < 2 && sizes[axis] !== shape[axis]))
      node.refuse("keep_aspect_ratio_policy", policy, "stretch, unless only spatial axes change");
    const rounding = roundingOf(node, place, spelled(nearest_mode));
    return resized(
      node,
      x,
      {
        ...(scales ? { scales } : { sizes: sizes! }),
        ...(roi && { roi: regionsOf(node, roi, axes, shape.length) }),
      },
      {
        // With the roundings that are served, half a pixel further is another rounding.
        ...{ mode, coordinates: place === "tf_half_pixel_for_nn" ? "half-pixel" : spelled(place) },
        ...(mode === "nearest" ? { rounding } : { excludeOutside: attributes.exclude_outside !== 0 }),
        ...(mode !== "nearest" && { antialias: attributes.antialias !== 0 }),
        ...(mode === "cubic" && { cubicCoefficient: attributes.cubic_coeff_a }),
        ...(roi && { extrapolationValue: attributes.extrapolation_value }),
        ...(isProportional && { keepAspectRatio: policy }),
      },
    );
  },
);

type Rounding = NonNullable<ResizeOptions["rounding"]>;

function roundingOf(node: NodeLowering<unknown>, place: string, rounding: Rounding): Rounding {
  if (place !== "tf_half_pixel_for_nn") return rounding;
  // floor(p + 1/2) is p rounded with ties up, and p + 1/2 rounded with ties down is ceil(p).
  if (rounding === "floor") return "round-prefer-ceil";
  if (rounding === "round-prefer-floor") return "ceil";
  return node.refuse("nearest_mode", rounding, "floor or round_prefer_floor with tf_half_pixel_for_nn");
}

/** Where each axis of x begins and ends, of those of some axes: the others are shown whole. */
function regionsOf(
  node: NodeLowering<unknown>,
  roi: readonly number[],
  axes: readonly number[],
  rank: number,
): number[] {
  if (roi.length !== 2 * axes.length) node.refuse("roi", `${roi.length} numbers`, `${2 * axes.length}`);
  return Array.from({ length: 2 * rank }, (_, at) => {
    const own = axes.indexOf(at % rank);
    const isEnd = at >= rank;
    return own < 0 ? Number(isEnd) : roi[isEnd ? own + axes.length : own]!;
  });
}

export const resizing: Readonly<Record<string, OnnxOperator>> = { Resize, Upsample };
