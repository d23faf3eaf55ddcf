// Kernel assembly: concatenates aliases, constants and the shader files of a kernel into one WGSL text (module scope is order-independent), with
// marked loops unrolled.
import type { Constant, Kernel } from "./step.ts";
import { type Unrolling, unroll } from "./unroll.ts";

const HALF_TYPES = new Set(["f16", "vec2h", "vec4h"]);

/** `enable`, `requires` and `diagnostic` directives (WGSL specification, section 4), each on a line of its own. */
const DIRECTIVES = /^(?:enable|requires|diagnostic)\b[^;\n]*;$/gm;

/**
 * Returns the complete WGSL source of a kernel.
 * @throws Error if a name, constant or alias could not be written safely
 */
export function assemble(kernel: Kernel): string {
  // f16 is an extension of the language: its directive must come first.
  const enables = Object.values(kernel.aliases ?? {}).some((type) => HALF_TYPES.has(type)) ? ["enable f16;"] : [];
  const aliases = Object.entries(kernel.aliases ?? {}).map(
    ([name, type]) => `alias ${identifier(name)} = ${identifier(type)};`,
  );
  const constants = Object.entries(kernel.constants).map(
    ([name, value]) => `const ${identifier(name)} = ${literal(value)};`,
  );
  let shaders = kernel.shaders.map(({ text }) => text).join("\n");
  for (const [name, target] of Object.entries(kernel.functions ?? {}))
    shaders = shaders.replace(new RegExp(`\\b${identifier(name)}\\b`, "g"), identifier(target));
  for (const binding of kernel.readWrite ?? [])
    shaders = shaders.replace(
      new RegExp(`@binding\\(${binding}\\)\\s*var<storage,\\s*read>`),
      `@binding(${binding}) var<storage, read_write>`,
    );
  if (kernel.subgroupSize !== undefined)
    shaders = `enable subgroups;\nenable subgroup_size_control;\n${shaders.replace("@compute", `@compute @subgroup_size(${kernel.subgroupSize})`)}`;
  // Directives of a file apply to the whole module and have to precede everything else.
  const directives = shaders.match(DIRECTIVES) ?? [];
  const code = shaders.replace(DIRECTIVES, "");
  return unroll([...enables, ...directives, ...aliases, ...constants, code].join("\n"), unrollingOf(kernel));
}

function unrollingOf({ brief, compact, unrolled }: Kernel): Unrolling {
  if (brief) return "brief";
  return compact && !unrolled ? "compact" : "all";
}

/** Returns the name if it is a WGSL identifier: nothing else may be written into a shader. */
function identifier(name: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) throw new Error(`${JSON.stringify(name)} is not a WGSL identifier`);
  return name;
}

function literal(value: Constant): string {
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return integer(value, 0, 2 ** 32 - 1, "u");
  if ("f32s" in value) return `array<f32, ${value.f32s.length}>(${value.f32s.map(float).join(", ")})`;
  return "i32" in value ? integer(value.i32, -(2 ** 31), 2 ** 31 - 1, "i") : float(value.f32);
}

function integer(value: number, least: number, most: number, suffix: string): string {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`${value} is not a constant of type ${suffix}32`);
  return `${value}${suffix}`;
}

/** Returns an f32 literal that parses back to the same number: the shortest decimal form of the rounded value does. */
function float(value: number): string {
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) throw new Error(`${value} is not a finite f32 constant`);
  return `${rounded}f`.replace(/^(-?\d+)f$/, "$1.0f");
}
