// Pages, examples and the benchmark import only what they may: the library by its entries alone, and each other in one direction.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const ROOT = path.join(import.meta.dirname, "../..");

/** The imports of each module of a folder: packages by name, files by their path in the project. */
function importsOf(folder: string): [module: string, imports: string[]][] {
  const files = readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" });
  const modules = files.filter((file) => /\.m?ts$|\.mjs$/.test(file) && !/node_modules|vite\.config/.test(file));
  return modules.map((file) => {
    const module = path.posix.join(folder, file.replaceAll("\\", "/"));
    const text = readFileSync(path.join(ROOT, module), "utf8");
    const names = [...text.matchAll(/(?:\b(?:from|import)\s+|\bimport\s*\(\s*)"([^"]+)"/g)].map(([, name]) => name!);
    const paths = names.map((name) =>
      name.startsWith(".") ? path.posix.join(path.posix.dirname(module), name) : name,
    );
    return [module, paths];
  });
}

const ENTRY = /^convoke(\/ops|\/reference)?$/;

it.each([
  // Besides the photographs, and the normal numbers that stand for trained filters.
  ["site", [ENTRY, /^@observablehq\/plot$/, /^site\//, /^bench\//, /^examples\/photo\/(images|normals)/]],
  ["examples", [ENTRY, /^(node:.*|webgpu)$/, /^examples\//, /^scripts\/harness\//]],
])("modules of %s import the library by its entries", (folder, allowed) => {
  const modules = importsOf(folder);
  expect(modules.length).toBeGreaterThan(10);
  for (const [module, imports] of modules)
    expect(
      imports.filter((name) => !allowed.some((pattern) => pattern.test(name))),
      module,
    ).toEqual([]);
});

it.each(["src", "bench", "scripts"])("no module of %s imports pages or examples", (folder) => {
  for (const [module, imports] of importsOf(folder))
    expect(
      imports.filter((name) => /^(site|examples|test)\//.test(name)),
      module,
    ).toEqual([]);
});
