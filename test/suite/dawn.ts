// Sets up Node for the tests written for browsers: WebGPU by Dawn, with a cache folder of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll } from "vitest";
import { installDawn } from "../../scripts/dawn.mjs";

const cache = mkdtempSync(path.join(tmpdir(), "convoke-dawn-"));
process.env["XDG_CACHE_HOME"] = cache;
await installDawn({ gpu: process.env["CONVOKE_GPU"] === "1" });

afterAll(() => {
  // Node does not exit while the implementation is referenced.
  Reflect.deleteProperty(globalThis.navigator, "gpu");
  rmSync(cache, { recursive: true, force: true });
});
