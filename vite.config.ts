// The library build: two ES modules with the shaders inlined as text. Type declarations come from tsc (tsconfig.build.json).
import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    minify: false,
    sourcemap: true,
    lib: {
      entry: { index: "src/index.ts", reference: "src/reference/index.ts" },
      formats: ["es"],
    },
  },
});
