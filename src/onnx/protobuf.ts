// A reader of protocol buffers (protobuf.dev, "Encoding"), for the few messages of ONNX files. Strict: what the encoding
// does not allow is refused with its place in the file. Nothing is copied: bytes are views into the file. How deep messages nest is bounded by the
// schema, since fields that it does not name are skipped and not read.
import { refuse, words } from "../base/error.ts";

/** The fields of a message that are read, by their numbers. Of fields that are not lists the last one counts, as the encoding has it. */
export type Schema = Readonly<Record<number, Field>>;

export interface Field {
  readonly name: string;
  readonly type: "integer" | "float" | "double" | "text" | "bytes" | Schema;
  /** Whether it is repeated, packed or not. */
  readonly list?: boolean;
}

/** The fields of a message by their names; lists are always there. */
export type Message = Record<string, unknown>;

const VARINT = 0;
const EIGHT_BYTES = 1;
const LENGTH = 2;
const FOUR_BYTES = 5;
const WIRE_TYPES = { integer: VARINT, float: FOUR_BYTES, double: EIGHT_BYTES, text: LENGTH, bytes: LENGTH };

/** Most messages and texts of a file: networks have a few thousand nodes, and memory for many more would be taken by a file of a few bytes each. */
const MOST_PARTS = 2 ** 20;

/**
 * Reads a message.
 * @throws ConvError `invalid-model` with the byte at which the encoding is broken, or `unsupported-model` for a message of too many parts
 */
export function readMessage(bytes: Uint8Array<ArrayBuffer>, schema: Schema): Message {
  return new Reader(bytes).message(schema, bytes.length);
}

class Reader {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #utf8 = new TextDecoder("utf-8", { fatal: true });
  #at = 0;
  #parts = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  message(schema: Schema, end: number): Message {
    const message: Message = {};
    for (const { name, list } of Object.values(schema)) if (list) message[name] = [];
    while (this.#at < end) {
      const start = this.#at;
      const tag = this.#varint(end);
      const [number, wire] = [Math.floor(tag / 8), tag % 8];
      if (number < 1 || number >= 2 ** 29) this.#refuse(start, `the field number ${number}`, "one from 1 to 536870911");
      const field = schema[number];
      if (!field) this.#skip(wire, end, start);
      else if (field.list) this.#append(message, field, wire, end, start);
      else message[field.name] = this.#value(field, wire, end, start);
    }
    return message;
  }

  #value({ name, type }: Field, wire: number, end: number, start: number): unknown {
    const expected = typeof type === "object" ? LENGTH : WIRE_TYPES[type];
    if (wire !== expected) this.#refuse(start, `wire type ${wire} for ${name}`, `${expected}`);
    if (type === "integer") return this.#varint(end);
    if (type === "float") return this.#view.getFloat32(this.#take(4, end), true);
    if (type === "double") return this.#view.getFloat64(this.#take(8, end), true);
    const length = this.#length(end);
    if (type === "bytes") return this.#bytes.subarray(this.#take(length, end), this.#at);
    if (++this.#parts > MOST_PARTS)
      refuse("unsupported-model", "model", words("more"), `at most ${MOST_PARTS} messages and texts`);
    if (type !== "text") return this.message(type, this.#at + length);
    const from = this.#take(length, end);
    try {
      return this.#utf8.decode(this.#bytes.subarray(from, this.#at));
    } catch {
      return this.#refuse(from, `a ${name} that is not UTF-8`, "a text");
    }
  }

  /** Appends one item to a list, or a packed run of them. */
  #append(message: Message, field: Field, wire: number, end: number, start: number): void {
    const { name, type } = field;
    const isPacked = wire === LENGTH && typeof type === "string" && WIRE_TYPES[type] !== LENGTH;
    if (!isPacked) {
      this.#listOf(message, name).push(this.#value(field, wire, end, start));
      return;
    }
    const stop = this.#length(end) + this.#at;
    const before = message[name] as ArrayLike<number>;
    if (type !== "integer" && before.length === 0) {
      const size = type === "float" ? 4 : 8;
      const length = stop - this.#at;
      if (length % size !== 0) this.#refuse(start, `${length} bytes of ${name}`, `a multiple of ${size}`);
      const run = this.#bytes.subarray(this.#take(length, stop), this.#at);
      message[name] = type === "float" ? viewOf(Float32Array, run) : viewOf(Float64Array, run);
      return;
    }
    const list = this.#listOf(message, name);
    while (this.#at < stop) list.push(this.#value(field, WIRE_TYPES[type as "integer"], stop, start));
  }

  /** A list that can grow. */
  #listOf(message: Message, name: string): unknown[] {
    return (message[name] = Array.isArray(message[name])
      ? message[name]
      : Array.from(message[name] as ArrayLike<number>)) as unknown[];
  }

  #skip(wire: number, end: number, start: number): void {
    if (wire === VARINT) this.#varint(end);
    else if (wire === EIGHT_BYTES) this.#take(8, end);
    else if (wire === LENGTH) this.#take(this.#length(end), end);
    else if (wire === FOUR_BYTES) this.#take(4, end);
    else this.#refuse(start, `wire type ${wire}`, "0, 1, 2 or 5");
  }

  /** A length that lies before the end. */
  #length(end: number): number {
    const start = this.#at;
    const length = this.#varint(end);
    if (length < 0 || length > end - this.#at)
      this.#refuse(start, `a length of ${length}`, `at most the ${end - this.#at} bytes that follow`);
    return length;
  }

  /** A signed integer of 64 bits as a number; one that no number holds exactly is an infinity. */
  #varint(end: number): number {
    const start = this.#at;
    let [low, high] = [0, 0];
    for (let bits = 0; bits < 70; bits += 7) {
      const byte = this.#bytes[this.#take(1, end)]!;
      // Groups of seven bits: four and the first half of the fifth make the low word.
      const group = byte & 127;
      if (bits < 28) low += group * 2 ** bits;
      else high += group * 2 ** (bits - 28);
      if (byte < 128) {
        if (bits === 63 && byte > 1) break;
        return signed(low + (high % 16) * 2 ** 28, Math.floor(high / 16));
      }
    }
    return this.#refuse(start, "a longer integer", "a varint of at most 64 bits");
  }

  /** Returns where the next `length` bytes begin, and moves to their end. */
  #take(length: number, end: number): number {
    const from = this.#at;
    if (from + length > end) this.#refuse(from, "the end", `${length} more bytes`);
    this.#at = from + length;
    return from;
  }

  #refuse(at: number, got: string, expected: string): never {
    refuse("invalid-model", `byte ${at}`, words(got), expected);
  }
}

/** The number of two words of a signed integer, or an infinity. */
export function signed(low: number, high: number): number {
  const value = (high | 0) * 2 ** 32 + low;
  return Number.isSafeInteger(value) ? value : (high | 0) < 0 ? -Infinity : Infinity;
}

/** Bytes as elements of another type, little-endian as all platforms are that have WebGPU; copied if they do not lie at a multiple of its size. */
export function viewOf<Elements>(
  type: {
    new (buffer: ArrayBuffer, byteOffset: number, length: number): Elements;
    readonly BYTES_PER_ELEMENT: number;
  },
  bytes: Uint8Array<ArrayBuffer>,
): Elements {
  const size = type.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new type(aligned.buffer, aligned.byteOffset, Math.floor(bytes.length / size));
}
