// The layout of the project: who may import whom. Imports of types count, since a reader follows them as well.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = path.resolve(import.meta.dirname, "..");

/** From an import or an export to the name of the module. */
const IMPORT = /(?:\bfrom\s+|\bimport\s+|\bimport\s*\(\s*)"([^"]+)"/g;

/** Modules of a folder by their paths in the project, and what each imports: packages by name, files by their path. */
function importsOf(folder: string): Map<string, string[]> {
  const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((file) => path.posix.join(folder, file.replaceAll("\\", "/")))
    .filter((file) => /(?<!\.d)\.m?[tj]s$/.test(file) && !file.includes("node_modules"));
  return new Map(
    files.map((file) => {
      // Examples in comments are not imports.
      const code = readFileSync(path.join(ROOT, file), "utf8").replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, "");
      const names = [...code.matchAll(IMPORT)].map(([, name]) => name!.replace(/\?.*$/, ""));
      const resolved = names.map((name) =>
        name.startsWith(".") ? path.posix.join(path.posix.dirname(file), name) : name,
      );
      return [file, resolved];
    }),
  );
}

const src = importsOf("src");

/** Every import of `files` that `isAllowed` refuses, as "importer -> imported". */
function refused(files: ReadonlyMap<string, string[]>, isAllowed: (from: string, to: string) => boolean): string[] {
  return [...files].flatMap(([from, imports]) =>
    imports.filter((to) => !isAllowed(from, to)).map((to) => `${from} -> ${to}`),
  );
}

/** The layers of src/ from the bottom up. Those of one line know nothing of each other. */
const LAYERS = [
  ["src/base/"],
  ["src/problem/"],
  ["src/kernel/", "src/reference/"],
  ["src/gpu/", "src/algorithms/"],
  ["src/planner/"],
  ["src/conv/"],
  ["src/ops/"],
  ["src/engine.ts", "src/reference.ts"],
  ["src/index.ts"],
  ["src/image/", "src/model/"],
  ["src/onnx/", "src/layers/", "src/tfjs/"],
];

function layerOf(file: string): string | undefined {
  return LAYERS.flat().find((layer) => file === layer || (layer.endsWith("/") && file.startsWith(layer)));
}

function rankOf(layer: string): number {
  return LAYERS.findIndex((layers) => layers.includes(layer));
}

/** All that a file stands on, with itself. */
function closureOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const imported of src.get(file) ?? []) closureOf(imported, seen);
  return seen;
}

describe("src", () => {
  it("has a layer for every file", () => {
    expect(src.size).toBeGreaterThan(100);
    expect([...src.keys()].filter((file) => layerOf(file) === undefined)).toEqual([]);
  });

  it("imports only itself, shaders, and types of Node; and its adapter TensorFlow.js", () => {
    const isAllowed = (from: string, to: string): boolean =>
      src.has(to) ||
      /^shaders\/.*\.wgsl$|^node:/.test(to) ||
      (layerOf(from) === "src/tfjs/" && to.startsWith("@tensorflow/"));
    expect(refused(src, isAllowed)).toEqual([]);
  });

  it("imports nothing upwards, nor from beside", () => {
    const isBelow = (from: string, to: string): boolean => {
      const [own, other] = [layerOf(from), layerOf(to)];
      return !own || !other || own === other || rankOf(other) < rankOf(own);
    };
    expect(refused(src, isBelow)).toEqual([]);
  });

  it("has no circles", () => {
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(" -> "));
      if (done.has(file) || trail.includes(file)) return;
      for (const imported of src.get(file) ?? []) visit(imported, [...trail, file]);
      done.add(file);
    };
    for (const file of src.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });
});

it("references reach no GPU and no kernel, by whatever way", () => {
  const references = [...src.keys()].filter((file) => /^src\/(?:reference|ops\/(?:.+\/)?[\w-]*reference)/.test(file));
  expect(references.length).toBeGreaterThan(20);
  const reached = new Set(references.flatMap((file) => [...closureOf(file)]));
  expect([...reached].filter((file) => !/^src\/(?:base|problem|reference|ops)\b/.test(file))).toEqual([]);
});

describe("shaders", () => {
  const shaders = readdirSync(path.join(ROOT, "shaders"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".wgsl"))
    .map((file) => `shaders/${file.replaceAll("\\", "/")}`);
  const imports = [...src].flatMap(([from, list]) =>
    list.filter((to) => to.endsWith(".wgsl")).map((to) => ({ from, to })),
  );

  it("lie under the names of their hosts: only src/<room>/ imports those of shaders/<room>/, and all of src those of lib/", () => {
    // An operation's own, or one that operations share.
    const roomOf = (file: string): string => /^\w+\/(ops\/[\w-]+|\w+)/.exec(file)![1]!;
    const isAllowed = (from: string, to: string): boolean => {
      const room = roomOf(to);
      return room === "lib" || room === roomOf(from) || (room === "ops/shared" && from.startsWith("src/ops/"));
    };
    expect(imports.length).toBeGreaterThan(200);
    expect(imports.filter(({ from, to }) => !isAllowed(from, to)).map(({ from, to }) => `${from} -> ${to}`)).toEqual(
      [],
    );
  });

  it("are all there, and all imported", () => {
    const imported = new Set(imports.map(({ to }) => to));
    expect([...imported].filter((shader) => !shaders.includes(shader))).toEqual([]);
    expect(shaders.filter((shader) => !imported.has(shader))).toEqual([]);
  });
});

describe("the folders beside src", () => {
  const ENTRY = /^convoke(?:\/(?:ops|reference|image|onnx|layers|tfjs))?$/;

  it("site uses the library by its entries, and bench, whose tools it shares", () => {
    const site = importsOf("site");
    const isAllowed = (from: string, to: string): boolean =>
      ENTRY.test(to) ||
      to === "@observablehq/plot" ||
      /^(?:site|bench)\//.test(to) ||
      // How a page asks another that runs an engine.
      to === "scripts/harness/answer.ts" ||
      // The photographs, the normal numbers that stand for trained filters, and the files of a network.
      /^examples\/(?:photo\/(?:images|normals)|upscale\/files)/.test(to) ||
      ["site/vite.config.ts", "site/peer-files.ts"].includes(from);
    expect(site.size).toBeGreaterThan(10);
    expect(refused(site, isAllowed)).toEqual([]);
  });

  it("examples use the library by its entries", () => {
    const examples = importsOf("examples");
    const isAllowed = (from: string, to: string): boolean =>
      ENTRY.test(to) ||
      /^(?:node:|examples\/|scripts\/harness\/)|^(?:webgpu|pngjs)$|^@tensorflow\//.test(to) ||
      from.endsWith("vite.config.ts");
    expect(examples.size).toBeGreaterThan(10);
    expect(refused(examples, isAllowed)).toEqual([]);
  });

  it("tools use the engine, the benchmark's layers and peers, and the shared problems", () => {
    const tools = importsOf("tools");
    expect(tools.size).toBeGreaterThan(5);
    expect(refused(tools, (_, to) => /^(?:node:|(?:src|bench|scripts|tools|test\/suite)\/)|^webgpu$/.test(to))).toEqual(
      [],
    );
  });

  it.each(["bench", "scripts"])("%s imports no pages, examples or tests", (folder) => {
    expect(refused(importsOf(folder), (_, to) => !/^(?:site|examples|test)\//.test(to))).toEqual([]);
  });
});
