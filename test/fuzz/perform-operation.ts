// Performs a call of an operation beside convolution: it must return what its reference returns, and refuse what that refuses.
import type { Dtype } from "../../src/base/dtype.ts";
import { elementCount } from "../../src/base/shape.ts";
import { ConvError, type Tensor } from "../../src/index.ts";
import * as reference from "../../src/reference.ts";
import type { NdArray } from "../../src/reference.ts";
import {
  type OperationCall,
  argumentsOf,
  callOperation,
  describedBy,
  optionsOf,
  placesOf,
  tensorsOf,
} from "../ops/call.ts";
import { uniform } from "../suite/random.ts";
import type { Outcome } from "./call.ts";
import { type Thrown, type Work, Wrong, makersOf, refusalOf } from "./judge.ts";
import { JUNK, optionPath, replaced } from "./junk.ts";
import type { OperationCase } from "./operation.ts";

/** The largest accepted error, relative to the largest value of the result or to 1 if that is larger, as in bench/operate.ts. */
const TOLERANCE: Readonly<Record<Dtype, number>> = { f32: 1e-4, f16: 1e-3 };

/** Operations whose reference takes no layout, since it does not matter to them. */
const WITHOUT_LAYOUT = [
  ...["activate", "activateBackward", "add", "addBackward", "sub", "subBackward", "clamp", "clampBackward"],
  ...["whereBackward", "linear", "linearBackward"],
];

/** Junk that can be valid and then needs more memory than the reference has. */
const ENORMOUS = ["2 ** 31 - 1", "[1, 1, 2 ** 30, 4]"];

type Reference = (...given: unknown[]) => unknown;

/** Returns eighths from -1 to 1, whose sums are exact; for variances and deviations from 1/2 to 3/2. */
function valuesOf(place: string, count: number, seed: number): Float32Array {
  const isPositive = place === "options.variance" || place === "options.inverseDeviation";
  return uniform(count, seed).map((value) => {
    const eighths = Math.round(8 * value) / 8;
    return isPositive ? 1 + eighths / 2 : eighths;
  });
}

/** Makes the arrays that stand for the tensors of a call. */
function arraysOf({ call, layout, seed }: OperationCase): Map<string, NdArray> {
  const places = placesOf(call).map(([place, given], at): [string, NdArray] => {
    const { shape } = describedBy(given, "f32");
    return [place, { shape, data: valuesOf(place, elementCount(shape), seed + at) }];
  });
  const arrays = new Map(places);
  const indices = call.operation === "maxPoolBackward" ? indicesOf(call, layout, seed) : undefined;
  if (indices && indices.shape.join() === arrays.get("1")!.shape.join()) arrays.set("1", indices);
  return arrays;
}

/** Returns the indices of the forward pooling, if it is valid. */
function indicesOf(call: OperationCall, layout: string, seed: number): NdArray | undefined {
  const { inputShape, ...options } = call.options as { inputShape: number[]; kernelSize: number };
  const x = { shape: inputShape, data: valuesOf("x", elementCount(inputShape), seed) };
  try {
    return reference.maxPoolWithIndices(x, { ...options, layout } as never).indices;
  } catch (error) {
    if (error instanceof ConvError) return undefined;
    throw error;
  }
}

/** Returns the arguments of a call, as tensors or arrays, with their junk. */
function listOf({ call, spoiled }: OperationCase, values: ReadonlyMap<string, unknown>, junk: unknown): unknown[] {
  const at = (place: string): unknown => (place === spoiled?.at ? junk : values.get(place));
  const path = spoiled && optionPath(spoiled);
  const options = optionsOf(call, at);
  // Junk in place of a tensor option is there already.
  return [...argumentsOf(call, at), path && !values.has(spoiled.at) ? replaced(options, path, junk) : options];
}

/** Adds the layout to the options, if the reference takes it and the options are an object. */
function forReference({ call, layout }: OperationCase, list: readonly unknown[]): unknown[] {
  const options = list.at(-1);
  const isObject = options === undefined || Object.prototype.toString.call(options) === "[object Object]";
  if (!isObject || WITHOUT_LAYOUT.includes(call.operation)) return [...list];
  return [...list.slice(0, -1), { ...(options as object | undefined), layout }];
}

