// The library build: one ES module an entry, three that they share, and those that are loaded on demand. scripts/types.mjs adds the types.
import { fileURLToPath } from "node:url";
import { type Rolldown, defineConfig } from "vite";
import { pure } from "./scripts/pure.mjs";
import { wgsl } from "./scripts/wgsl.mjs";

const reference = fileURLToPath(new URL("src/reference.ts", import.meta.url));

/** The gradients of convolution, and what only they need. */
const GRADIENTS =
  /\/conv\/transposed\.|\/(?:algorithms|conv|problem)\/gradients\.|\/fold-padding\.|\/inner-product\.|[/-]phases\.|\/copies[-.]/;

/**
 * What an engine on a GPU loads, what one loads where the GPU has a draft feature, what one on a software adapter loads, and what one on a software
 * adapter without a name loads instead.
 */
const [hardware, drafts, adapted, software, uniforms] = [
  "planner/hardware",
  "planner/subgroup-matrices",
  "tfjs/platform",
  "algorithms/software",
  "planner/uniforms",
].map((name) => fileURLToPath(new URL(`src/${name}.ts`, import.meta.url))) as [string, string, string, string, string];

/** What has the kernels that only GPUs have: what engines load, and the adapter of TensorFlow.js, which has them from the start. */
const gpus = [hardware, adapted];

/** Whether only one of some modules imports a module, directly or not. */
function isOnlyOf(roots: readonly string[], id: string, modules: Rolldown.ChunkingContext): boolean {
  if (roots.includes(id)) return true;
  const importers = modules.getModuleInfo(id)?.importers ?? [];
  return importers.length > 0 && importers.every((importer) => isOnlyOf(roots, importer, modules));
}

/** Whether a module belongs to what stands on the engine. */
const isAbove = (id: string): boolean => /\/src\/(?:ops|model|image|layers|onnx|tfjs)\//.test(id);

const isOfGradients = (id: string): boolean => GRADIENTS.test(id) && !isAbove(id);

/** The entries and the modules loaded on demand that import a module, directly or not. */
function rootsOf(id: string, modules: Rolldown.ChunkingContext, seen = new Set<string>()): string[] {
  if (seen.has(id)) return [];
  seen.add(id);
  const { isEntry = false, importers = [], dynamicImporters = [] } = modules.getModuleInfo(id) ?? {};
  const roots = importers.flatMap((importer) => rootsOf(importer, modules, seen));
  return isEntry || dynamicImporters.length > 0 ? [id, ...roots] : roots;
}

/**
 * Whether a chunk that is loaded on demand has a module. What such chunks share with others lies in the chunk of the engine, below all others: bundlers
 * join the chunks that a page starts with only if no other chunk imports from between them.
 */
const isLoadedLater = (id: string, modules: Rolldown.ChunkingContext): boolean =>
  rootsOf(id, modules).some((root) => modules.getModuleInfo(root)?.isEntry === false);

/** Whether a module loads others on demand. */
const loadsMore = (id: string, modules: Rolldown.ChunkingContext): boolean =>
  (modules.getModuleInfo(id)?.dynamicallyImportedIds.length ?? 0) > 0;

/** Whether the CPU reference and one chunk that is loaded on demand have a module, and nothing else. */
function isOfOneLater(id: string, modules: Rolldown.ChunkingContext): boolean {
  const [other, ...more] = rootsOf(id, modules).filter((root) => root !== reference);
  return more.length === 0 && other !== undefined && modules.getModuleInfo(other)?.isEntry === false;
}

export default defineConfig({
  plugins: [wgsl({ minified: true }), pure()],
  build: {
    target: "es2022",
    // A user's bundler minifies, and whoever debugs reads.
    minify: false,
    sourcemap: true,
    lib: {
      entry: {
        index: "src/index.ts",
        ops: "src/ops/index.ts",
        reference: "src/reference.ts",
        image: "src/image/index.ts",
        layers: "src/layers/index.ts",
        onnx: "src/onnx/index.ts",
        tfjs: "src/tfjs/index.ts",
      },
      formats: ["es"],
    },
    rolldownOptions: {
      external: /^@tensorflow\//,
      output: {
        chunkFileNames: "[name].js",
        // Bundlers keep the order of imports, and shaders between other code compress worse: by 1 % of a bundle.
        banner: ({ name }) =>
          ["index", "ops", "onnx", "layers"].includes(name)
            ? 'import "./shaders.js"; import "./gradient-shaders.js";'
            : "",
        codeSplitting: {
          groups: [
            // Side by side, shaders compress better: by 2 % of a bundle. That of calibration is loaded with it.
            {
              name: (id, modules) =>
                isOnlyOf([...gpus, drafts, software, uniforms], id, modules)
                  ? null
                  : isOfGradients(id)
                    ? "gradient-shaders"
                    : "shaders",
              debugName: "shaders",
              test: /(?<!\/calibrate)\.wgsl$/,
              priority: 7,
            },
            {
              // What the CPU reference shares with the engine, so that it comes without the engine.
              name: (id, modules) =>
                rootsOf(id, modules).includes(reference) && !isOfOneLater(id, modules) ? "geometry" : null,
              debugName: "geometry",
              minShareCount: 2,
              priority: 6,
            },
            {
              // What it shares with the passes over models, which compute constants.
              name: (id, modules) => (isOfOneLater(id, modules) ? "arithmetic" : null),
              debugName: "arithmetic",
              minShareCount: 2,
              priority: 5,
            },
            {
              name: (id, modules) =>
                !isOnlyOf(gpus, id, modules) && !loadsMore(id, modules) && (!isAbove(id) || isLoadedLater(id, modules))
                  ? "engine"
                  : null,
              debugName: "engine",
              test: (id) => !isOfGradients(id),
              minShareCount: 2,
              priority: 4,
            },
            // What loads the chunks on demand, on which those do not stand: else bundlers keep chunks that nothing loads.
            {
              name: (id, modules) =>
                loadsMore(id, modules) && !isAbove(id) && !isOnlyOf([hardware], id, modules) ? "start" : null,
              debugName: "start",
              minShareCount: 2,
              priority: 3,
            },
            // Apart from the engine, and with its shaders: a page that only convolves loads it with `engine.plan`, if ever.
            { name: "gradients", test: isOfGradients, priority: 3 },
            // What models share with the entry of the operations, which stand on the gradients, and what readers of models share.
            { name: "operations", test: /\/src\/ops\//, minShareCount: 2, priority: 2 },
            { name: "model", test: /\/src\/model\//, minShareCount: 2, priority: 1 },
            // Loaded with the chunk of an engine on a GPU.
            {
              name: (id, modules) => (!gpus.includes(id) && isOnlyOf(gpus, id, modules) ? "gpu" : null),
              debugName: "gpu",
              priority: 3,
            },
          ],
        },
      },
    },
  },
});
