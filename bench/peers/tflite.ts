// Writes a TensorFlow Lite model of one operator: the tables of schema.fbs that it needs, as FlatBuffers. Numbers are the indices of fields
// in their tables.
import type { Builder } from "flatbuffers";

export interface LiteTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** The values of a constant; integers are int32. */
  readonly values?: Float32Array | Int32Array;
}

/** A field of an operator's options: its index, value and default. */
export interface LiteOption {
  readonly field: number;
  readonly value: number;
  readonly usual: number;
  /** Whether it takes one byte, as an enumeration, instead of four. */
  readonly byte?: boolean;
}

export interface LiteModel {
  /** A BuiltinOperator, and the member of BuiltinOptions with its options. */
  readonly operator: number;
  readonly optionsType: number;
  readonly options: readonly LiteOption[];
  readonly tensors: readonly LiteTensor[];
  /** Indices of the operator's input tensors, and of the tensors that the caller provides. */
  readonly inputs: readonly number[];
  readonly fed: readonly number[];
  readonly output: number;
}

/** Version 3 of the schema, also stated by the file identifier. */
const SCHEMA_VERSION = 3;
const FILE_IDENTIFIER = "TFL3";

const FLOAT32 = 0; // TensorType
const INT32 = 2;

/** The largest number of options of an operator here. */
const OPTION_FIELDS = 7;

/** Constants are read in place, so they are aligned to sixteen bytes. */
const ALIGNMENT = 16;

function integers(builder: Builder, values: readonly number[]): number {
  builder.startVector(4, values.length, 4);
  for (const value of values.toReversed()) builder.addInt32(value);
  return builder.endVector();
}

function tables(builder: Builder, offsets: readonly number[]): number {
  builder.startVector(4, offsets.length, 4);
  for (const offset of offsets.toReversed()) builder.addOffset(offset);
  return builder.endVector();
}

/** A Buffer: a vector of bytes. */
function buffer(builder: Builder, values: Float32Array | Int32Array | undefined): number {
  let data = 0;
  if (values) {
    builder.startVector(1, values.byteLength, ALIGNMENT);
    const add = values instanceof Int32Array ? builder.addInt32.bind(builder) : builder.addFloat32.bind(builder);
    for (let at = values.length - 1; at >= 0; at--) add(values[at]!);
    data = builder.endVector();
  }
  builder.startObject(1);
  if (data !== 0) builder.addFieldOffset(0, data, 0);
  return builder.endObject();
}

function tensor(builder: Builder, { name, shape, values }: LiteTensor, bufferIndex: number): number {
  const [sizes, label] = [integers(builder, shape), builder.createString(name)];
  builder.startObject(4);
  builder.addFieldOffset(0, sizes, 0);
  builder.addFieldInt8(1, values instanceof Int32Array ? INT32 : FLOAT32, FLOAT32);
  builder.addFieldInt32(2, bufferIndex, 0);
  builder.addFieldOffset(3, label, 0);
  return builder.endObject();
}

function operatorTable(builder: Builder, { optionsType, options, inputs, output }: LiteModel): number {
  builder.startObject(OPTION_FIELDS);
  for (const { field, value, usual, byte } of options) {
    if (byte) builder.addFieldInt8(field, value, usual);
    else builder.addFieldInt32(field, value, usual);
  }
  const written = builder.endObject();
  const [reads, makes] = [integers(builder, inputs), integers(builder, [output])];
  builder.startObject(5);
  builder.addFieldOffset(1, reads, 0);
  builder.addFieldOffset(2, makes, 0);
  builder.addFieldInt8(3, optionsType, 0);
  builder.addFieldOffset(4, written, 0);
  return builder.endObject();
}

function subgraph(builder: Builder, model: LiteModel): number {
  // Buffer 0 is empty and belongs to all tensors that are not constants.
  let constants = 0;
  const tensors = model.tensors.map((one) => tensor(builder, one, one.values ? ++constants : 0));
  const parts = [
    tables(builder, tensors),
    integers(builder, model.fed),
    integers(builder, [model.output]),
    tables(builder, [operatorTable(builder, model)]),
    builder.createString("main"),
  ];
  builder.startObject(parts.length);
  for (const [field, offset] of parts.entries()) builder.addFieldOffset(field, offset, 0);
  return builder.endObject();
}

function operatorCode(builder: Builder, operator: number): number {
  builder.startObject(4);
  builder.addFieldInt8(0, operator, 0); // where older readers look
  builder.addFieldInt32(2, 1, 1);
  builder.addFieldInt32(3, operator, 0);
  return builder.endObject();
}

/** Returns the bytes of a model that computes an operator. */
export function liteModel(builder: Builder, model: LiteModel): Uint8Array {
  const constants = model.tensors.flatMap(({ values }) => (values ? [values] : []));
  const buffers = tables(
    builder,
    [undefined, ...constants].map((values) => buffer(builder, values)),
  );
  const graphs = tables(builder, [subgraph(builder, model)]);
  const codes = tables(builder, [operatorCode(builder, model.operator)]);
  const description = builder.createString("Convoke benchmark");
  builder.startObject(5);
  builder.addFieldInt32(0, SCHEMA_VERSION, 0);
  builder.addFieldOffset(1, codes, 0);
  builder.addFieldOffset(2, graphs, 0);
  builder.addFieldOffset(3, description, 0);
  builder.addFieldOffset(4, buffers, 0);
  builder.finish(builder.endObject(), FILE_IDENTIFIER);
  return builder.asUint8Array();
}
