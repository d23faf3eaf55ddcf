// Builds the site once for all of its tests.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "vite";
import type { TestProject } from "vitest/node";
import { ensurePackages } from "../../scripts/setup.mjs";

const ROOT = path.join(import.meta.dirname, "../..");

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), "convoke-site-"));
  for (const place of ["examples/upscale", "bench/peers"]) ensurePackages(path.join(ROOT, place));
  const configFile = path.join(ROOT, "site/vite.config.ts");
  await build({ configFile, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  provide("site", folder);
  return () => rm(folder, { recursive: true, force: true });
}
