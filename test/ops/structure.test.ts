// What the operations beside convolution are, as files: whom they may import, and that their types are public.
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import * as operations from "../../src/ops/index.ts";

const src = path.resolve(import.meta.dirname, "../../src");

/** The TypeScript files of a folder of src/, those below it too. */
function filesOf(folder: string): string[] {
  return readdirSync(path.join(src, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.join(folder, name));
}

/** The files that a file imports, types included, from src/ on. */
function importsOf(file: string): string[] {
  const text = readFileSync(path.join(src, file), "utf8");
  return [...text.matchAll(/(?:from|import\() ?"(\.[^"]+)"/g)].map(([, name]) => path.join(path.dirname(file), name!));
}

test("nothing that convolutions are made of imports operations", () => {
  const folders = ["algorithms", "planner", "gpu"];
  const found = folders.flatMap((folder) =>
    filesOf(folder).flatMap((file) => importsOf(file).filter((name) => name.startsWith("ops/"))),
  );
  expect(found).toEqual([]);
  expect(importsOf("engine.ts")).toContain("ops/index.ts");
});

test("the reference shares the operations' geometry, and nothing else of theirs", () => {
  const shared = filesOf("reference").flatMap((file) => importsOf(file).filter((name) => name.startsWith("ops/")));
  expect(shared.length).toBeGreaterThan(0);
  expect(shared.filter((name) => !name.startsWith("ops/geometry/"))).toEqual([]);
});

test("geometry is pure: it imports nothing of the engine's GPU, and no operation", () => {
  const files = filesOf("ops/geometry");
  const found = files.flatMap((file) =>
    importsOf(file).filter((name) => /^(?:gpu|algorithms|planner|ops\/(?!geometry\/))/.test(name)),
  );
  expect(found).toEqual([]);
});

test("every type of an operation's arguments and results can be imported", () => {
  const named = new Set(
    [...readFileSync(path.join(src, "ops/types.ts"), "utf8").matchAll(/\{([^}]*)\}/g)].flatMap(([, list]) =>
      list!.split(",").map((name) => name.trim()),
    ),
  );
  const sources = readdirSync(path.join(src, "ops"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(path.join(src, "ops", name), "utf8"));
  for (const operation of Object.keys(operations)) {
    const declared = new RegExp(`^export function ${operation}\\(([^]*?)\\{\\n`, "m");
    const signature = sources.map((source) => declared.exec(source)?.[1]).find((found) => found !== undefined);
    expect(signature, operation).toBeDefined();
    expect(signature, `${operation} has options or results without a name`).not.toContain("{ ");
    const types = [...signature!.matchAll(/\b[A-Z]\w+/g)].map(([name]) => name);
    expect(
      types.filter((name) => !["OperationContext", "Tensor"].includes(name) && !named.has(name)),
      operation,
    ).toEqual([]);
  }
  expect(readFileSync(path.join(src, "index.ts"), "utf8")).toContain('export type * from "./ops/types.ts"');
});
