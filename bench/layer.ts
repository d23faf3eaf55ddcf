// A layer to measure: the sizes of one convolution, and the descriptor that the engine plans once batch, layout and element type are chosen.
import type { Dtype } from "../src/base/dtype.ts";
import {
  type ConvDescriptor,
  type ConvProblem,
  type Layout,
  type Pass,
  PASSES,
  convProblem,
  joinShape,
  multiplyAdds,
} from "../src/problem/problem.ts";
import { transposedProblem } from "../src/problem/transposed.ts";

/** What to compute for a layer: a pass of its convolution, or the transposed convolution with the same options. */
export const BENCH_PASSES = [...PASSES, "transposed"] as const;
export type BenchPass = Pass | "transposed";

/** The sizes of a convolution, in the field's order: depth, height, width. */
export interface Shape {
  readonly channels: number;
  readonly outputs: number;
  readonly input: readonly number[];
  readonly kernel: readonly number[];
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
  /** The batch size, multiplied by the one that the caller asks for; 1 by default. */
  readonly batch?: number;
}

export interface Layer extends Shape {
  readonly id: string;
  /** The pass to measure by default. */
  readonly pass: BenchPass;
  /** How often it occurs in its network. */
  readonly count: number;
}

type Options = Partial<Pick<Shape, "stride" | "padding" | "dilation" | "groups">>;

/** Returns the sizes of a convolution; padding by default keeps the size of a map at stride 1, for odd kernels. */
export function shape(
  channels: number,
  outputs: number,
  input: readonly number[],
  kernel: readonly number[],
  options: Options = {},
): Shape {
  const dilation = options.dilation ?? 1;
  const padding = Math.floor(((kernel[0]! - 1) * dilation) / 2);
  return { channels, outputs, input, kernel, stride: 1, padding, dilation, groups: 1, ...options };
}

/** Returns the sizes of a convolution with square maps and kernels; see `shape`. */
export function square(channels: number, outputs: number, size: number, kernel: number, options?: Options): Shape {
  return shape(channels, outputs, [size, size], [kernel, kernel], options);
}

/** Returns a key that equal shapes share. */
export function shapeKey({
  channels,
  outputs,
  input,
  kernel,
  stride,
  padding,
  dilation,
  groups,
  batch = 1,
}: Shape): string {
  return JSON.stringify([channels, outputs, input, kernel, stride, padding, dilation, groups, batch]);
}

/** Returns the layers of a network from its convolutions in order: each shape once, numbered, with its number of occurrences. */
export function distinct(name: string, shapes: readonly Shape[]): Layer[] {
  const counts = new Map<string, { shape: Shape; count: number }>();
  for (const one of shapes) {
    const key = shapeKey(one);
    const known = counts.get(key);
    counts.set(key, { shape: one, count: (known?.count ?? 0) + 1 });
  }
  return [...counts.values()].map(({ shape: one, count }, at) => ({
    ...one,
    id: `${name}-${at + 1}`,
    pass: "forward",
    count,
  }));
}

export interface Conditions {
  readonly batch: number;
  readonly layout: Layout;
  readonly dtype: Dtype;
}

/** Returns the descriptor of a layer's convolution, or for the transposed pass of its transposed convolution (see transposed.ts). */
export function descriptorOf(layer: Shape, pass: BenchPass, { batch, layout, dtype }: Conditions): ConvDescriptor {
  const { channels, outputs, input, kernel, stride, padding, dilation, groups } = layer;
  const samples = batch * (layer.batch ?? 1);
  const [outer, inner] = pass === "transposed" ? [channels, outputs / groups] : [outputs, channels / groups];
  return {
    inputShape: joinShape(samples, channels, input, layout),
    kernelShape: layout === "channels-first" ? [outer, inner, ...kernel] : [...kernel, inner, outer],
    stride,
    padding,
    dilation,
    groups,
    layout,
    dtype,
  };
}

/** Returns the problem that computes a pass. */
export function problemOf(pass: BenchPass, descriptor: ConvDescriptor): ConvProblem {
  return pass === "transposed" ? transposedProblem(descriptor) : convProblem(pass, descriptor);
}

/** Counts the multiply-adds of a layer's pass by the direct method, at its own batch. */
export function layerMultiplyAdds(layer: Layer, pass: BenchPass = layer.pass): number {
  const descriptor = descriptorOf(layer, pass, { batch: 1, layout: "channels-first", dtype: "f32" });
  return multiplyAdds(problemOf(pass, descriptor));
}

/** Describes a layer: "3x3 s2 128->256 28x28, groups 32". */
export function describeLayer({
  channels,
  outputs,
  input,
  kernel,
  stride,
  dilation,
  groups,
  padding,
  count,
  batch = 1,
}: Layer): string {
  const depthwise = groups > 1 && groups === channels;
  const usual = kernel.every((size) => 2 * padding === (size - 1) * dilation);
  return [
    `${depthwise ? "depthwise " : ""}${kernel.join("x")}${kernel.length === 1 ? " taps" : ""}`,
    ...(stride > 1 ? [`s${stride}`] : []),
    depthwise && outputs === channels ? `${channels}` : `${channels}->${outputs}`,
    input.join("x"),
    ...(dilation > 1 ? [`dilation ${dilation}`] : []),
    ...(groups > 1 && !depthwise ? [`groups ${groups}`] : []),
    ...(usual ? [] : [`pad ${padding}`]),
    ...(batch > 1 ? [`batch ${batch}`] : []),
    ...(count > 1 ? [`(${count} times)`] : []),
  ].join(" ");
}
