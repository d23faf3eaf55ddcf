// Writes an ONNX model of one node: the fields of onnx.proto3 that it needs, encoded as protocol buffers.

/** A value of the model; with numbers it is a constant. */
export interface ModelValue {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values?: Float32Array<ArrayBuffer>;
}

export interface ModelNode {
  readonly operation: string;
  readonly inputs: readonly ModelValue[];
  readonly output: ModelValue;
  /** Integers, or lists of them. */
  readonly attributes: Readonly<Record<string, number | readonly number[]>>;
}

/** The versions of the format and of the operators, which every recent runtime reads. */
const IR_VERSION = 8;
const OPERATOR_SET = 17;

const FLOAT = 1; // TensorProto.DataType
const INT = 2; // AttributeProto.AttributeType
const INTS = 7;

type Bytes = Uint8Array<ArrayBuffer>;

function join(...parts: readonly Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Encodes a varint: seven bits a byte, the lowest first. No number here is negative or beyond 2^31. */
function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function number(field: number, value: number): Bytes {
  return Uint8Array.from([...varint(field << 3), ...varint(value)]);
}

function bytes(field: number, content: Bytes): Bytes {
  return join(Uint8Array.from([...varint((field << 3) | 2), ...varint(content.length)]), content);
}

function text(field: number, content: string): Bytes {
  return bytes(field, new TextEncoder().encode(content));
}

function attribute(name: string, value: number | readonly number[]): Bytes {
  if (typeof value === "number") return join(text(1, name), number(3, value), number(20, INT));
  return join(text(1, name), ...value.map((one) => number(8, one)), number(20, INTS));
}

/** A ValueInfoProto: name and type. */
function valueInfo({ name, shape }: ModelValue): Bytes {
  const dimensions = join(...shape.map((size) => bytes(1, number(1, size))));
  return join(text(1, name), bytes(2, bytes(1, join(number(1, FLOAT), bytes(2, dimensions)))));
}

/** A TensorProto. */
function constant({ name, shape }: ModelValue, values: Float32Array<ArrayBuffer>): Bytes {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return join(...shape.map((size) => number(1, size)), number(2, FLOAT), text(8, name), bytes(9, raw));
}

/** Returns the bytes of a model that computes a node. */
export function onnxModel({ operation, inputs, output, attributes }: ModelNode): Bytes {
  const node = join(
    ...inputs.map(({ name }) => text(1, name)),
    text(2, output.name),
    text(4, operation),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
  );
  const graph = join(
    bytes(1, node),
    text(2, "graph"),
    ...inputs.map((input) => (input.values ? bytes(5, constant(input, input.values)) : bytes(11, valueInfo(input)))),
    bytes(12, valueInfo(output)),
  );
  const operators = join(text(1, ""), number(2, OPERATOR_SET));
  return join(number(1, IR_VERSION), bytes(7, graph), bytes(8, operators));
}
