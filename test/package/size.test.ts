// What Convoke adds to a user's bundle: packages the library build, bundles programs that use it with Vite, and holds their sizes.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { type Rolldown, build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

const folder = mkdtempSync(path.join(tmpdir(), "convoke-size-"));
const installed = path.join(folder, "node_modules", "convoke");

beforeAll(async () => {
  mkdirSync(installed, { recursive: true });
  cpSync("package.json", path.join(installed, "package.json"));
  await build({ logLevel: "error", build: { outDir: path.join(installed, "dist"), sourcemap: false } });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The code that Vite makes of a program, all chunks of it. */
async function bundle(program: string): Promise<string> {
  writeFileSync(path.join(folder, "main.js"), program);
  const { output } = (await build({
    configFile: false,
    root: folder,
    logLevel: "error",
    build: {
      write: false,
      minify: true,
      modulePreload: false,
      rolldownOptions: { input: path.join(folder, "main.js") },
    },
  })) as Rolldown.RolldownOutput;
  return output.map((file) => (file.type === "chunk" ? file.code : "")).join("\n");
}

const PROGRAMS = [
  {
    name: "conv",
    limit: 50_000,
    program: `import { createEngine, conv } from "convoke"; globalThis.used = [createEngine, conv];`,
  },
  {
    name: "conv and maxPool",
    limit: 54_000,
    program: `import { createEngine, conv } from "convoke"; import { maxPool } from "convoke/ops"; globalThis.used = [createEngine, conv, maxPool];`,
  },
  {
    name: "everything",
    limit: 110_000,
    program: `import * as convoke from "convoke"; import * as ops from "convoke/ops"; globalThis.used = [convoke, ops];`,
  },
  {
    name: "the reference",
    limit: 27_000,
    program: `import * as reference from "convoke/reference"; globalThis.used = [reference];`,
  },
];

test.each(PROGRAMS)("$name takes at most $limit bytes, minified and gzipped", async ({ name, limit, program }) => {
  const code = await bundle(program);
  const bytes = gzipSync(code, { level: 9 }).length;
  console.log(`${name}: ${(bytes / 1000).toFixed(1)} kB gzipped, ${(code.length / 1000).toFixed(1)} kB minified`);
  expect(bytes).toBeLessThanOrEqual(limit);
});

test.each(["convoke", "convoke/ops", "convoke/reference"])("%s does nothing when it is loaded", async (entry) => {
  const manifest = path.join(installed, "package.json");
  const text = readFileSync(manifest, "utf8");
  // Without the promise of package.json a bundler keeps whatever might have an effect.
  writeFileSync(manifest, JSON.stringify({ ...(JSON.parse(text) as object), sideEffects: true }));
  try {
    expect((await bundle(`import "${entry}";`)).trim()).toBe("");
  } finally {
    writeFileSync(manifest, text);
  }
});