/** Returns the results by name: tensors of the engine, or arrays of the reference. */
function named<T>(result: unknown, isOne: (value: object) => boolean): [string, T][] {
  if (isOne(result as object)) return [["y", result as T]];
  return Object.entries(result as Record<string, T>).filter(([, value]) => value !== undefined);
}

/** Describes the first value that differs from the reference by more than its bound. */
function differenceOf(values: Float32Array, wanted: ArrayLike<number>, dtype: Dtype): string | undefined {
  const expected = Float64Array.from(wanted);
  const largest = expected.reduce(
    (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
    1,
  );
  const bound = TOLERANCE[dtype] * largest;
  const isRight = (value: number, at: number): boolean =>
    Object.is(value, values[at]) || Math.abs(value - values[at]!) <= bound;
  const wrong = expected.findIndex((value, at) => !isRight(value, at));
  return wrong < 0 ? undefined : `[${wrong}] is ${values[wrong]}, not ${expected[wrong]} +- ${bound}`;
}

async function compare(result: unknown, expected: unknown): Promise<void> {
  const wanted = new Map(named<NdArray>(expected, (value) => "data" in value));
  for (const [name, tensor] of named<Tensor>(result, (value) => "read" in value)) {
    const one = wanted.get(name);
    if (!one) throw new Wrong(`made ${name}, which the reference does not`);
    if (tensor.shape.join() !== one.shape.join())
      throw new Wrong(`${name} has the shape [${tensor.shape.join(", ")}], not [${one.shape.join(", ")}]`);
    const difference = differenceOf(await tensor.read(), one.data, tensor.dtype);
    if (difference !== undefined) throw new Wrong(`${name}${difference}`);
  }
}

/** Returns the result of the reference, or its refusal. */
function expectedOf(one: OperationCase, arrays: Map<string, NdArray>, junk: unknown): { value: unknown } | Thrown {
  const method = (reference as unknown as Record<string, Reference>)[one.call.operation]!;
  try {
    return { value: method(...forReference(one, listOf(one, arrays, junk))) };
  } catch (error) {
    return { error };
  }
}

/** Whether only the form of the outcome can be checked: computed, or refused in the documented way. */
function isOpen({ call, spoiled }: OperationCase, arrays: ReadonlyMap<string, unknown>): boolean {
  if (!spoiled) return false;
  const isTensor = arrays.has(spoiled.at) || TENSOR_OPTIONS.some((name) => spoiled.at === `options.${name}`);
  return (
    isTensor ||
    ENORMOUS.includes(spoiled.by) ||
    (spoiled.at === "options" && Object.keys(call.tensors ?? {}).length > 0)
  );
}

const TENSOR_OPTIONS = ["output", "preActivation", "scale", "bias", "mean", "variance", "inverseDeviation"];

export async function performOperation(work: Work, one: OperationCase): Promise<Outcome> {
  const { engine, made } = work;
  const { call, layout, dtype, spoiled } = one;
  const junk = spoiled && JUNK[spoiled.by]!(makersOf(work));
  const arrays = arraysOf(one);
  const tensors = new Map<string, Tensor>();
  for (const [place, given] of placesOf(call)) {
    const { shape, data } = arrays.get(place)!;
    const tensor = engine.tensor(data, shape, { layout, dtype: describedBy(given, dtype).dtype });
    made.push(tensor);
    tensors.set(place, tensor);
  }
  let result: { value: unknown } | Thrown;
  try {
    result = { value: callOperation(call, listOf(one, tensors, junk)) };
  } catch (error) {
    result = { error };
  }
  if ("value" in result) made.push(...tensorsOf(result.value));
  if (isOpen(one, arrays)) {
    if ("error" in result) return { ended: "refused", code: refusalOf(result).code };
    await Promise.all(tensorsOf(result.value).map((tensor) => tensor.read()));
    return { ended: "computed", algorithm: call.operation };
  }
  const expected = expectedOf(one, arrays, junk);
  if ("error" in expected) {
    const { message } = refusalOf(expected);
    if ("value" in result) throw new Wrong(`accepted what the reference refuses (${message})`);
    return { ended: "refused", code: refusalOf(result).code };
  }
  if ("error" in result) throw new Wrong(`refused what it should compute: ${refusalOf(result).message}`);
  await compare(result.value, expected.value);
  return { ended: "computed", algorithm: call.operation };
}
