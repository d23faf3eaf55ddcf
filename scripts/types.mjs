// Writes the type declarations of the package, the second half of `npm run build`: tsc emits one file a module, which are bundled into
// one file an entry and a shared one. Declarations marked @internal are left out.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { ROOT } from "./setup.mjs";
import { runTool } from "./steps.mjs";

/** Where tsc writes a file for each module. */
const MODULES = path.join(ROOT, "out", "types");

async function declareModules() {
  rmSync(MODULES, { recursive: true, force: true });
  mkdirSync(MODULES, { recursive: true });
  const config = path.join(MODULES, "tsconfig.json");
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    stripInternal: true,
    rootDir: "../../src",
    outDir: ".",
  };
  writeFileSync(config, JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include: ["../../src"] }));
  const { ok, output } = await runTool("tsc", ["-p", config]);
  if (!ok) throw new Error(output);
}

async function bundle() {
  const entry = (file) => path.join(MODULES, file);
  const declarations = await rolldown({
    input: {
      index: entry("index.d.ts"),
      ops: entry("ops/index.d.ts"),
      reference: entry("reference.d.ts"),
      image: entry("image/index.d.ts"),
      layers: entry("layers/index.d.ts"),
      onnx: entry("onnx/index.d.ts"),
      tfjs: entry("tfjs/index.d.ts"),
    },
    plugins: dts({ dtsInput: true, tsconfig: false }),
  });
  await declarations.write({
    dir: path.join(ROOT, "dist"),
    format: "es",
    entryFileNames: "[name].d.ts",
    chunkFileNames: "[name].d.ts",
    codeSplitting: { groups: [{ name: "types", minShareCount: 2 }] },
  });
  await declarations.close();
}

try {
  await declareModules();
  await bundle();
} catch (error) {
  console.error(`the type declarations: ${error.message}`);
  process.exitCode = 1;
}
