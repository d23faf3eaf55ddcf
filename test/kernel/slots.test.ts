// The first comment of a shader says what it needs from elsewhere: the functions, constants and types that others define.
import { expect, it } from "vitest";
import { needs, shaderFiles, withNeeds } from "../../scripts/slots.mjs";

it("finds functions, constants and types that a shader uses and does not define", () => {
  const text = `// Not in comments: hidden(), HIDDEN.
enable subgroups;
struct Own { size: u32 }
const TILE = 4u;
@group(0) @binding(1) var<storage, read> x: array<E>;
fn thread(index: u32) {
  var line: Line;
  let map = Own(KERNEL_R);
  if (C_TAIL && TILE > 1u) { store(V(load(index)), map.size, max(vec2u(own(index)))); }
}
fn own(at: u32) -> vec2u { return vec2u(at, W); }
`;
  expect(needs(text)).toEqual({
    slots: ["load", "store"],
    constants: ["C_TAIL", "KERNEL_R"],
    types: ["E", "Line", "V", "W"],
  });
});

it("writes the lines at the end of the first comment, in the place of others", () => {
  const text = "// Sums.\n// slots: old\nfn total(at: u32) -> f32 {\n  return load(at) * SCALE;\n}\n";
  expect(withNeeds(text)).toBe(
    "// Sums.\n// slots: load\n// constants: SCALE\nfn total(at: u32) -> f32 {\n  return load(at) * SCALE;\n}\n",
  );
});

it("holds for every shader: `node scripts/slots.mjs --write` corrects them", () => {
  const files = shaderFiles();
  expect(files.length).toBeGreaterThan(200);
  for (const { name, text } of files)
    expect(text.split("\n").slice(0, 16), name).toEqual(withNeeds(text).split("\n").slice(0, 16));
});
