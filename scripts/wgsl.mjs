// Loads WGSL files as modules whose default export is { name, text } (src/kernel/shader.ts): the plugin that every build and
// test of this project uses. What is published has them minified, without names.
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "./minify-wgsl.mjs";

const SHADERS = fileURLToPath(new URL("../shaders/", import.meta.url));

/** The name of a shader file: its path below shaders/, without the ending. */
function nameOf(file) {
  return path
    .relative(SHADERS, file)
    .replaceAll("\\", "/")
    .replace(/\.wgsl$/, "");
}

/** @param {{ minified?: boolean }} options @returns {import("vite").Plugin} */
export function wgsl({ minified = false } = {}) {
  return {
    name: "convoke:wgsl",
    enforce: "pre",
    load(id) {
      if (!id.endsWith(".wgsl")) return null;
      this.addWatchFile(id);
      const text = readFileSync(id, "utf8");
      const shader = minified ? { text: minify(text) } : { name: nameOf(id), text };
      return { code: `export default ${JSON.stringify(shader)};`, map: null, moduleType: "js" };
    },
  };
}
