// What Convoke adds to a user's bundle: packages the library build, bundles programs that use it, and holds their sizes.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build as rolldown } from "rolldown";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { operators } from "../../src/model/operators.ts";

const folder = mkdtempSync(path.join(tmpdir(), "convoke-size-"));
const installed = path.join(folder, "node_modules", "convoke");

beforeAll(async () => {
  mkdirSync(installed, { recursive: true });
  cpSync("package.json", path.join(installed, "package.json"));
  await build({ logLevel: "error", build: { outDir: path.join(installed, "dist"), sourcemap: false } });
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Part = "start" | "gpu" | "cpu" | "drafts" | "uniforms" | "later";

/**
 * What a page with a program loads: at its start, with an engine on a GPU or a software adapter, on a GPU with a draft feature, on an unnamed software
 * adapter, and on demand.
 */
interface Bundle {
  readonly start: string;
  readonly gpu: string;
  readonly cpu: string;
  readonly drafts: string;
  readonly uniforms: string;
  readonly later: string;
  /** The code of each chunk that is loaded on demand. */
  readonly chunks: ReadonlyMap<string, string>;
}

/**
 * Bundles a program as a user's bundler does. By Rolldown alone: Vite wraps every `import()` in its preload helper, which is 0.7 kB of a page that
 * has any.
 */
async function bundle(program: string): Promise<Bundle> {
  const input = path.join(folder, "main.js");
  writeFileSync(input, program);
  const { output } = await rolldown({
    input,
    cwd: folder,
    platform: "browser",
    external: /^@tensorflow\//,
    logLevel: "silent",
    write: false,
    output: { minify: true },
  });
  const chunks = output.filter((file) => file.type === "chunk");
  const entry = chunks.find((chunk) => chunk.isEntry)!;
  const partOf = ({ fileName, name }: (typeof chunks)[number]): Part => {
    if (fileName === entry.fileName || entry.imports.includes(fileName)) return "start";
    if (name === "hardware") return "gpu";
    if (name === "software") return "cpu";
    if (name === "uniforms") return "uniforms";
    return name === "subgroup-matrices" ? "drafts" : "later";
  };
  const codeOf = (part: Part): string =>
    chunks
      .filter((chunk) => partOf(chunk) === part)
      .map(({ code }) => code)
      .join("\n");
  const later = chunks.filter((chunk) => partOf(chunk) !== "start").map(({ name, code }) => [name, code] as const);
  return {
    ...{
      start: codeOf("start"),
      gpu: codeOf("gpu"),
      cpu: codeOf("cpu"),
      drafts: codeOf("drafts"),
      uniforms: codeOf("uniforms"),
      later: codeOf("later"),
    },
    chunks: new Map(later),
  };
}

const gzipped = (code: string): number => (code === "" ? 0 : gzipSync(code, { level: 9 }).length);
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

const PROGRAMS = [
  {
    name: "conv",
    limit: 58_300,
    program: `import { createEngine, conv } from "convoke"; globalThis.used = [createEngine, conv];`,
  },
  {
    name: "conv and maxPool",
    limit: 65_700,
    program: `import { createEngine, conv } from "convoke"; import { maxPool } from "convoke/ops"; globalThis.used = [createEngine, conv, maxPool];`,
  },
  {
    name: "conv and images",
    limit: 67_900,
    program: `import { createEngine, conv } from "convoke"; import { fromImage, toCanvas } from "convoke/image"; globalThis.used = [createEngine, conv, fromImage, toCanvas];`,
  },
  {
    name: "everything",
    limit: 148_200,
    program: `import * as convoke from "convoke"; import * as ops from "convoke/ops"; globalThis.used = [convoke, ops];`,
  },
  {
    name: "the reference",
    limit: 36_000,
    program: `import * as reference from "convoke/reference"; globalThis.used = [reference];`,
  },
];

test.each(PROGRAMS)("$name takes at most $limit bytes, minified and gzipped", async ({ name, limit, program }) => {
  const { start, gpu, cpu, drafts, uniforms, later } = await bundle(program);
  const bytes = gzipped(start);
  console.log(
    `${name}: ${kB(bytes)} gzipped (${kB(start.length)} minified), ${kB(gzipped(gpu))} on a GPU (${kB(gzipped(drafts))} more with draft features), ${kB(gzipped(cpu))} on a software adapter, and ${kB(gzipped(later))} on demand`,
  );
  // The kernels that only GPUs have, and what planning assumes of them.
  expect(gzipped(gpu)).toBeLessThanOrEqual(14_600);
  expect(gzipped(cpu)).toBeLessThanOrEqual(2500);
  expect(gzipped(drafts)).toBeLessThanOrEqual(2000);
  expect(gzipped(uniforms)).toBeLessThanOrEqual(6500);
  expect(bytes).toBeLessThanOrEqual(limit);
  // The plans of `engine.plan` (for gradients too), what `find` and `calibrate` measure with, what reads a tuning table, and what keeps it under
  // Node.
  expect(gzipped(later)).toBeLessThanOrEqual(12_400);
});

/** What models load on demand, and when: nothing for the usual layers (test/onnx/on-demand.test.ts, test/model/passes/on-demand.test.ts). */
const PARTS_OF_MODELS = {
  "rare-operators": "for operators that few convolutional networks have",
  "beyond-layers": "for graphs of more than layers",
  external: "for tensors in other files",
  "run-tiled": "for tiled runs",
};

test("models in ONNX files take at most 25 kB more than the operations that they may consist of", async () => {
  const calls = Object.keys(operators).filter((name) => !name.startsWith("conv"));
  const operations = `import { createEngine, conv, convTranspose } from "convoke"; import { ${calls.join(", ")} } from "convoke/ops"; globalThis.used = [createEngine, conv, convTranspose, ${calls.join(", ")}];`;
  const [without, whole] = [
    await bundle(operations),
    await bundle(`import { loadOnnx } from "convoke/onnx"; ${operations} globalThis.load = loadOnnx;`),
  ];
  const [bytes, more] = [gzipped(whole.start), gzipped(whole.start) - gzipped(without.start)];
  const parts = Object.entries(PARTS_OF_MODELS).map(([name, when]) => ({ when, code: whole.chunks.get(name) ?? "" }));
  const all = gzipped([whole.start, ...parts.map(({ code }) => code)].join("\n")) - gzipped(without.start);
  console.log(
    [
      `ONNX models: ${kB(bytes)} gzipped when imported, of which ${kB(more)} are the reader and the runner`,
      ...parts.map(({ when, code }) => `${kB(gzipped(code))} more ${when}`),
      `${kB(all)} with all of them`,
    ].join("\n  "),
  );
  for (const { when, code } of parts) expect(code, when).not.toBe("");
  // What the import costs at first, which is all that a network of the usual layers fetches.
  expect(more).toBeLessThanOrEqual(25_000);
  expect(all).toBeLessThanOrEqual(47_000);
});

test("the adapter of TensorFlow.js takes at most 8 kB more than what it calls", async () => {
  const calls = `import { createEngine, conv, convBackwardData, convBackwardWeights } from "convoke"; import { averagePool, averagePoolBackward, batchNorm, expand, matmul, maxPool, maxPoolBackward, maxPoolWithIndices, prelu, resize, softmax, transpose } from "convoke/ops"; globalThis.used = [createEngine, conv, convBackwardData, convBackwardWeights, averagePool, averagePoolBackward, batchNorm, expand, matmul, maxPool, maxPoolBackward, maxPoolWithIndices, prelu, resize, softmax, transpose];`;
  const [without, whole] = [
    await bundle(calls),
    await bundle(`import { statistics } from "convoke/tfjs"; ${calls} globalThis.read = statistics;`),
  ];
  // It has the kernels for GPUs from the start.
  const sum = ({ start, gpu }: Bundle): number => gzipped(start) + gzipped(gpu);
  const more = sum(whole) - sum(without);
  console.log(`the adapter of TensorFlow.js: ${kB(more)} gzipped`);
  expect(more).toBeLessThanOrEqual(8000);
});

test("a page that convolves loads the gradients with its first plan or search, if ever", async () => {
  const { start, later } = await bundle(PROGRAMS[0]!.program);
  // Words of the lowering of a strided gradient and of the gradient of pointwise weights, and a field of a kernel's uniforms.
  for (const part of ["the gradient of the padded input takes", "the packed input and gradient take", "padded_d"]) {
    expect([start.includes(part), later.includes(part)], part).toEqual([false, true]);
  }
  const gradients = await bundle(`import { convTranspose } from "convoke"; globalThis.used = [convTranspose];`);
  expect(gradients.start.includes("padded_d")).toBe(true);
});

test("a page loads the kernels for an adapter with an engine on such a one, if ever", async () => {
  const { start, gpu, cpu, drafts, later } = await bundle(PROGRAMS.find(({ name }) => name === "everything")!.program);
  // Names of variants, and a constant of a kernel.
  for (const part of ["f2x3-fused", "A_ROWS", "-sliding", "-columns"]) {
    const places = [start, gpu, cpu, drafts, later].map((code) => code.includes(part));
    expect(places, part).toEqual([false, true, false, false, false]);
  }
  // A function of kernels with a draft feature.
  const places = [start, gpu, cpu, drafts, later].map((code) => code.includes("subgroupMatrixLoad"));
  expect(places).toEqual([false, false, false, true, false]);
  // A constant of a kernel that only software adapters have.
  const quads = [start, gpu, cpu, drafts, later].map((code) => code.includes("FLIPPED"));
  expect(quads).toEqual([false, false, true, false, false]);
});

test.each(["convoke", "convoke/ops", "convoke/reference", "convoke/image", "convoke/layers", "convoke/onnx"])(
  "%s does nothing when it is loaded",
  async (entry) => {
    const manifest = path.join(installed, "package.json");
    const text = readFileSync(manifest, "utf8");
    // Without the promise of package.json a bundler keeps whatever might have an effect.
    writeFileSync(manifest, JSON.stringify({ ...(JSON.parse(text) as object), sideEffects: true }));
    try {
      const { start, chunks } = await bundle(`import "${entry}";`);
      expect([start, ...chunks.values()].join("").trim()).toBe("");
    } finally {
      writeFileSync(manifest, text);
    }
  },
);
