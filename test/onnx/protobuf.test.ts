// The wire format: what it allows is read, what it does not is refused with its place.
import { describe, expect, test } from "vitest";
import { type Schema, readMessage } from "../../src/onnx/protobuf.ts";
import { message, varint } from "./encode.ts";
import { thrownBy } from "./thrown.ts";

const SCHEMA: Schema = {
  1: { name: "number", type: "integer" },
  2: { name: "numbers", type: "integer", list: true },
  3: { name: "text", type: "text" },
  4: { name: "bytes", type: "bytes" },
  5: { name: "floats", type: "float", list: true },
  6: { name: "inner", type: { 1: { name: "texts", type: "text", list: true } } },
  7: { name: "doubles", type: "double", list: true },
  8: { name: "float", type: "float" },
};

const read = (...bytes: readonly number[]): ReturnType<typeof readMessage> =>
  readMessage(Uint8Array.from(bytes), SCHEMA);

describe("reads", () => {
  test.each([0, 1, 127, 128, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -1, -(2 ** 53) + 1])("the integer %d", (value) => {
    expect(readMessage(message([1, BigInt(value)]), SCHEMA)["number"]).toBe(value);
  });

  test("integers that no number holds as infinities", () => {
    expect(readMessage(message([1, 2n ** 63n - 1n]), SCHEMA)["number"]).toBe(Infinity);
    expect(readMessage(message([1, -(2n ** 63n)]), SCHEMA)["number"]).toBe(-Infinity);
  });

  test("lists, packed, not packed and both", () => {
    const packed = Uint8Array.from([5, 300, 7].flatMap(varint));
    expect(readMessage(message([2, 1], [2, packed], [2, 2]), SCHEMA)["numbers"]).toEqual([1, 5, 300, 7, 2]);
    const run = new Uint8Array(Float32Array.of(1.5, -2).buffer);
    expect(Array.from(readMessage(message([5, run]), SCHEMA)["floats"] as number[])).toEqual([1.5, -2]);
    expect(readMessage(message([5, run], [5, run]), SCHEMA)["floats"]).toEqual([1.5, -2, 1.5, -2]);
    // A single float: the tag of field 5 with wire type 5.
    expect(read(45, 0, 0, 128, 63)["floats"]).toEqual([1]);
    const doubles = new Uint8Array(Float64Array.of(0.1).buffer);
    expect(Array.from(readMessage(message([7, doubles]), SCHEMA)["doubles"] as number[])).toEqual([0.1]);
  });

  test("bytes and aligned floats as views into the file", () => {
    const whole = message([4, Uint8Array.of(1, 2, 3)], [1, 300], [1, 3], [5, new Uint8Array(8)]);
    const { bytes, floats } = readMessage(whole, SCHEMA) as { bytes: Uint8Array; floats: Float32Array };
    expect([bytes.buffer, bytes.byteOffset, bytes.length]).toEqual([whole.buffer, 2, 3]);
    expect([floats.buffer === whole.buffer, floats.byteOffset]).toEqual([true, 12]);
  });

  test("messages, the last of a field that is no list, and skips what the schema does not name", () => {
    const whole = message([90, 5], [91, "unknown"], [6, message([1, "a"], [1, "b"])], [3, "x"], [3, "y"]);
    expect(readMessage(whole, SCHEMA)).toMatchObject({ inner: { texts: ["a", "b"] }, text: "y", numbers: [] });
    // Unknown fields of four and eight bytes.
    expect(read(101, 1, 2, 3, 4, 97, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9)["number"]).toBe(9);
  });
});

describe("refuses", () => {
  test.each<[string, number[], string]>([
    ["a varint that ends", [8, 128], "byte 2: got the end"],
    ["a varint of eleven bytes", [8, ...Array.from({ length: 10 }, () => 128), 1], "byte 1: got a longer integer"],
    ["a varint of more than 64 bits", [8, ...Array.from({ length: 9 }, () => 255), 2], "byte 1: got a longer integer"],
    ["a text beyond the end", [26, 5, 65], "byte 1: got a length of 5, expected at most the 1 bytes"],
    ["a negative length", [26, ...varint(-1)], "byte 1: got a length of -1"],
    ["a float beyond the end", [69, 0, 0], "byte 1: got the end, expected 4 more bytes"],
    ["a text as a number", [24, 1], "byte 0: got wire type 0 for text, expected 2"],
    ["a number as a text", [10, 1, 65], "byte 0: got wire type 2 for number, expected 0"],
    ["a group", [11], "byte 0: got wire type 3"],
    ["an unknown group", varint(99 * 8 + 3), "wire type 3"],
    ["wire type 7", [15], "byte 0: got wire type 7"],
    ["field 0", [0, 1], "byte 0: got the field number 0"],
    ["a text that is not UTF-8", [26, 1, 255], "byte 2: got a text that is not UTF-8"],
    ["packed floats of five bytes", [42, 5, 0, 0, 0, 0, 0], "byte 0: got 5 bytes of floats"],
    ["a packed integer beyond its run", [18, 1, 128, 1], "byte 3: got the end"],
    [
      "an inner message beyond its end",
      [50, 2, 10, 5, 65, 65, 65],
      "byte 3: got a length of 5, expected at most the 0",
    ],
  ])("%s", (_, bytes, expected) => {
    const error = thrownBy(() => read(...bytes));
    expect(error.code).toBe("invalid-model");
    expect(error.message).toContain(expected);
  });

  test("more messages and texts than any network has, before they take memory", () => {
    const texts = new Uint8Array(2 * (2 ** 20 + 1));
    for (let at = 0; at < texts.length; at += 2) texts[at] = 26;
    expect(thrownBy(() => readMessage(texts, SCHEMA)).code).toBe("unsupported-model");
  });
});
