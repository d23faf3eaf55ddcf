// The library build: two ES modules with the shaders inlined as text. Type declarations come from tsc (tsconfig.build.json).
import { defineConfig } from "vite";
import { wgsl } from "./scripts/wgsl.mjs";

export default defineConfig({
  plugins: [wgsl({ minified: true })],
  build: {
    target: "es2022",
    minify: false,
    sourcemap: true,
    lib: {
      entry: { index: "src/index.ts", ops: "src/ops/index.ts", reference: "src/reference.ts" },
      formats: ["es"],
    },
  },
});
