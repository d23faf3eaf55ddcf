import { expect, test } from "vitest";
import { markPure } from "../../scripts/pure.mjs";

test.each([
  ["const a = f(1);", "const a = /* @__PURE__ */ (() => (f(1)))();"],
  ["export const keys = [...A, 1], two = 2;", "export const keys = /* @__PURE__ */ (() => ([...A, 1]))(), two = 2;"],
  ["const t = { [B.first]: 1 };", "const t = /* @__PURE__ */ (() => ({ [B.first]: 1 }))();"],
  ["const n = A * 2;", "const n = /* @__PURE__ */ (() => (A * 2))();"],
])("%s is marked", (code, marked) => expect(markPure(code)).toBe(marked));

test.each([
  "const n = 4 * 1024;",
  "const t = { a: [1, 2], b: A };",
  "const f = (x) => g(x);",
  "export function f() { return g(); }",
  "f();",
])("%s stays", (code) => expect(markPure(code)).toBe(code));
