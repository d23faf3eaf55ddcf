// The code samples of the documentation are right: they type-check against the public entries.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { runTool } from "../../scripts/steps.mjs";

const DOCUMENTS = [
  "README.md",
  "docs/api.md",
  "docs/operations.md",
  "docs/images.md",
  "docs/models.md",
  "docs/tfjs.md",
];

/** What samples take as given unless they declare it themselves. */
const GIVEN = {
  engine: "Engine",
  x: "Tensor",
  w: "Tensor",
  y: "Tensor",
  dy: "Tensor",
  bias: "Tensor",
  mean: "Tensor",
  variance: "Tensor",
  scale: "Tensor",
};

/** A sample as a module of its own. */
function moduleOf(sample: string): string {
  const declared = new Set([...sample.matchAll(/\b(?:const|let) (\w+)/g)].map(([, name]) => name));
  const given = Object.entries(GIVEN).filter(([name]) => !declared.has(name));
  return [
    ...given.map(([name, type]) => `declare const ${name}: import("convoke").${type};`),
    sample,
    "export {};",
  ].join("\n");
}

test("code samples type-check", async () => {
  const folder = path.resolve("out/docs");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of DOCUMENTS) {
    const samples = [...readFileSync(file, "utf8").matchAll(/^```js\n([^]*?)^```$/gm)].map(([, sample]) => sample!);
    expect(samples.length, `samples in ${file}`).toBeGreaterThan(0);
    samples.forEach((sample, at) =>
      writeFileSync(path.join(folder, `${path.basename(file, ".md")}-${at}.ts`), moduleOf(sample)),
    );
  }
  const config = path.join(folder, "tsconfig.json");
  const compilerOptions = { noUnusedLocals: false };
  const include = ["*.ts", "../../src/wgsl.d.ts"];
  writeFileSync(config, JSON.stringify({ extends: "../../tsconfig.json", compilerOptions, include }));
  const { output } = await runTool("tsc", ["-p", config]);
  const complaints = output.split("\n").filter((line) => line.startsWith("out/docs/"));
  expect(complaints.join("\n")).toBe("");
});
