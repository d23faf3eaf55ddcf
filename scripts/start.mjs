// `npm start [photo]`: set-up, then the showcase. The showcase is TypeScript; Vite, which the set-up installs, loads it.
import { statSync } from "node:fs";
import path from "node:path";
import { ROOT, setUp } from "./setup.mjs";
import { wgsl } from "./wgsl.mjs";

const HELP = `Usage: npm start [photo.png|photo.jpg]

Convolves a photograph on the GPU by every algorithm, checks each result against the CPU reference, prints a table and writes
the pictures to out/. Without an argument the photograph is examples/photo/images/chelsea.png.`;

/** The path of the photograph: the one argument, seen from where npm was called, or the one that comes with the project. */
function photoFrom(argv) {
  const option = argv.find((argument) => argument.startsWith("-"));
  if (option) throw new Error(`unknown option ${JSON.stringify(option)}\n\n${HELP}`);
  if (argv.length > 1) throw new Error(`one photograph at a time, got ${argv.length}\n\n${HELP}`);
  if (argv.length === 0) return path.join(ROOT, "examples", "photo", "images", "chelsea.png");
  const file = path.resolve(process.env.INIT_CWD ?? process.cwd(), argv[0]);
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new Error(`there is no file ${file}`);
  return file;
}

async function main() {
  const argv = process.argv.slice(2);
  if (argv.includes("--help") || argv.includes("-h")) return console.log(HELP);
  const photo = photoFrom(argv);
  const { chromium } = setUp();
  const { runnerImport } = await import("vite");
  const showcase = await runnerImport(path.join(ROOT, "examples", "photo", "run.ts"), {
    configFile: false,
    plugins: [wgsl()],
    root: ROOT,
    logLevel: "error",
  });
  if (!(await showcase.module.main({ root: ROOT, photo, chromium }))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(`npm start: ${error.message}`);
  process.exitCode = 1;
}
