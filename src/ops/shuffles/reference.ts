// CPU reference of shuffles of channels and of pixels, in float64, by formulas for the destination of each element.
import { toTriple } from "../../base/shape.ts";
import { checkOptions } from "../../base/validate.ts";
import { type Float64NdArray, type NdArray, checkNdArray } from "../../reference/ndarray.ts";
import { channelAxis } from "../shared/geometry/axis.ts";
import { type FeatureMap, mapOfShape } from "../shared/geometry/feature-map.ts";
import { type LayoutOptions, layoutOf, placeIn, readMap, writeMap, zeros } from "../shared/reference/feature-map.ts";
import { linesOf } from "../shared/reference/lines.ts";
import {
  type ChannelShuffleOptions,
  type PixelShuffleOptions,
  channelShuffleOf,
  pixelShuffleOf,
  pixelUnshuffleOf,
} from "./geometry.ts";

/** `channelShuffle` of convoke/ops, in float64. */
export function channelShuffle(x: NdArray, options: ChannelShuffleOptions & LayoutOptions): Float64NdArray {
  return shuffled("x", x, options, (channel, channels, groups) => {
    const each = channels / groups;
    return (channel % each) * groups + Math.floor(channel / each);
  });
}

/** `channelShuffleBackward` of convoke/ops, in float64. */
export function channelShuffleBackward(dy: NdArray, options: ChannelShuffleOptions & LayoutOptions): Float64NdArray {
  return shuffled("dy", dy, options, (channel, channels, groups) => {
    const each = channels / groups;
    return (channel % groups) * each + Math.floor(channel / groups);
  });
}

/** @param goes maps a channel to its channel in the result */
function shuffled(
  argument: string,
  array: NdArray,
  options: ChannelShuffleOptions & LayoutOptions,
  goes: (channel: number, channels: number, groups: number) => number,
): Float64NdArray {
  checkOptions("options", options, ["groups", "layout"]);
  const { data, shape } = checkNdArray(argument, array, [2, 3, 4, 5]);
  const layout = layoutOf(options);
  channelShuffleOf(argument, shape, layout, options);
  const values = new Float64Array(data.length);
  for (const places of linesOf(shape, channelAxis(shape, layout)))
    places.forEach((place, c) => (values[places[goes(c, places.length, options.groups)]!] = data[place]!));
  return { data: values, shape };
}

/** `pixelShuffle` of convoke/ops, in float64. */
export function pixelShuffle(x: NdArray, options: PixelShuffleOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, ["factor", "layout"]);
  const layout = layoutOf(options);
  const coarse = readMap("x", x, options);
  const fine = zeros(mapOfShape("y", pixelShuffleOf(x.shape, layout, options).shape, layout));
  forEachCell(fine.map, options, (index, at) => (fine.data[index] = coarse.data[placeIn(coarse.map, ...at)]!));
  return writeMap(fine);
}

/** `pixelUnshuffle` of convoke/ops, in float64. */
export function pixelUnshuffle(x: NdArray, options: PixelShuffleOptions & LayoutOptions): Float64NdArray {
  checkOptions("options", options, ["factor", "layout"]);
  const layout = layoutOf(options);
  const fine = readMap("x", x, options);
  const coarse = zeros(mapOfShape("y", pixelUnshuffleOf(x.shape, layout, options).shape, layout));
  forEachCell(fine.map, options, (index, at) => (coarse.data[placeIn(coarse.map, ...at)] = fine.data[index]!));
  return writeMap(coarse);
}

/** Visits each cell of the fine map with its index, and its coordinates (n, c, d, h, w) in the coarse map. */
function forEachCell(
  fine: FeatureMap,
  { factor }: PixelShuffleOptions,
  visit: (index: number, coarse: [number, number, number, number, number]) => void,
): void {
  const factors = typeof factor === "number" ? Array.from({ length: fine.rank }, () => factor) : factor;
  const [T, R, S] = toTriple(factors, 1);
  for (let n = 0; n < fine.N; n++)
    for (let c = 0; c < fine.channels; c++)
      for (let d = 0; d < fine.size[0]; d++)
        for (let h = 0; h < fine.size[1]; h++)
          for (let w = 0; w < fine.size[2]; w++) {
            const inside = ((d % T) * R + (h % R)) * S + (w % S);
            const cell = [d / T, h / R, w / S].map(Math.floor) as [number, number, number];
            visit(placeIn(fine, n, c, d, h, w), [n, c * T * R * S + inside, ...cell]);
          }
}
