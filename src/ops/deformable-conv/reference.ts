// CPU reference of deformable convolution and its gradients, in float64: a loop over samples.
import { pick } from "../../base/pick.ts";
import { checkOptions } from "../../base/validate.ts";
import type { Layout } from "../../problem/problem.ts";
import { type Float64NdArray, type NdArray, checkNdArray, checkShapeIs } from "../../reference/ndarray.ts";
import { mapOfShape } from "../shared/geometry/feature-map.ts";
import {
  type LayoutOptions,
  type Values,
  layoutOf,
  readMap,
  writeMap,
  zeros,
} from "../shared/reference/feature-map.ts";
import {
  DEFORMABLE_KEYS,
  type Deformable,
  type DeformableOptions,
  deformableOf,
  deformableShapes,
} from "./geometry.ts";

interface Options extends DeformableOptions, LayoutOptions {
  offset: NdArray;
  mask?: NdArray;
}

/** `deformableConv` of convoke/ops, in float64. */
export function deformableConv(x: NdArray, w: NdArray, options: Options & { bias?: NdArray }): Float64NdArray {
  checkOptions("options", options, [...DEFORMABLE_KEYS, "offset", "mask", "bias", "layout"]);
  const call = read(x, w, options);
  const { K } = call.deformable.problem;
  const { bias } = options;
  if (bias !== undefined) checkShapeIs("bias", checkNdArray("bias", bias, [1]).shape, [K]);
  const y = zeros(mapOfShape("y", call.shapes.y, call.layout));
  const cells = call.cells;
  forEachSample(call, (sample) => {
    for (const c of sample.channels) {
      const value = sample.mask * valueOf(call, sample, c);
      forEachWeight(call, c, sample.tap, (weight, k) => {
        y.data[(sample.n * K + k) * cells + sample.cell]! += call.w[weight]! * value;
      });
    }
  });
  if (bias !== undefined) y.data.forEach((_, at) => (y.data[at]! += bias.data[Math.floor(at / cells) % K]!));
  return writeMap(y);
}

/** `deformableConvBackward` of convoke/ops, in float64. */
export function deformableConvBackward(
  dy: NdArray,
  x: NdArray,
  w: NdArray,
  options: Options,
): Record<"dx" | "dw" | "doffset", Float64NdArray> & { dmask?: Float64NdArray } {
  checkOptions("options", options, [...DEFORMABLE_KEYS, "offset", "mask", "layout"]);
  const call = read(x, w, options);
  const { x: input, deformable, shapes, layout, cells } = call;
  const { C, K } = deformable.problem;
  checkShapeIs("dy", dy.shape, shapes.y);
  const gradient = readMap("dy", dy, options);
  const dx = zeros(input.map);
  const dw = new Float64Array(call.w.length);
  const doffset = zeros(call.offset.map);
  const dmask = zeros(mapOfShape("mask", shapes.mask, layout));
  const area = input.data.length / input.map.N / C;
  forEachSample(call, (sample) => {
    const { n, tap, cell, corners, mask, offsetAt, maskAt } = sample;
    for (const c of sample.channels) {
      let dvalue = 0;
      const value = valueOf(call, sample, c);
      forEachWeight(call, c, tap, (weight, k) => {
        const one = gradient.data[(n * K + k) * cells + cell]!;
        dvalue += call.w[weight]! * one;
        dw[weight]! += mask * value * one;
      });
      dmask.data[maskAt]! += value * dvalue;
      for (const { place, weight, alongY, alongX } of corners) {
        const at = (n * C + c) * area + place;
        dx.data[at]! += mask * weight * dvalue;
        doffset.data[offsetAt]! += mask * alongY * input.data[at]! * dvalue;
        doffset.data[offsetAt + cells]! += mask * alongX * input.data[at]! * dvalue;
      }
    }
  });
  const gradients = {
    dx: writeMap(dx),
    dw: { data: layout === "channels-first" ? dw : fromFirst(dw, w.shape), shape: [...w.shape] },
    doffset: writeMap(doffset),
  };
  return options.mask === undefined ? gradients : { ...gradients, dmask: writeMap(dmask) };
}

interface Call {
  readonly deformable: Deformable;
  readonly shapes: ReturnType<typeof deformableShapes>;
  readonly layout: Layout;
  /** Outputs of a channel of an image. */
  readonly cells: number;
  readonly x: Values;
  /** [K, C/groups, R, S] */
  readonly w: Float64Array;
  readonly offset: Values;
  readonly mask: Values | undefined;
}

interface Sample {
  readonly n: number;
  readonly tap: number;
  readonly cell: number;
  readonly channels: readonly number[];
  readonly mask: number;
  /** The index of its y offset (its x offset is one channel further), and its index in the masks. */
  readonly offsetAt: number;
  readonly maskAt: number;
  /** The cells around it that are on the map, their interpolation weights, and the derivatives of the weights. */
  readonly corners: readonly { place: number; weight: number; alongY: number; alongX: number }[];
}

