// Structs in uniform buffers lie at multiples of 16 bytes, and so does what follows them (WGSL specification, section 14.4.3). Tint takes others
// where the browser has uniform_buffer_standard_layout; Firefox refuses them.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const files = readdirSync("shaders", { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".wgsl"));
const texts = files.map((file) => readFileSync(path.join("shaders", file), "utf8").replace(/\/\/.*$/gm, ""));
const structs = new Map(
  texts.flatMap((text) => [...text.matchAll(/struct\s+(\w+)\s*\{([^}]*)\}/g)].map(([, name, body]) => [name!, body!])),
);
const uniforms = new Set(
  texts.flatMap((text) => [...text.matchAll(/var<uniform>\s*\w+:\s*(\w+)/g)].map(([, name]) => name!)),
);

const FIELD = /((?:@\w+\(\w+\)\s*)*)(\w+):\s*(array<[^>]*>|\w+)/g;
const up = (offset: number, align: number): number => Math.ceil(offset / align) * align;

/** Alignment and size of a type; `misplaced` collects the members of its struct that are not where they may be. */
function extentOf(type: string, misplaced: string[] = []): { align: number; size: number } {
  const vector = /^vec([234])[uif]$/.exec(type);
  if (vector) return vector[1] === "2" ? { align: 8, size: 8 } : { align: 16, size: 4 * Number(vector[1]) };
  // The lengths of arrays, of elements of 16 bytes, do not matter.
  if (type.startsWith("array")) return { align: 16, size: 16 };
  const body = structs.get(type);
  if (body === undefined) return { align: 4, size: 4 };
  let [end, align, afterStruct] = [0, 4, false];
  for (const [, attributes, name, member] of body.matchAll(FIELD)) {
    const own = extentOf(member!, misplaced);
    const given = (attribute: string): number =>
      Number(new RegExp(`@${attribute}\\((\\d+)\\)`).exec(attributes!)?.[1] ?? 0);
    const offset = up(end, Math.max(own.align, given("align")));
    if (offset % 16 !== 0 && (structs.has(member!) || afterStruct)) misplaced.push(`${type}.${name} at ${offset}`);
    end = offset + Math.max(own.size, given("size"));
    align = Math.max(align, own.align, given("align"));
    afterStruct = structs.has(member!);
  }
  return { align, size: up(end, align) };
}

it("lie at multiples of 16 bytes", () => {
  const misplaced: string[] = [];
  for (const name of uniforms) extentOf(name, misplaced);
  expect(uniforms.size).toBeGreaterThan(30);
  expect(misplaced).toEqual([]);
});
