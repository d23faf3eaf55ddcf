// The files that other engines load by themselves, under peer/files/: served in development, part of the built site. Nothing comes from elsewhere,
// since the site sends nothing anywhere.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";
import { packageFiles } from "../bench/peers/server.ts";

const PACKAGES = path.join(import.meta.dirname, "../bench/peers/node_modules");

/** What a page without cross-origin isolation may load. */
const FILES = [
  ...["compat_internal", "internal", "jspi_internal"].map((kind) => `@litertjs/core/wasm/litert_wasm_${kind}`),
  "onnxruntime-web/dist/ort-wasm-simd-threaded.asyncify",
];

export function peerFiles(): Plugin {
  return {
    ...packageFiles("/peer/files", PACKAGES),
    generateBundle() {
      for (const file of FILES) {
        const code = file.startsWith("onnxruntime") ? `${file}.mjs` : `${file}.js`;
        for (const fileName of [code, `${file}.wasm`])
          this.emitFile({
            type: "asset",
            fileName: `peer/files/${fileName}`,
            source: readFileSync(path.join(PACKAGES, fileName)),
          });
      }
    },
  };
}
