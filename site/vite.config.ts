// Builds the site: pages that use the library only through its public API. `npm run dev` serves it, `npm run build:site` writes it to
// dist-site/, for any web server and any path.
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { type Plugin, defaultClientConditions, defineConfig } from "vite";
import { sourceAlias } from "../scripts/source-alias.mjs";
import { wgsl } from "../scripts/wgsl.mjs";
import { peerFiles } from "./peer-files.ts";

const site = import.meta.dirname;
const root = path.dirname(site);

/** Replaces `<!-- head -->`, `<!-- header -->`, `<!-- footer -->` and `<!-- photos -->` with the parts that pages share. */
function partials(): Plugin {
  return {
    name: "convoke:partials",
    transformIndexHtml: {
      order: "pre",
      handler(html, { filename }) {
        const page = path.relative(site, path.dirname(filename));
        const up = page === "" ? "./" : "../";
        return html.replace(/^[ \t]*<!-- (head|header|footer|photos) -->$/gm, (_, name: string) =>
          readFileSync(path.join(site, "common", `${name}.html`), "utf8")
            .replaceAll("%UP%", up)
            .replaceAll(`data-page="${page}"`, `data-page="${page}" aria-current="page"`),
        );
      },
    },
  };
}

/** The pages: each folder with an index.html. */
const pages = readdirSync(site, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(path.join(site, entry.name, "index.html")))
  .map(({ name }) => [name, path.join(site, name, "index.html")]);

export default defineConfig({
  root: site,
  base: "./",
  plugins: [partials(), peerFiles(), wgsl({ minified: true })],
  resolve: {
    alias: sourceAlias,
    // ONNX Runtime Web names its WebAssembly at run time (peer-files.ts), instead of having it bundled.
    conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions],
  },
  server: { fs: { allow: [root] } },
  worker: { format: "es", plugins: () => [wgsl({ minified: true })] },
  build: {
    target: "es2022",
    outDir: path.join(root, "dist-site"),
    emptyOutDir: true,
    rollupOptions: {
      input: { home: path.join(site, "index.html"), ...Object.fromEntries(pages) },
    },
  },
});
