// Constants of a graph, as numbers, and constants computed from them.
import { float16Bits, float16Value } from "../../base/dtype.ts";
import { elementCount } from "../../base/shape.ts";
import { channelAxis } from "../../ops/shared/geometry/axis.ts";
import { aligned } from "../../ops/shared/geometry/broadcast.ts";
import type { Value } from "../graph.ts";
import { memoryOf } from "../memory-of.ts";
import type { Rewriting } from "./rewriting.ts";

export type Data = NonNullable<Value["data"]>;

/** A constant. */
export type Constant = Value & { readonly data: Data };

export const isConstant = (value: Value | undefined): value is Constant => value?.data !== undefined;

/** Most elements that are compared with each other to see whether they are one number. */
const MOST_COMPARED = 2 ** 16;

/** The number that all elements of a constant are. */
export function scalarOf(value: Value | undefined): number | undefined {
  if (!isConstant(value) || value.dtype === "u32" || value.data.length > MOST_COMPARED) return undefined;
  const [first] = value.data;
  return value.data.every((one) => one === first) ? first : undefined;
}

/** The numbers of a constant that is broadcast over a tensor with at most one number for each channel: one for each. */
export function channelsOf(value: Value | undefined, over: Value): Float64Array | undefined {
  if (!isConstant(value) || value.dtype === "u32" || value.shape.length > over.shape.length) return undefined;
  const axis = channelAxis(over.shape, over.layout);
  const channels = over.shape[axis] ?? 1;
  const sizes = aligned(value.shape, over.shape.length);
  if (!sizes.every((size, at) => size === 1 || (at === axis && size === channels))) return undefined;
  return Float64Array.from({ length: channels }, (_, channel) => value.data[value.data.length === 1 ? 0 : channel]!);
}

/** Adds a constant computed from others to a graph; `key` tells it from others that are computed from the same ones. */
export function computed(
  graph: Pick<Rewriting, "unique">,
  like: Pick<Value, "name" | "shape" | "layout" | "dtype">,
  sources: readonly Constant[],
  key: unknown,
  compute: () => ArrayLike<number>,
): Constant {
  const { name, shape, layout, dtype } = like;
  const data = remembered(sources, [key, shape, dtype], () => storedAs(dtype, compute(), elementCount(shape)));
  return { name: graph.unique(name), shape, layout, dtype, data };
}

/** An array for the elements of a tensor. */
export function emptyLike({ dtype }: Value, shape: readonly number[]): Float32Array | Uint32Array {
  const count = elementCount(shape);
  return dtype === "u32" ? new Uint32Array(count) : new Float32Array(count);
}

/** Numbers as the elements of a type. */
function storedAs(dtype: Value["dtype"], values: ArrayLike<number>, count: number): Data {
  if (dtype === "u32") return values instanceof Uint32Array ? values : Uint32Array.from(values);
  if (dtype === "f32") return values instanceof Float32Array ? values : Float32Array.from(values);
  const halves = new Float32Array(count);
  for (let at = 0; at < count; at++) halves[at] = float16Value(float16Bits(values[at]!));
  return halves;
}

/** The arrays computed from the memory of others, by that of the first. */
const results = new WeakMap<ArrayBufferLike, Map<string, Data>>();

/**
 * Computes an array from the same constants once: the graphs of a model for inputs of other shapes share it, and so its copy on the GPU.
 */
function remembered(sources: readonly Constant[], key: unknown, compute: () => Data): Data {
  const buffer = sources[0]?.data.buffer;
  if (!buffer) return compute();
  let known = results.get(buffer);
  if (!known) results.set(buffer, (known = new Map()));
  const name = JSON.stringify([key, sources.map(({ data }) => memoryOf(data))]);
  let data = known.get(name);
  if (!data) known.set(name, (data = compute()));
  return data;
}
