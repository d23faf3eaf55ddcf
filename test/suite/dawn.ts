// What the tests for browsers find in Node: WebGPU by Dawn, and a cache folder that is not the user's.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { installDawn } from "../../scripts/dawn.mjs";

const cache = mkdtempSync(path.join(tmpdir(), "convoke-dawn-"));
process.env["XDG_CACHE_HOME"] = cache;
await installDawn({ gpu: process.env["CONVOKE_GPU"] === "1" });

afterAll(() => {
  // Node does not end while something refers to the implementation.
  Reflect.deleteProperty(globalThis.navigator, "gpu");
  rmSync(cache, { recursive: true, force: true });
});
