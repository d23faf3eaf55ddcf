// The element types of ONNX, and tensors of a file as numbers on the CPU.
import { fromFloat16Bits } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
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
  /** Integers: the least and the most. */
  readonly range?: readonly [number, number];
  fromBytes(bytes: Uint8Array<ArrayBuffer>): Numbers;
  fromNumbers(numbers: ArrayLike<number>): Numbers;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Integers that are views of the bytes. */
function integers(
  name: string,
  Elements: typeof Int32Array | typeof Uint8Array,
  field: "integers" | "unsigned" = "integers",
): ElementType {
  const bits = 8 * Elements.BYTES_PER_ELEMENT;
  const isSigned = name.startsWith("int");
  return {
    ...{ name, kind: "integer", bytes: Elements.BYTES_PER_ELEMENT, field },
    range: isSigned ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1],
    fromBytes: (bytes) => viewOf(Elements as typeof Int32Array, bytes),
    fromNumbers: (numbers) => (Elements as typeof Int32Array).from(numbers),
  };
}

/** Integers of 64 bits. */
function longs(name: string, field: "longs" | "unsigned"): ElementType {
  return {
    ...{ name, kind: "integer", bytes: 8, field },
    fromBytes: (bytes) => {
      const halves = viewOf(Uint32Array, bytes);
      return Float64Array.from({ length: halves.length / 2 }, (_, at) => signed(halves[2 * at]!, halves[2 * at + 1]!));
    },
    fromNumbers: (numbers) => Float64Array.from(numbers),
  };
}

const fromBfloat16 = (bits: ArrayLike<number>): Float32Array => {
  const words32 = Uint32Array.from(bits, (half) => half << 16);
  return new Float32Array(words32.buffer);
};

const ofBytes = (bytes: Bytes): Bytes => bytes;

/** By their numbers in onnx.proto. */
export const ELEMENT_TYPES: Readonly<Record<number, ElementType>> = {
  1: {
    ...{ name: "float", kind: "float", bytes: 4, field: "floats" },
    fromBytes: (bytes) => viewOf(Float32Array, bytes),
    fromNumbers: (numbers) => (numbers instanceof Float32Array ? numbers : Float32Array.from(numbers)),
  },
  2: integers("uint8", Uint8Array),
  3: integers("int8", Int8Array as never),
  4: integers("uint16", Uint16Array as never),
  5: integers("int16", Int16Array as never),
  6: integers("int32", Int32Array),
  7: longs("int64", "longs"),
  9: {
    ...{ name: "bool", kind: "boolean", bytes: 1, field: "integers" },
    fromBytes: ofBytes,
    fromNumbers: (numbers) => Uint8Array.from(numbers),
  },
  10: {
    ...{ name: "float16", kind: "float", bytes: 2, field: "integers" },
    fromBytes: (bytes) => fromFloat16Bits(viewOf(Uint16Array, bytes).slice()),
    fromNumbers: (numbers) => fromFloat16Bits(Uint16Array.from(numbers)),
  },
  11: {
    ...{ name: "double", kind: "double", bytes: 8, field: "doubles" },
    fromBytes: (bytes) => viewOf(Float64Array, bytes),
    fromNumbers: (numbers) => Float64Array.from(numbers),
  },
  12: integers("uint32", Uint32Array as never, "unsigned"),
  13: longs("uint64", "unsigned"),
  16: {
    ...{ name: "bfloat16", kind: "float", bytes: 2, field: "integers" },
    fromBytes: (bytes) => fromBfloat16(viewOf(Uint16Array, bytes)),
    fromNumbers: fromBfloat16,
  },
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
    refuse("invalid-model", argument, words(`the shape [${shape.join(", ")}]`), "sizes of at least 0");
  if (shape.length > 8 || count > MAX_ELEMENTS)
    refuse(
      "unsupported-model",
      argument,
      words(`the shape [${shape.join(", ")}]`),
      `up to 8 axes and ${MAX_ELEMENTS} elements`,
    );
  const raw = tensor.location === 1 ? externalBytes(tensor, argument) : tensor.raw;
  const listed = tensor[type.field];
  const isRaw = raw !== undefined && (raw.length > 0 || listed.length === 0);
  const [got, unit] = isRaw ? [raw.length, type.bytes] : [listed.length, 1];
  if (got !== count * unit)
    refuse(
      "invalid-model",
      argument,
      words(`${got} ${isRaw ? "bytes" : "elements"}`),
      `${count * unit} for [${shape.join(", ")}]`,
    );
  return { kind: type.kind, shape, data: isRaw ? type.fromBytes(raw) : type.fromNumbers(listed) };
}
