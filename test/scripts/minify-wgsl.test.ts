// Minified shaders are the same shaders: token by token, but for names that a function declares and only it uses.
import { readFileSync, readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { minify, tokenise } from "../../scripts/minify-wgsl.mjs";
import { unroll } from "../../src/kernel/unroll.ts";

const files = readdirSync("shaders", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".wgsl"));
const words = (text: string): string[] => tokenise(text).filter((token) => token !== "");

test.each(files)("%s keeps its tokens, but for local names", (file) => {
  const text = readFileSync(`shaders/${file}`, "utf8");
  const before = words(text);
  const after = words(minify(text));
  expect(after.length).toBe(before.length);
  let renamed = new Map<string, string>();
  before.forEach((word, at) => {
    if (word === "fn") renamed = new Map();
    if (word === after[at]) return;
    expect(before[at - 1], `the field ${word}`).not.toBe(".");
    expect(renamed.get(word) ?? after[at], word).toBe(after[at]);
    renamed.set(word, after[at]!);
    expect(new Set(renamed.values()).size, `two names became ${after[at]}`).toBe(renamed.size);
  });
  expect(minify(minify(text))).toBe(minify(text));
});

test("a local name never hides what its function uses of the module", () => {
  const text = minify("var<private> a: u32;\nfn next(count: u32) -> u32 { let step = a; return count + step * b.c; }");
  expect(text).toBe("var<private>a:u32;fn next(d:u32)->u32{let e=a;return d+e*b.c;}\n");
});

test("white space stays where operators would run together", () => {
  expect(minify("fn f(x: i32) -> i32 { return x - -x; }")).toBe("fn f(a:i32)->i32{return a- -a;}\n");
  expect(minify("var<private> v: array<f32, 4> = array<f32, 4>();")).toBe(
    "var<private>v:array<f32,4> =array<f32,4>();\n",
  );
});

test("the marks of loops stay", () => {
  const text = minify("fn f() {\n  // @unroll unless compact\n  for (var i = 0u; i < 2u; i++) { g(i); }\n}\n");
  expect(minify("fn f() {\n  // @unroll unless brief\n  g();\n}\n")).toContain("\n// @unroll unless brief\n");
  expect(text).toBe("fn f(){\n// @unroll unless compact\nfor(var a=0u;a<2u;a++){g(a);}}\n");
  expect(unroll(text)).toContain("{g(0u);}\n{g(1u);}");
  expect(unroll(text, "compact")).toContain("for(var a=0u;a<2u;a++){g(a);}");
});

test("what the assembler reads by line starts a line", () => {
  const text = minify(
    "enable f16;\nconst TWO = 2u;\nfn f() {\n  // @unroll\n  for (var i = 0u; i < TWO; i++) { g(i); }\n}\n",
  );
  expect(text).toBe(`enable f16;\nconst TWO=2u;fn f(){\n// @unroll\nfor(var a=0u;a<TWO;a++){g(a);}}\n`);
  expect(unroll(text)).toContain("{g(0u);}\n{g(1u);}");
});
