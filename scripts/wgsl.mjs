// Loads WGSL files as modules whose default export is { name, text } (src/kernel/shader.ts): the plugin that every build and
// test of this project uses. A library build strips what only people read.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const SHADERS = fileURLToPath(new URL("../shaders/", import.meta.url));

/** WGSL without comments, indentation and empty lines. `// @unroll` stays: the assembler reads it. */
export function strip(text) {
  const lines = text.split("\n").map((line) => {
    const code = line.trim();
    return code === "// @unroll" ? code : code.replace(/\s*\/\/.*$/, "");
  });
  return `${lines.filter((line) => line !== "").join("\n")}\n`;
}

/** The name of a shader file: its path below shaders/, without the ending. */
function nameOf(file) {
  return path
    .relative(SHADERS, file)
    .replaceAll("\\", "/")
    .replace(/\.wgsl$/, "");
}

/** @returns {import("vite").Plugin} */
export function wgsl({ stripped = false } = {}) {
  return {
    name: "convoke:wgsl",
    enforce: "pre",
    load(id) {
      if (!id.endsWith(".wgsl")) return null;
      this.addWatchFile(id);
      const text = readFileSync(id, "utf8");
      const shader = { name: nameOf(id), text: stripped ? strip(text) : text };
      return { code: `export default ${JSON.stringify(shader)};`, map: null, moduleType: "js" };
    },
  };
}
