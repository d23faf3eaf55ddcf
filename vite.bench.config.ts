// The benchmark as one file for Node (`npm run build:bench`), with the library and its shaders in it.
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    ssr: "bench/alone.ts",
    outDir: "out/bench",
    target: "node20",
    rollupOptions: { output: { codeSplitting: false } },
  },
});
