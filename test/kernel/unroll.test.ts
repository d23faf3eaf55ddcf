// Unrolling of marked loops.
import { describe, expect, it } from "vitest";
import { unroll } from "../../src/kernel/unroll.ts";

/** Without white space, so that a test compares code. */
const dense = (text: string): string => text.replaceAll(/\s+/g, "");

describe("unroll", () => {
  it("replaces a marked loop by copies of its body with its variable replaced by each value", () => {
    const source = "const N = 3u;\n// @unroll\nfor (var i = 0u; i < N; i++) { a[i] = f(i, index); }\nend();";
    expect(dense(unroll(source))).toBe(
      dense("const N = 3u; {a[0u] = f(0u, index);} {a[1u] = f(1u, index);} {a[2u] = f(2u, index);} end();"),
    );
  });

  it("leaves unmarked loops alone", () => {
    const source = "for (var i = 0u; i < 3u; i++) { a[i] = 0; }";
    expect(unroll(source)).toBe(source);
  });

  it("unrolls nested loops, whose bounds may depend on outer variables", () => {
    const source =
      "// @unroll\nfor (var i = 0u; i < 2u; i++) {\n // @unroll\n for (var j = 0u; j < i + 1u; j++) { a[i + j]; } }";
    expect(dense(unroll(source))).toBe("{{a[0u+0u];}}{{a[1u+0u];}{a[1u+1u];}}");
  });

  it("steps by what the loop steps by", () => {
    const source = "const STEP = 2u;\n// @unroll\nfor (var k = 0u; k < 5u; k += STEP) { f(k); }";
    expect(dense(unroll(source))).toBe(dense("const STEP = 2u; {f(0u);}{f(2u);}{f(4u);}"));
  });

  it("evaluates constants that are computed from constants", () => {
    const source = "const A = 2u;\nconst B = A * 2u - 1u;\n// @unroll\nfor (var i = 0u; i < B; i++) { f(i); }";
    expect(dense(unroll(source))).toContain("{f(2u);}");
    expect(dense(unroll(source))).not.toContain("{f(3u);}");
  });

  it("leaves members of structs alone that have the name of the variable", () => {
    const source = "// @unroll\nfor (var point = 0u; point < 2u; point++) { a[point * g.matrix.point]; }";
    expect(dense(unroll(source))).toBe("{a[0u*g.matrix.point];}{a[1u*g.matrix.point];}");
  });

  it("leaves loops alone in compact code that need not be unrolled", () => {
    const loop = "for (var i = 0u; i < 2u; i++) {\n // @unroll\n for (var j = 0u; j < 2u; j++) { a[i][j]; } }";
    const source = `// @unroll unless compact\n${loop}`;
    expect(dense(unroll(source))).toBe("{{a[0u][0u];}{a[0u][1u];}}{{a[1u][0u];}{a[1u][1u];}}");
    expect(dense(unroll(source, "compact"))).toBe("for(vari=0u;i<2u;i++){{a[i][0u];}{a[i][1u];}}");
  });

  it("leaves more loops alone in brief code, where their constants depend on the variable", () => {
    const source = `// @unroll unless brief
for (var i = 0u; i < 2u; i++) {
  const at = 2u * i;
  // @unroll
  for (var j = 0u; j < 2u; j++) { const own = j; a[at + own]; }
}`;
    const unrolled = [0, 1].map((i) => `{constat=2u*${i}u;{constown=0u;a[at+own];}{constown=1u;a[at+own];}}`).join("");
    for (const unrolling of ["all", "compact"] as const) expect(dense(unroll(source, unrolling))).toBe(unrolled);
    expect(dense(unroll(source, "brief"))).toBe(
      "for(vari=0u;i<2u;i++){letat=2u*i;{constown=0u;a[at+own];}{constown=1u;a[at+own];}}",
    );
  });

  it("reads loops without white space", () => {
    const source = "const N=2u;\n// @unroll\nfor(var i=0u;i<N;i+=1u){a[i];}";
    expect(dense(unroll(source))).toBe("constN=2u;{a[0u];}{a[1u];}");
  });

  it.each([
    ["a bound that is not a constant", "// @unroll\nfor (var i = 0u; i < g.size; i++) { f(i); }"],
    ["no loop", "// @unroll\nlet a = 1;"],
    ["far too many copies", "// @unroll\nfor (var i = 0u; i < 5000u; i++) { f(i); }"],
    ["no end", "// @unroll\nfor (var i = 0u; i < 2u; i++) { f(i);"],
  ])("refuses %s", (_what, source) => {
    expect(() => unroll(source)).toThrow(Error);
  });
});
