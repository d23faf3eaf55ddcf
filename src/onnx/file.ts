// The messages of an ONNX file (onnx/onnx.proto) as plain objects: the fields that inference needs.
import { type Field, type Schema, readMessage } from "./protobuf.ts";

export interface ModelMessage {
  readonly graph?: GraphMessage;
  readonly operatorSets: readonly { readonly domain?: string; readonly version?: number }[];
}

export interface GraphMessage {
  readonly nodes: readonly NodeMessage[];
  readonly initializers: readonly TensorMessage[];
  readonly sparseInitializers: readonly object[];
  readonly inputs: readonly ValueMessage[];
  readonly outputs: readonly ValueMessage[];
}

export interface NodeMessage {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly operator?: string;
  readonly domain?: string;
  readonly attributes: readonly AttributeMessage[];
}

export interface AttributeMessage {
  readonly name?: string;
  /** The name of an attribute of the function that the node is in. */
  readonly reference?: string;
  readonly type?: number;
  readonly float?: number;
  readonly integer?: number;
  readonly text?: Uint8Array;
  readonly tensor?: TensorMessage;
  readonly floats: ArrayLike<number>;
  readonly integers: ArrayLike<number>;
}

export interface TensorMessage {
  readonly name?: string;
  readonly dims: readonly number[];
  readonly type?: number;
  readonly raw?: Uint8Array<ArrayBuffer>;
  readonly floats: ArrayLike<number>;
  readonly doubles: ArrayLike<number>;
  /** Of integers of up to 32 bits, booleans, and the bits of halves. */
  readonly integers: ArrayLike<number>;
  readonly longs: ArrayLike<number>;
  readonly unsigned: ArrayLike<number>;
  readonly external: readonly { readonly key?: string; readonly value?: string }[];
  /** 1 if the elements are in another file. */
  readonly location?: number;
}

export interface ValueMessage {
  readonly name?: string;
  readonly type?: {
    /** Undefined if it is a sequence or the like. */
    readonly tensor?: {
      readonly type?: number;
      readonly shape?: { readonly dims: readonly { readonly value?: number; readonly name?: string }[] };
    };
  };
}

const one = (name: string, type: Field["type"]): Field => ({ name, type });
const list = (name: string, type: Field["type"]): Field => ({ name, type, list: true });

const TENSOR: Schema = {
  1: list("dims", "integer"),
  2: one("type", "integer"),
  4: list("floats", "float"),
  5: list("integers", "integer"),
  7: list("longs", "integer"),
  8: one("name", "text"),
  9: one("raw", "bytes"),
  10: list("doubles", "double"),
  11: list("unsigned", "integer"),
  13: list("external", { 1: one("key", "text"), 2: one("value", "text") }),
  14: one("location", "integer"),
};

const ATTRIBUTE: Schema = {
  1: one("name", "text"),
  2: one("float", "float"),
  3: one("integer", "integer"),
  4: one("text", "bytes"),
  5: one("tensor", TENSOR),
  7: list("floats", "float"),
  8: list("integers", "integer"),
  20: one("type", "integer"),
  21: one("reference", "text"),
};

const NODE: Schema = {
  1: list("inputs", "text"),
  2: list("outputs", "text"),
  3: one("name", "text"),
  4: one("operator", "text"),
  5: list("attributes", ATTRIBUTE),
  7: one("domain", "text"),
};

const SHAPE: Schema = { 1: list("dims", { 1: one("value", "integer"), 2: one("name", "text") }) };

const VALUE: Schema = {
  1: one("name", "text"),
  2: one("type", { 1: one("tensor", { 1: one("type", "integer"), 2: one("shape", SHAPE) }) }),
};

const GRAPH: Schema = {
  1: list("nodes", NODE),
  5: list("initializers", TENSOR),
  11: list("inputs", VALUE),
  12: list("outputs", VALUE),
  15: list("sparseInitializers", {}),
};

const MODEL: Schema = {
  7: one("graph", GRAPH),
  8: list("operatorSets", { 1: one("domain", "text"), 2: one("version", "integer") }),
};

/** @throws ConvError `invalid-model` with the byte at which the file is broken */
export function readFile(bytes: Uint8Array<ArrayBuffer>): ModelMessage {
  return readMessage(bytes, MODEL) as unknown as ModelMessage;
}
