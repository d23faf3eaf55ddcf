// How named uniforms become bytes: order, alignment and types are those of the struct in the WGSL.
import { describe, expect, it } from "vitest";
import type { Shader } from "../../src/kernel/shader.ts";
import { type Uniforms, uniformBytes } from "../../src/kernel/uniforms.ts";

/** A kernel whose uniform struct has these fields, and the structs it uses. */
function kernel(fields: string, others = ""): Shader[] {
  const text = `${others}\nstruct G { ${fields} }\n@group(0) @binding(0) var<uniform> g: G;\nfn thread(index: u32) {}`;
  return [{ name: "test/kernel", text }];
}

/** The struct as 32-bit integers. */
function words(shaders: readonly Shader[], values: Uniforms, constants = {}): number[] {
  return [...new Int32Array(uniformBytes(shaders, constants, values))];
}

function floats(shaders: readonly Shader[], values: Uniforms, constants = {}): number[] {
  return [...new Float32Array(uniformBytes(shaders, constants, values))];
}

describe("uniforms", () => {
  it("lie in the order of the struct, whatever the order of the values", () => {
    const shaders = kernel("threads: u32, tiles_q: u32, stride_h: u32, k4: u32");
    expect(words(shaders, { k4: 4, strideH: 3, tilesQ: 2, threads: 1 })).toEqual([1, 2, 3, 4]);
  });

  it("have the types of their fields", () => {
    const shaders = kernel("scale: f32, pad: i32, count: u32");
    const bytes = uniformBytes(shaders, {}, { scale: -0.5, pad: -1, count: 2 ** 32 - 1 });
    const view = new DataView(bytes);
    expect([view.getFloat32(0, true), view.getInt32(4, true), view.getUint32(8, true)]).toEqual([
      -0.5,
      -1,
      2 ** 32 - 1,
    ]);
  });

  it("end at a multiple of 16 bytes", () => {
    expect(words(kernel("a: u32"), { a: 1 })).toEqual([1, 0, 0, 0]);
  });

  it("align vectors of two to 8 bytes, and of three and four to 16", () => {
    const shaders = kernel("a: u32, two: vec2u, b: u32, three: vec3u, c: u32, four: vec4u");
    const values = { a: 1, two: [2, 3], b: 4, three: [5, 6, 7], c: 8, four: [9, 10, 11, 12] };
    expect(words(shaders, values)).toEqual([1, 0, 2, 3, 4, 0, 0, 0, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it("take arrays as flat lists, as long as a constant expression says", () => {
    const shaders = kernel("a: u32, table: array<vec4f, ROWS * 2u>");
    const table = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(floats(shaders, { a: 0, table }, { ROWS: 1 })).toEqual([0, 0, 0, 0, ...table]);
  });

  it("take structs as objects, of other files too", () => {
    const snippet = { name: "test/snippet", text: "struct Map { width: u32, stride_w: u32 }" };
    const [main] = kernel("threads: u32, @align(16) x: Map, @align(16) y: Map");
    const values = { threads: 1, x: { width: 2, strideW: 3 }, y: { strideW: 5, width: 4 } };
    expect(words([snippet, main!], values)).toEqual([1, 0, 0, 0, 2, 3, 0, 0, 4, 5, 0, 0]);
  });

  it("lie where @align and @size say", () => {
    const shaders = kernel("a: u32, @align(16) b: u32, @size(16) c: u32, d: u32");
    expect(words(shaders, { a: 1, b: 2, c: 3, d: 4 })).toEqual([1, 0, 0, 0, 2, 3, 0, 0, 0, 4, 0, 0]);
  });

  it("are found in WGSL without comments and white space", () => {
    const text = "struct G{threads:u32,@align(16)at:vec2u}\n@group(0)@binding(0)var<uniform>g:G;";
    expect(words([{ name: "minified", text }], { threads: 1, at: [2, 3] })).toEqual([1, 0, 0, 0, 2, 3, 0, 0]);
  });

  it("need no value for the field of an empty struct", () => {
    expect(words(kernel("unused: u32"), {})).toEqual([0, 0, 0, 0]);
  });

  const map = "struct Map { width: u32 }";
  it.each<[string, string, Uniforms, RegExp]>([
    ["a missing value", "a: u32, stride_h: u32", { a: 1 }, /test\/kernel: the uniform strideH is missing/],
    ["an unknown name", "a: u32", { a: 1, b: 2 }, /no field for the uniform b/],
    ["the name as the WGSL has it", "stride_h: u32", { stride_h: 1 }, /strideH is missing/],
    ["a missing value of an inner struct", "x: Map", { x: {} }, /the uniform x\.width is missing/],
    [
      "an unknown name of an inner struct",
      "x: Map",
      { x: { width: 1, height: 2 } },
      /no field for the uniform x\.height/,
    ],
    ["too short a vector", "at: vec3u", { at: [1, 2] }, /at takes a list of 3 numbers, got 2/],
    [
      "too long an array",
      "table: array<vec4u, 1>",
      { table: [1, 2, 3, 4, 5] },
      /table takes a list of 4 numbers, got 5/,
    ],
    ["a number for a vector", "at: vec3u", { at: 1 }, /at takes a list of 3 numbers/],
    ["a list for a number", "a: u32", { a: [1] }, /a takes one number/],
    ["a number for a struct", "x: Map", { x: 1 }, /x takes the fields of Map/],
    ["a fraction for an integer", "a: u32", { a: 1.5 }, /a takes an integer, got 1\.5/],
    ["an array as long as no constant", "table: array<vec4u, ROWS>", { table: [] }, /ROWS is not a constant/],
    ["a type that is not known", "x: Other", { x: {} }, /type Other .* is not known/],
  ])("refuse %s", (_what, fields, values, message) => {
    expect(() => uniformBytes(kernel(fields, map), {}, values)).toThrow(message);
  });

  it("refuse a kernel without a uniform struct", () => {
    expect(() => uniformBytes([{ name: "test/none", text: "fn thread(index: u32) {}" }], {}, {})).toThrow(
      /test\/none: no uniform is declared/,
    );
  });
});
