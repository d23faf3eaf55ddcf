// Builds the benchmark as a single file for Node (`npm run build:bench`), including the library and its shaders.
import path from "node:path";
import { defineConfig } from "vite";
import { wgsl } from "../scripts/wgsl.mjs";

export default defineConfig({
  root: path.dirname(import.meta.dirname),
  plugins: [wgsl({ minified: true })],
  build: {
    ssr: "bench/alone.ts",
    outDir: "out/bench",
    target: "node20",
    rollupOptions: { output: { codeSplitting: false } },
  },
});
