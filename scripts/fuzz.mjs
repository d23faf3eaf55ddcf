// `npm run fuzz`: set-up, then the fuzzer (test/fuzz/).
import { runCommand } from "./command.mjs";

const HELP = `Usage: npm run fuzz -- [options]

Tries arbitrary calls of the public API in a headless browser, valid ones and junk: what is accepted has to be what the reference
computes with the same options, within its bound, and what is not has to be refused by a ConvError with a documented code. A case
that fails is made as small as it can be and printed as code, with the --seed and --path that try it alone.

  --runs N         how many cases; 5000 unless given
  --seconds T      cases until so many seconds are over
  --seed S         the cases of an earlier run, which printed it; any unless given
  --path P         of the batch of that seed only the case that a failure printed this path for
  --browser NAME   chromium (default) or firefox`;

await runCommand("npm run fuzz", "test/fuzz/run.ts", HELP, (argv) => ({ argv }));
