// `npm run fuzz`: set-up, then the fuzzer. It is TypeScript; Vite, which the set-up installs, loads it.
import path from "node:path";
import { ROOT, setUp } from "./setup.mjs";
import { wgsl } from "./wgsl.mjs";

const HELP = `Usage: npm run fuzz -- [options]

Tries arbitrary calls of the public API in a headless browser, valid ones and junk: what is accepted has to be what the reference
computes with the same options, within its bound, and what is not has to be refused by a ConvError with a documented code. A case
that fails is made as small as it can be and printed as code, with the --seed and --path that try it alone.

  --runs N         how many cases; 5000 unless given
  --seconds T      cases until so many seconds are over
  --seed S         the cases of an earlier run, which printed it; any unless given
  --path P         of the batch of that seed only the case that a failure printed this path for
  --browser NAME   chromium (default) or firefox`;

async function main() {
  const argv = process.argv.slice(2);
  if (argv.includes("--help") || argv.includes("-h")) return console.log(HELP);
  const { chromium } = setUp();
  const { runnerImport } = await import("vite");
  const fuzzer = await runnerImport(path.join(ROOT, "test", "fuzz", "run.ts"), {
    configFile: false,
    plugins: [wgsl()],
    root: ROOT,
    logLevel: "error",
  });
  if (!(await fuzzer.module.main({ root: ROOT, argv, chromium }))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`npm run fuzz: ${error.message}`);
  process.exitCode = 1;
}
