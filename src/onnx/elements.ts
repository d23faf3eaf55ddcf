// The element types of ONNX, and tensors of a file as numbers on the CPU.
import { fromFloat16Bits } from "../base/dtype.ts";
import { describe, refuse, words } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import { MAX_ELEMENTS } from "../base/validate.ts";
import type { TensorMessage } from "./file.ts";
import { signed, viewOf } from "./protobuf.ts";

/** What numbers are: halves are floats, and doubles are floats on the GPU. */
export type Kind = "float" | "double" | "integer" | "boolean";

export type Numbers =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** A tensor whose elements are known before the network runs. Integers of 64 bits are numbers, infinite where no number is exact. */
export interface Constant {
  readonly kind: Kind;
  readonly shape: readonly number[];
  readonly data: Numbers;
}

interface ElementType {
  readonly name: string;
  readonly kind: Kind;
  readonly bytes: number;
  /** The field of a message that has the elements where `raw` has not. */
  readonly field: "floats" | "doubles" | "integers" | "longs" | "unsigned";
  /** Integers of up to 32 bits: the least and the most. */
  readonly range?: readonly [number, number];
  fromBytes(bytes: Bytes): Numbers;
  fromNumbers(numbers: ArrayLike<number>): Numbers;
}

type Bytes = Uint8Array<ArrayBuffer>;

interface ArrayType<Elements extends Numbers> {
  new (buffer: ArrayBuffer, byteOffset: number, length: number): Elements;
  readonly BYTES_PER_ELEMENT: number;
  from(numbers: ArrayLike<number>): Elements;
}

/** Elements that an array of JavaScript has, so that constants are views of the bytes. */
function viewed<Elements extends Numbers>(
  name: string,
  kind: Kind,
  type: ArrayType<Elements> & (new () => Elements),
  field: ElementType["field"] = "integers",
): ElementType {
  return {
    ...{ name, kind, bytes: type.BYTES_PER_ELEMENT, field },
    fromBytes: (bytes) => viewOf(type, bytes),
    fromNumbers: (numbers) => (numbers instanceof type ? numbers : type.from(numbers)),
  };
}

/** Integers of up to 32 bits. */
function integers<Elements extends Numbers>(
  name: string,
  type: ArrayType<Elements> & (new () => Elements),
  field?: "unsigned",
): ElementType {
  const values = 2 ** (8 * type.BYTES_PER_ELEMENT);
  const least = name.startsWith("u") ? 0 : -values / 2;
  return { ...viewed(name, "integer", type, field), range: [least, least + values - 1] };
}

/** Integers of 64 bits. */
function longs(name: string, field: "longs" | "unsigned"): ElementType {
  return {
    ...viewed(name, "integer", Float64Array, field),
    fromBytes: (bytes) => {
      const pairs = viewOf(Uint32Array, bytes);
      return Float64Array.from({ length: pairs.length / 2 }, (_, at) => signed(pairs[2 * at]!, pairs[2 * at + 1]!));
    },
  };
}

/** Floats of 16 bits. */
function halves(name: string, decoded: (bits: ArrayLike<number>) => Float32Array): ElementType {
  return {
    ...{ name, kind: "float", bytes: 2, field: "integers" },
    fromBytes: (bytes) => decoded(viewOf(Uint16Array, bytes)),
    fromNumbers: decoded,
  };
}

/** By their numbers in onnx.proto. */
export const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  1: viewed("float", "float", Float32Array, "floats"),
  2: integers("uint8", Uint8Array),
  3: integers("int8", Int8Array),
  4: integers("uint16", Uint16Array),
  5: integers("int16", Int16Array),
  6: integers("int32", Int32Array),
  7: longs("int64", "longs"),
  9: viewed("bool", "boolean", Uint8Array),
  10: halves("float16", (bits) => fromFloat16Bits(Uint16Array.from(bits))),
  11: viewed("double", "double", Float64Array, "doubles"),
  12: integers("uint32", Uint32Array, "unsigned"),
  13: longs("uint64", "unsigned"),
  16: halves("bfloat16", (bits) => new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer)),
};

/** @throws ConvError `unsupported-model` for types that no operator here has */
export function elementType(argument: string, type: number | undefined): ElementType {
  const found = ELEMENT_TYPES[type ?? 0];
  return (
    found ??
    refuse(
      "unsupported-model",
      argument,
      words(`element type ${type ?? 0}`),
      "floats, integers of 8 to 64 bits or booleans",
    )
  );
}

/** Returns the bytes of a tensor that another file has. */
export type ExternalBytes = (tensor: TensorMessage, argument: string) => Bytes;

/**
 * Returns the elements of a tensor, as a view into the file where it can be.
 * @throws ConvError `invalid-model` if it does not have as many as its shape says
 */
export function constantOf(argument: string, tensor: TensorMessage, externalBytes: ExternalBytes): Constant {
  const type = elementType(argument, tensor.type);
  const shape = tensor.dims;
  const count = elementCount(shape);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0))
    refuse("invalid-model", argument, shape, "a shape without negative sizes");
  if (shape.length > 8 || count > MAX_ELEMENTS)
    refuse("unsupported-model", argument, shape, `up to 8 axes and ${MAX_ELEMENTS} elements`);
  const raw = tensor.location === 1 ? externalBytes(tensor, argument) : tensor.raw;
  const listed = tensor[type.field];
  const isRaw = raw !== undefined && (raw.length > 0 || listed.length === 0);
  const [got, unit] = isRaw ? [raw.length, type.bytes] : [listed.length, 1];
  if (got !== count * unit)
    refuse(
      "invalid-model",
      argument,
      words(`${got} ${isRaw ? "bytes" : "elements"}`),
      `${count * unit} for ${describe(shape)}`,
    );
  return { kind: type.kind, shape, data: isRaw ? type.fromBytes(raw) : type.fromNumbers(listed) };
}
