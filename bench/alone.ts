// The benchmark as a single file, for a machine with only Node and a GPU: `npm run build:bench` writes out/bench/alone.js, which takes the
// options of `npm run bench`. It needs `navigator.gpu`, or the package `webgpu` beside it.
import { benchmark } from "./benchmark.ts";
import { openNode } from "./node.ts";
import { parseOptions } from "./options.ts";

const options = parseOptions(["--browser", "node", ...process.argv.slice(2)]);
const right = await benchmark(options, process.cwd(), openNode);
// Dawn keeps the process alive.
process.exit(right ? 0 : 1);
