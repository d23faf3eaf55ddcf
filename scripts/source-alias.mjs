// Where `convoke` and its other entries lie in the sources, for pages, examples and tests that import them by name.
import path from "node:path";

const SRC = path.join(import.meta.dirname, "..", "src");

/** Aliases for Vite's `resolve.alias`. */
export const sourceAlias = [
  { find: /^convoke$/, replacement: path.join(SRC, "index.ts") },
  { find: /^convoke\/ops$/, replacement: path.join(SRC, "ops", "index.ts") },
  { find: /^convoke\/reference$/, replacement: path.join(SRC, "reference.ts") },
  { find: /^convoke\/image$/, replacement: path.join(SRC, "image", "index.ts") },
  { find: /^convoke\/layers$/, replacement: path.join(SRC, "layers", "index.ts") },
  { find: /^convoke\/onnx$/, replacement: path.join(SRC, "onnx", "index.ts") },
  { find: /^convoke\/tfjs$/, replacement: path.join(SRC, "tfjs", "index.ts") },
];
