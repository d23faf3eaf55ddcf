// The pages use the library as its users do: by what it exports.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const root = path.join(import.meta.dirname, "../..");

it.each(["site", "bench/site"])("no page in %s imports what the library does not export", (folder) => {
  const files = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" });
  const modules = files.filter((file) => file.endsWith(".ts"));
  expect(modules.length).toBeGreaterThan(4);
  for (const file of modules) {
    const text = readFileSync(path.join(root, folder, file), "utf8");
    const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name!);
    expect(
      imports.filter((name) => /\/src\//.test(name)),
      file,
    ).toEqual([]);
  }
});
