// Makes a tensor: it must hold the given values, and be refused exactly if an argument is invalid.
import { DTYPES, type Dtype, bytesFor, fromFloat16Bits, toFloat16Bits } from "../../src/base/dtype.ts";
import { elementCount } from "../../src/base/shape.ts";
import { ConvError, Tensor } from "../../src/index.ts";
import { LAYOUTS } from "../../src/problem/problem.ts";
import type { Outcome } from "./call.ts";
import type { TensorCase } from "./case.ts";
import { type Work, Wrong, attempt, makersOf, refusalOf } from "./judge.ts";
import { JUNK, replaced } from "./junk.ts";
import { numbersOf } from "./numbers.ts";

const USAGES = { STORAGE: 0x80, COPY_SRC: 0x04, COPY_DST: 0x08 };

/** The most elements: indices have 32 bits. */
const MAX_ELEMENTS = 2 ** 31 - 1;

function isShape(value: unknown): value is number[] {
  if (!Array.isArray(value) || value.length > 8) return false;
  const sizes = Array.from(value as unknown[]);
  const whole = sizes.every((size) => typeof size === "number" && Number.isInteger(size) && size >= 0);
  return whole && elementCount(sizes as number[]) <= MAX_ELEMENTS;
}

/** Whether a value is valid as the options; undefined, whole or in a field, means the default. */
function areOptions(value: unknown, dtypes: readonly Dtype[]): boolean {
  if (value === undefined) return true;
  if (typeof value !== "object" || value === null) return false;
  // Lists, dates and other objects with a tag of their own are not options.
  if (Object.prototype.toString.call(value) !== "[object Object]") return false;
  if (Object.keys(value).some((key) => key !== "dtype" && key !== "layout")) return false;
  const { dtype = "f32", layout = "channels-first" } = value as Record<string, unknown>;
  return (dtypes as readonly unknown[]).includes(dtype) && (LAYOUTS as readonly unknown[]).includes(layout);
}

/** Whether a value is valid as the values of a tensor with this many elements. */
function areNumbers(value: unknown, count: number): boolean {
  if (Array.isArray(value))
    return value.length === count && Array.from(value as unknown[]).every((one) => typeof one === "number");
  const typed = ArrayBuffer.isView(value) && !(value instanceof DataView) && !(value instanceof BigInt64Array);
  return typed && (value as Float32Array).length === count;
}

/** Rounds values as a tensor of the type does. */
function kept(values: ArrayLike<number>, dtype: string): ArrayLike<number> {
  return dtype === "f16" ? fromFloat16Bits(toFloat16Bits(values)) : Float32Array.from(values);
}

function differs(values: ArrayLike<number>, wanted: ArrayLike<number>): number {
  return Array.from(wanted).findIndex((one, at) => !Object.is(one, values[at]));
}

/** Makes a buffer with the values. */
function bufferOf({ engine, made }: Work, { beyond, usage }: TensorCase, values: ArrayLike<number>, dtype: Dtype) {
  const buffer = engine.device.createBuffer({
    size: Math.max(0, bytesFor(values.length, dtype) + 4 * beyond),
    usage: usage.reduce((bits, name) => bits | USAGES[name], 0),
    mappedAtCreation: true,
  });
  const bytes = dtype === "f16" ? toFloat16Bits(values) : Float32Array.from(values);
  const source = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const range = new Uint8Array(buffer.getMappedRange());
  range.set(source.subarray(0, range.length));
  buffer.unmap();
  made.push(buffer);
  return buffer;
}

export async function performTensor(work: Work, one: TensorCase): Promise<Outcome> {
  const { engine, made } = work;
  const { operation, spoiled, options, beyond, usage } = one;
  const dtypes = DTYPES.filter((dtype) => dtype === "f32" || engine.device.features.has("shader-f16"));
  const dtype: Dtype = options.dtype === "f16" ? "f16" : "f32";
  const count = elementCount(one.shape);
  const numbers = numbersOf(one, operation === "tensor" ? Math.max(0, count + beyond) : count);
  const first: unknown = {
    tensor: () => numbers,
    empty: () => undefined,
    wrap: () => bufferOf(work, one, numbers, dtype),
  }[operation]();
  let given = { first, shape: one.shape as unknown, options: options as unknown };
  if (spoiled) {
    const [name, ...path] = spoiled.at.split(".");
    const junk = JUNK[spoiled.by]!(makersOf(work));
    given = { ...given, [name!]: replaced(given[name as keyof typeof given], path, junk) };
  }
  const { shape } = given;
  const elements = isShape(shape) ? elementCount(shape) : 0;
  const fits = {
    tensor: () => areNumbers(given.first, elements),
    empty: () => true,
    wrap: () =>
      given.first === first &&
      usage.includes("STORAGE") &&
      (first as GPUBuffer).size >=
        bytesFor(elements, (given.options as TensorCase["options"])?.dtype === "f16" ? "f16" : "f32"),
  }[operation];
  const most = engine.device.limits.maxStorageBufferBindingSize;
  const valid = isShape(shape) && areOptions(given.options, dtypes) && elements * 4 <= most && fits();
  const list = operation === "empty" ? [shape, given.options] : [given.first, shape, given.options];
  const result = await attempt(() => (engine[operation] as (...args: unknown[]) => Tensor).apply(engine, list));
  if ("error" in result) {
    const { code, message } = refusalOf(result);
    if (valid) throw new Wrong(`engine.${operation} refused what fits: ${message}`);
    return { ended: "refused", code };
  }
  const tensor = result.value;
  made.push(tensor);
  if (!valid) throw new Wrong(`engine.${operation} accepted what does not fit`);
  const is = { dtype: "f32", layout: "channels-first", ...(given.options as TensorCase["options"] | undefined) };
  if (tensor.shape.join() !== shape.join() || tensor.size !== elements)
    throw new Wrong(`engine.${operation} made a tensor of the shape [${tensor.shape.join(", ")}]`);
  if (tensor.dtype !== (is.dtype ?? "f32") || tensor.layout !== (is.layout ?? "channels-first"))
    throw new Wrong(`engine.${operation} made a tensor of ${tensor.dtype} in ${tensor.layout}`);
  const readable = operation !== "wrap" || usage.includes("COPY_SRC");
  const held = operation === "empty" ? new Float32Array(elements) : (given.first as ArrayLike<number>);
  const wanted = kept(operation === "wrap" ? numbers : held, tensor.dtype);
  // Junk may be valid as a smaller shape of the same buffer, with its first elements.
  const readAgain = async (what: string, expected: ArrayLike<number>): Promise<void> => {
    const values = await tensor.read();
    const at = differs(values, Array.from(expected).slice(0, elements));
    if (values.length !== elements || at >= 0)
      throw new Wrong(`${what}: element ${at} of ${elements} is ${values[at]}, not ${expected[at]}`);
  };
  if (readable && elements <= numbers.length && tensor.dtype === dtype) await readAgain(`engine.${operation}`, wanted);
  if (readable && (operation !== "wrap" || usage.includes("COPY_DST"))) {
    const others = Float32Array.from({ length: elements }, (_, at) => at % 7);
    const refused = await attempt(() => tensor.write([...others, 1]));
    if (!("error" in refused)) throw new Wrong("tensor.write accepted one element too many");
    if (!(refused.error instanceof ConvError) || refused.error.code !== "shape-mismatch") refusalOf(refused);
    tensor.write(others);
    await readAgain("tensor.write", others);
  }
  return { ended: "computed", algorithm: `engine.${operation}` };
}
