// `npm run dev` serves the site and follows changes, `npm run build:site` writes it to dist-site/: Vite with its own options, once the packages
// are there.
import { spawn } from "node:child_process";
import path from "node:path";
import { ROOT, ensurePackages } from "./setup.mjs";

const [command, ...options] = process.argv.slice(2);
try {
  ensurePackages();
  ensurePackages(path.join(ROOT, "examples", "upscale"));
  ensurePackages(path.join(ROOT, "bench", "peers"));
  const vite = path.join(ROOT, "node_modules", "vite", "bin", "vite.js");
  const config = path.join(ROOT, "site", "vite.config.ts");
  const child = spawn(process.execPath, [vite, command, "--config", config, ...options], {
    cwd: ROOT,
    stdio: "inherit",
  });
  child.on("exit", (code) => (process.exitCode = code ?? 1));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
