// How the text of a kernel is put together, and what is refused so that no caller can write into it.
import { describe, expect, it } from "vitest";
import loadShader from "../../shaders/lib/load.wgsl";
import mainShader from "../../shaders/lib/main.wgsl";
import quadsShader from "../../shaders/lib/quads.wgsl";
import { assemble } from "../../src/kernel/assemble.ts";
import type { Kernel } from "../../src/kernel/step.ts";

const kernel = (constants: Kernel["constants"], aliases?: Kernel["aliases"]): Kernel => ({
  shaders: [loadShader],
  constants,
  ...(aliases ? { aliases } : {}),
});

describe("assemble", () => {
  it("writes constants with their types before the files", () => {
    const source = assemble(kernel({ TILE: 4, FLIPPED: true, OFFSET: { i32: -3 }, SLOPE: { f32: 0.5 } }));
    expect(
      source.startsWith("const TILE = 4u;\nconst FLIPPED = true;\nconst OFFSET = -3i;\nconst SLOPE = 0.5f;\n"),
    ).toBe(true);
    expect(source).toContain("fn load(");
  });

  it.each([
    [1, "1.0f"],
    [-2, "-2.0f"],
    [0.1, "0.10000000149011612f"],
    [1e-30, "1.0000000031710769e-30f"],
    [3e38, "3.0000000054977558e+38f"],
  ])("writes the f32 %d so that it reads back as the same number", (value, literal) => {
    expect(assemble(kernel({ V: { f32: value } }))).toContain(`const V = ${literal};`);
    expect(Math.fround(Number.parseFloat(literal))).toBe(Math.fround(value));
  });

  it("writes compact code unless the kernel is always unrolled", () => {
    const text = "// @unroll unless compact\nfor (var i = 0u; i < 2u; i++) { f(i); }";
    const looped: Kernel = { shaders: [{ text }], constants: {} };
    const copies = "{ f(0u); }";
    expect(assemble(looped)).toContain(copies);
    expect(assemble({ ...looped, compact: true })).not.toContain(copies);
    expect(assemble({ ...looped, compact: true, unrolled: true })).toContain(copies);
  });

  it("writes an array of f32", () => {
    expect(assemble(kernel({ POWERS: { f32s: [1, -0.625] } }))).toContain(
      "const POWERS = array<f32, 2>(1.0f, -0.625f);",
    );
  });

  it("replaces the functions that stand for others, and nothing else", () => {
    const source = assemble({
      ...kernel({}),
      functions: { load: "load_other", operand: "x" },
    });
    expect(source).toContain("fn load_other(");
    expect(source).not.toContain("fn load(");
    expect(source).toContain("first_operand");
    expect(() => assemble({ ...kernel({}), functions: { load: "a() {} fn b" } })).toThrow(Error);
  });

  it("moves directives to the head of the module, where they have to stand", () => {
    const source = assemble({ shaders: [loadShader, quadsShader], constants: { V: 1 }, aliases: { E: "f16" } });
    expect(source.startsWith("enable f16;\nenable subgroups;\ndiagnostic(off, subgroup_uniformity);\nalias E")).toBe(
      true,
    );
    expect(source.match(/^(enable|diagnostic)/gm)).toHaveLength(3);
  });

  it("asks for a subgroup size, and for the extensions that this takes", () => {
    const shaders = [loadShader, mainShader];
    const source = assemble({ shaders, constants: { WORKGROUP_SIZE: 64 }, aliases: { E: "f16" }, subgroupSize: 8 });
    expect(source.startsWith("enable f16;\nenable subgroups;\nenable subgroup_size_control;\nalias E")).toBe(true);
    expect(source).toContain("@compute @subgroup_size(8) @workgroup_size(WORKGROUP_SIZE)");
    expect(assemble({ shaders, constants: {}, aliases: { E: "f32" } })).not.toContain("subgroup");
  });

  it("writes aliases", () => {
    expect(assemble(kernel({}, { V: "vec4f" }))).toContain("alias V = vec4f;");
  });

  it.each([
    ["a name that is no identifier", kernel({ "A = 1u; fn x() {} const B": 1 })],
    ["an alias that is no identifier", kernel({}, { V: "f32; fn evil() {}" })],
    ["a fraction for a u32", kernel({ N: 1.5 })],
    ["a negative u32", kernel({ N: -1 })],
    ["NaN", kernel({ N: Number.NaN })],
    ["an infinite f32", kernel({ N: { f32: Infinity } })],
    ["NaN in an array", kernel({ N: { f32s: [1, Number.NaN] } })],
    ["an i32 out of range", kernel({ N: { i32: 2 ** 31 } })],
  ])("refuses %s", (_what, bad) => {
    expect(() => assemble(bad)).toThrow(Error);
  });
});
