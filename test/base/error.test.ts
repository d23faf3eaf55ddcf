// How refused values are shown.
import { expect, test } from "vitest";
import { ConvError, describe as show, refuse } from "../../src/base/error.ts";

const holdsItself: unknown[] = [1];
holdsItself.push(holdsItself);

test.each<[unknown, string]>([
  [holdsItself, "[1, [1, [1, [...]]]]"],
  [3, "3"],
  [NaN, "NaN"],
  [undefined, "undefined"],
  [null, "null"],
  [10n, "10"],
  ["same", '"same"'],
  [[1, "a", [2]], '[1, "a", [2]]'],
  [Array.from({ length: 10 }, (_, i) => i), "[0, 1, 2, 3, 4, 5, 6, 7, ... 10 in all]"],
  [new Float32Array(5), "Float32Array of 5 elements"],
  [new DataView(new ArrayBuffer(6)), "DataView of 6 elements"],
  [{ a: 1, b: 2 }, "an object with keys [a, b]"],
  [Object.create(null), "an object with keys []"],
  [new Map(), "a Map"],
  [() => 1, "a function"],
])("%s is shown as %s", (value, text) => {
  expect(show(value)).toBe(text);
});

test("refuse throws a ConvError with its code", () => {
  const act = () => refuse("invalid-argument", "stride", 0, "an integer of at least 1");
  expect(act).toThrow(new ConvError("invalid-argument", "stride: got 0, expected an integer of at least 1"));
});
