// What the commands of package.json that are written in TypeScript have in common: `--help`, the set-up, and the loading of the module, which
// Vite does. Vite itself comes with the set-up, so nothing here may need it before.
import path from "node:path";
import { ROOT, ensurePackages, setUp } from "./setup.mjs";

/** Loads a TypeScript module. It may import others while it runs; what Vite's runnerImport loads may not. */
async function load(file) {
  const { createRunnableDevEnvironment, resolveConfig } = await import("vite");
  const { sourceAlias } = await import("./source-alias.mjs");
  const { wgsl } = await import("./wgsl.mjs");
  const inline = { consumer: "server", dev: { moduleRunnerTransform: true }, resolve: { external: true } };
  const config = await resolveConfig(
    {
      configFile: false,
      plugins: [wgsl()],
      resolve: { alias: sourceAlias },
      root: ROOT,
      logLevel: "error",
      environments: { inline },
    },
    "serve",
  );
  const environment = createRunnableDevEnvironment("inline", config, {
    runnerOptions: { hmr: { logger: false } },
    hot: false,
  });
  await environment.init();
  return environment.runner.import(file);
}

/**
 * Runs a command and sets the exit code of the process.
 * @param command how the user calls it
 * @param module the path of the TypeScript module; its `main({ root, chromium, ...options })` resolves to whether all went well
 * @param help the answer to `--help`
 * @param options makes options from the arguments, before anything is installed; throws if they are invalid
 * @param packages a folder whose packages it needs beside those of the project
 */
export async function runCommand(command, module, help, options, packages) {
  try {
    const argv = process.argv.slice(2);
    if (argv.includes("--help") || argv.includes("-h")) return console.log(help);
    const own = options(argv);
    const { chromium } = setUp();
    if (packages) ensurePackages(packages);
    const { main } = await load(path.join(ROOT, module));
    if (!(await main({ root: ROOT, chromium, ...own }))) process.exitCode = 1;
  } catch (error) {
    console.error(`${command}: ${error.message}`);
    process.exitCode = 1;
  }
}

/** The folder that the user called npm in: file names are relative to it. */
export const calledFrom = () => process.env.INIT_CWD ?? process.cwd();