function read(x: NdArray, w: NdArray, options: Options): Call {
  const layout = layoutOf(options);
  const deformable = deformableOf(x.shape, w.shape, layout, pick(options, DEFORMABLE_KEYS));
  const shapes = deformableShapes(deformable);
  const { data } = checkNdArray("w", w, [4]);
  const map = (argument: string, array: NdArray, shape: readonly number[]): Values => {
    const values = readMap(argument, array, options);
    checkShapeIs(argument, array.shape, shape);
    return values;
  };
  return {
    ...{ deformable, shapes, layout, cells: deformable.problem.output[1] * deformable.problem.output[2] },
    x: readMap("x", x, options),
    w: layout === "channels-first" ? data : toFirst(data, w.shape),
    offset: map("offset", options.offset, shapes.offset),
    mask: options.mask && map("mask", options.mask, shapes.mask),
  };
}

/** [R, S, C, K] as [K, C, R, S]. */
function toFirst(data: Float64Array, shape: readonly number[]): Float64Array {
  const values = new Float64Array(data.length);
  forEachOfBoth(shape, (first, last) => (values[first] = data[last]!));
  return values;
}

function fromFirst(data: Float64Array, shape: readonly number[]): Float64Array {
  const values = new Float64Array(data.length);
  forEachOfBoth(shape, (first, last) => (values[last] = data[first]!));
  return values;
}

function forEachOfBoth(shape: readonly number[], visit: (first: number, last: number) => void): void {
  const [R, S, C, K] = shape as [number, number, number, number];
  for (let tap = 0; tap < R * S; tap++)
    for (let c = 0; c < C; c++) for (let k = 0; k < K; k++) visit((k * C + c) * R * S + tap, (tap * C + c) * K + k);
}

function valueOf({ x, deformable }: Call, { n, corners }: Sample, c: number): number {
  const area = x.map.size[1] * x.map.size[2];
  const plane = (n * deformable.problem.C + c) * area;
  return corners.reduce((sum, { place, weight }) => sum + weight * x.data[plane + place]!, 0);
}

/** Visits the weights of a tap of an input channel, one for each output channel of its group. */
function forEachWeight({ deformable }: Call, c: number, tap: number, visit: (weight: number, k: number) => void): void {
  const { C, K, groups, kernel } = deformable.problem;
  const [Cg, Kg, taps] = [C / groups, K / groups, kernel[1] * kernel[2]];
  const group = Math.floor(c / Cg);
  for (let k = group * Kg; k < (group + 1) * Kg; k++) visit((k * Cg + (c % Cg)) * taps + tap, k);
}

function forEachSample({ deformable, offset, mask, cells, x }: Call, visit: (sample: Sample) => void): void {
  const { problem, offsetGroups } = deformable;
  const { N, C, kernel, output, stride, dilation, padBegin } = problem;
  const taps = kernel[1] * kernel[2];
  const [, H, W] = x.map.size;
  for (let n = 0; n < N; n++)
    for (let group = 0; group < offsetGroups; group++) {
      const many = C / offsetGroups;
      const channels = Array.from({ length: many }, (_, at) => group * many + at);
      for (let tap = 0; tap < taps; tap++)
        for (let cell = 0; cell < cells; cell++) {
          const maskAt = ((n * offsetGroups + group) * taps + tap) * cells + cell;
          const offsetAt = ((n * offsetGroups + group) * taps + tap) * 2 * cells + cell;
          const along = (axis: 1 | 2, out: number, at: number): number =>
            out * stride[axis] - padBegin[axis] + at * dilation[axis] + offset.data[offsetAt + (axis - 1) * cells]!;
          const y = along(1, Math.floor(cell / output[2]), Math.floor(tap / kernel[2]));
          const u = along(2, cell % output[2], tap % kernel[2]);
          const [top, left] = [Math.floor(y), Math.floor(u)];
          const corners = [
            { row: top, column: left, byY: 1 - (y - top), byX: 1 - (u - left), signs: [-1, -1] as const },
            { row: top, column: left + 1, byY: 1 - (y - top), byX: u - left, signs: [-1, 1] as const },
            { row: top + 1, column: left, byY: y - top, byX: 1 - (u - left), signs: [1, -1] as const },
            { row: top + 1, column: left + 1, byY: y - top, byX: u - left, signs: [1, 1] as const },
          ]
            .filter(({ row, column }) => row >= 0 && row < H && column >= 0 && column < W)
            .map(({ row, column, byY, byX, signs }) => ({
              place: row * W + column,
              weight: byY * byX,
              alongY: signs[0] * byX,
              alongX: signs[1] * byY,
            }));
          visit({ n, tap, cell, channels, mask: mask?.data[maskAt] ?? 1, offsetAt, maskAt, corners });
        }
    }
}
