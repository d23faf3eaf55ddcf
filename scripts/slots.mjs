// The lines at the end of a shader's first comment that say what it takes from elsewhere:
//
//   // slots: is_padding, load        functions that other files of the kernel define
//   // constants: KERNEL_R, TILE_Q    constants that the host gives
//   // types: E                       aliases that the host gives, and structs of other files
//
// usage: node scripts/slots.mjs          lists the shaders whose lines are wrong (a test holds that there are none)
//        node scripts/slots.mjs --write  corrects them
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const SHADERS = fileURLToPath(new URL("../shaders/", import.meta.url));

/** Words that stand before a parenthesis without naming a function of a shader: WGSL's keywords and functions (specification, section 17). */
const BUILT_IN = new Set(
  `if for while switch return loop fn var array atomic ptr bool f16 f32 i32 u32
  abs acos acosh all any arrayLength asin asinh atan atan2 atanh bitcast ceil clamp cos cosh countLeadingZeros countOneBits
  countTrailingZeros cross degrees determinant distance dot exp exp2 extractBits faceForward firstLeadingBit firstTrailingBit floor fma
  fract frexp insertBits inverseSqrt ldexp length log log2 max min mix modf normalize outerProduct pow quantizeToF16 radians reflect
  refract reverseBits round saturate select sign sin sinh smoothstep sqrt step tan tanh transpose trunc
  atomicAdd atomicLoad atomicMax atomicMin atomicOr atomicStore storageBarrier workgroupBarrier workgroupUniformLoad textureLoad textureStore
  pack2x16float unpack2x16float unpack4x8snorm
  subgroupAdd subgroupBroadcast subgroupBroadcastFirst subgroupShuffle subgroupShuffleXor
  subgroupMatrixLoad subgroupMatrixMultiplyAccumulate subgroupMatrixStore
  quadBroadcast quadSwapX quadSwapY quadSwapDiagonal`.split(/\s+/),
);
const VECTOR_OR_MATRIX = /^(?:vec[234][fuih]?|mat[234]x[234][fh]?)$/;
const LINE = /^\/\/ (?:slots|constants|types): /;

/**
 * The names that a pattern's first group finds.
 * @returns {string[]}
 */
function names(code, pattern) {
  return [...code.matchAll(pattern)].map(([, name]) => name);
}

/**
 * What a shader uses and does not define.
 * @param {string} text
 * @returns {{ slots: string[], constants: string[], types: string[] }} sorted names
 */
export function needs(text) {
  const code = text
    .replace(/\/\/.*$/gm, "")
    .replace(/@\w+(\([^)]*\))?/g, " ")
    .replace(/^(?:enable|requires|diagnostic)[^;]*;/gm, "");
  const declared = new Set([
    ...names(code, /\b(?:fn|struct|alias|const|override)\s+(\w+)/g),
    ...names(code, /\b(?:var|let)(?:<[^>]*>)?\s+(\w+)/g),
  ]);
  /** @type {(pattern: RegExp) => Set<string>} */
  const used = (pattern) => new Set(names(code, pattern).filter((name) => !declared.has(name)));

  const called = used(/(?<![\w.])([a-z_]\w*)\s*\(/g);
  const slots = [...called].filter((name) => !BUILT_IN.has(name) && !VECTOR_OR_MATRIX.test(name));
  // Types are one or two capitals, perhaps with a digit, or CamelCase; constants are longer, all in capitals.
  const isType = (name) => /^[A-Z]{1,2}\d?$/.test(name) || /[a-z]/.test(name);
  const capitals = [...used(/(?<![\w.])([A-Z]\w*)/g)];
  return {
    slots: slots.toSorted(),
    constants: capitals.filter((name) => !isType(name)).toSorted(),
    types: capitals.filter(isType).toSorted(),
  };
}

/** The text of a shader with the right lines at the end of its first comment. */
export function withNeeds(text) {
  const lines = text.split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  const comment = lines.slice(0, end).filter((line) => !LINE.test(line));
  const added = Object.entries(needs(text))
    .filter(([, list]) => list.length > 0)
    .map(([kind, list]) => `// ${kind}: ${list.join(", ")}`);
  return [...comment, ...added, ...lines.slice(end)].join("\n");
}

/** Every file of shaders/: its path there, and its text. */
export function shaderFiles() {
  return readdirSync(SHADERS, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".wgsl"))
    .map((name) => ({ name, text: readFileSync(path.join(SHADERS, name), "utf8") }));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wrong = shaderFiles().filter(({ text }) => withNeeds(text) !== text);
  for (const { name, text } of wrong) {
    if (process.argv.includes("--write")) writeFileSync(path.join(SHADERS, name), withNeeds(text));
    console.log(name);
  }
}
