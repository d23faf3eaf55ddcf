// Writes an ONNX model: the fields of onnx.proto3 that the peers' operators need, encoded as protocol buffers.

/** A value of the model; with numbers it is a constant. */
export interface ModelValue {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values?: Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;
  /** Whether it is of int64, if it is no constant; float32 otherwise. */
  readonly integers?: boolean;
}

/** An integer or integers, a float32, or a text. */
export type ModelAttribute = number | readonly number[] | { readonly float: number } | string;

export interface ModelNode {
  readonly operation: string;
  /** Inputs of the model, constants and outputs of earlier nodes. */
  readonly inputs: readonly ModelValue[];
  readonly outputs: readonly ModelValue[];
  readonly attributes: Readonly<Record<string, ModelAttribute>>;
}

/** The nodes in an order in which they can be computed. */
export interface Model {
  readonly nodes: readonly ModelNode[];
  readonly outputs: readonly ModelValue[];
}

/** The versions of the format and of the operators, which every recent runtime reads. */
const IR_VERSION = 9;
const OPERATOR_SET = 20;

const FLOAT = 1; // TensorProto.DataType
const INT64 = 7;
const ATTRIBUTE = { float: 1, integer: 2, text: 3, integers: 7 }; // AttributeProto.AttributeType

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

/** A field of a float32. */
function float(field: number, value: number): Bytes {
  return join(Uint8Array.from(varint((field << 3) | 5)), new Uint8Array(Float32Array.of(value).buffer));
}

function attribute(name: string, value: ModelAttribute): Bytes {
  const typed = (type: number, ...content: Bytes[]): Bytes => join(text(1, name), ...content, number(20, type));
  if (typeof value === "number") return typed(ATTRIBUTE.integer, number(3, value));
  if (typeof value === "string") return typed(ATTRIBUTE.text, text(4, value));
  if ("float" in value) return typed(ATTRIBUTE.float, float(2, value.float));
  return typed(ATTRIBUTE.integers, ...value.map((one) => number(8, one)));
}

/** A ValueInfoProto: name and type. */
function valueInfo({ name, shape, integers = false }: ModelValue): Bytes {
  const dimensions = join(...shape.map((size) => bytes(1, number(1, size))));
  return join(text(1, name), bytes(2, bytes(1, join(number(1, integers ? INT64 : FLOAT), bytes(2, dimensions)))));
}

/** A TensorProto. */
function constant({ name, shape }: ModelValue, values: NonNullable<ModelValue["values"]>): Bytes {
  const raw = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const type = values instanceof BigInt64Array ? INT64 : FLOAT;
  return join(...shape.map((size) => number(1, size)), number(2, type), text(8, name), bytes(9, raw));
}

function nodeBytes({ operation, inputs, outputs, attributes }: ModelNode): Bytes {
  return join(
    ...inputs.map(({ name }) => text(1, name)),
    ...outputs.map(({ name }) => text(2, name)),
    text(4, operation),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, attribute(name, value))),
  );
}

/** Returns the bytes of a model. */
export function onnxModel({ nodes, outputs }: Model): Bytes {
  const made = new Set(nodes.flatMap((node) => node.outputs.map(({ name }) => name)));
  const given = new Map(
    nodes.flatMap(({ inputs }) =>
      inputs.filter(({ name }) => name !== "" && !made.has(name)).map((one) => [one.name, one]),
    ),
  );
  const graph = join(
    ...nodes.map((node) => bytes(1, nodeBytes(node))),
    text(2, "graph"),
    ...[...given.values()].map((input) =>
      input.values ? bytes(5, constant(input, input.values)) : bytes(11, valueInfo(input)),
    ),
    ...outputs.map((output) => bytes(12, valueInfo(output))),
  );
  const operators = join(text(1, ""), number(2, OPERATOR_SET));
  return join(number(1, IR_VERSION), bytes(7, graph), bytes(8, operators));
}
