// `npm start [photo]`: set-up, then the photo example (examples/photo/).
import { statSync } from "node:fs";
import path from "node:path";
import { calledFrom, runCommand } from "./command.mjs";
import { ROOT } from "./setup.mjs";

const HELP = `Usage: npm start [photo.png|photo.jpg]

Convolves a photograph on the GPU by every algorithm, checks each result against the CPU reference, prints a table and writes
the pictures to out/; and its middle, twice as large by a neural network. Without an argument the photograph is examples/photo/images/chelsea.png.`;

/** The path of the photograph: the argument, or by default the project's own. */
function photoFrom(argv) {
  const option = argv.find((argument) => argument.startsWith("-"));
  if (option) throw new Error(`unknown option ${JSON.stringify(option)}\n\n${HELP}`);
  if (argv.length > 1) throw new Error(`one photograph at a time, got ${argv.length}\n\n${HELP}`);
  if (argv.length === 0) return path.join(ROOT, "examples", "photo", "images", "chelsea.png");
  const file = path.resolve(calledFrom(), argv[0]);
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new Error(`there is no file ${file}`);
  return file;
}

const packages = path.join(ROOT, "examples", "upscale");
await runCommand("npm start", "examples/photo/run.ts", HELP, (argv) => ({ photo: photoFrom(argv) }), packages);
