// A call of an operation beside convolution as plain data, and how it is made on tensors.
import type { Dtype } from "../../src/base/dtype.ts";
import { elementCount } from "../../src/base/shape.ts";
import type { Engine, Layout, Tensor } from "../../src/index.ts";
import * as operations from "../../src/ops/index.ts";

/** `separate` runs on the CPU and takes no tensors. */
export type OperationName = Exclude<keyof typeof operations, "separate">;

/** A tensor, described by its shape; its element type is that of the call, or float32 where it holds indices or losses. */
export type Given = readonly number[] | { readonly f32: readonly number[] };

export interface OperationCall {
  readonly operation: OperationName;
  /** The tensor arguments in order; an argument that is a list of tensors is a list here. */
  readonly given: readonly (Given | { readonly list: readonly Given[] })[];
  /** Arguments between the tensors and the options. */
  readonly plain?: readonly unknown[];
  /** The last argument without its tensors: options, or the activation of `activate`. Absent where the operation takes none. */
  readonly options?: unknown;
  /** The tensors among its options. */
  readonly tensors?: Readonly<Record<string, Given>>;
}

/** Layout and element type of the tensors of a call. */
export interface Kind {
  readonly layout: Layout;
  readonly dtype: Dtype;
}

/** The tensors of a call by their places: "0" for an argument, "0.1" in a list, "options.bias" for an option. */
export function placesOf({ given, tensors = {} }: OperationCall): [place: string, given: Given][] {
  return [
    ...given.flatMap((one, at): [string, Given][] =>
      "list" in one ? one.list.map((part, turn) => [`${at}.${turn}`, part]) : [[`${at}`, one]],
    ),
    ...Object.entries(tensors).map(([name, one]): [string, Given] => [`options.${name}`, one]),
  ];
}

/** The arguments of a call before its options. */
export function argumentsOf({ given, plain = [] }: OperationCall, at: (place: string) => unknown): unknown[] {
  const tensors = given.map((one, place) =>
    "list" in one ? one.list.map((_, turn) => at(`${place}.${turn}`)) : at(`${place}`),
  );
  return [...tensors, ...plain];
}

/** The options of a call. */
export function optionsOf({ options, tensors = {} }: OperationCall, at: (place: string) => unknown): unknown {
  if (typeof options !== "object") return options;
  const own = Object.keys(tensors).map((name) => [name, at(`options.${name}`)] as const);
  return { ...options, ...Object.fromEntries(own) };
}

/** The shape and the element type of a tensor of a call whose tensors are of type `common`. */
export function describedBy(given: Given, common: Dtype): { shape: readonly number[]; dtype: Dtype } {
  return "f32" in given ? { shape: given.f32, dtype: "f32" } : { shape: given, dtype: common };
}

/** The tensors of a call, by their places. */
export class Arguments {
  readonly #call: OperationCall;
  readonly tensors: ReadonlyMap<string, Tensor>;

  /** @param value of every element: 1 is also a valid class, index and variance */
  constructor(engine: Engine, call: OperationCall, { layout, dtype: common }: Kind, value: 0 | 1 = 1) {
    this.#call = call;
    const make = (given: Given): Tensor => {
      const { shape, dtype } = describedBy(given, common);
      if (value === 0) return engine.empty(shape, { layout, dtype });
      return engine.tensor(new Float32Array(elementCount(shape)).fill(value), shape, { layout, dtype });
    };
    this.tensors = new Map(placesOf(call).map(([place, given]) => [place, make(given)]));
  }

  /** The arguments, with one of the tensors replaced or an option added. */
  list(replaced?: { readonly at: string; readonly by: unknown }, more: Record<string, unknown> = {}): unknown[] {
    const at = (place: string): unknown => (place === replaced?.at ? replaced.by : this.tensors.get(place));
    const [list, options] = [argumentsOf(this.#call, at), optionsOf(this.#call, at)];
    if (options === undefined) return list;
    return [...list, typeof options === "object" ? { ...options, ...more } : options];
  }

  destroy(): void {
    for (const tensor of this.tensors.values()) tensor.destroy();
  }
}

const byName = { ...operations } as unknown as Readonly<Record<OperationName, (...given: unknown[]) => unknown>>;

/** Calls an operation by its name. */
export function callOperation({ operation }: OperationCall, list: readonly unknown[]): unknown {
  return byName[operation](...list);
}

/** All tensors of a result, which is a tensor, a list or a record of tensors. */
export function tensorsOf(result: unknown): Tensor[] {
  if (typeof result !== "object" || result === null) return [];
  if ("destroy" in result) return [result as Tensor];
  return Object.values(result).flatMap(tensorsOf);
}
