// The command line of `npm run fuzz` as options.
import { parseArgs } from "node:util";

export interface Options {
  readonly runs: number;
  readonly seed: number;
  /** Seconds to run, whatever the number of cases. */
  readonly seconds?: number;
  readonly browser: "chromium" | "firefox";
  /** The path of a single case in the batch of the seed. */
  readonly path?: string;
}

const DEFAULT_RUNS = 5000;

function count(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  // Seeds have 32 bits, and each batch takes the next one.
  if (text.trim() === "" || !Number.isInteger(value) || value < 0 || value > 2 ** 30)
    throw new Error(`--${name}: got ${JSON.stringify(text)}, expected a whole number up to ${2 ** 30}`);
  return value;
}

export function parseOptions(argv: readonly string[]): Options {
  const text = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...argv],
    options: { runs: text, seed: text, seconds: text, browser: text, path: text },
    strict: true,
  });
  const { browser = "chromium" } = values;
  if (browser !== "chromium" && browser !== "firefox")
    throw new Error(`--browser: got ${JSON.stringify(browser)}, expected chromium or firefox`);
  const { path } = values;
  if (path !== undefined && !/^\d+(?::\d+)*$/.test(path))
    throw new Error(
      `--path: got ${JSON.stringify(path)}, expected numbers with colons between, as a failure prints them`,
    );
  if (path !== undefined && values.seed === undefined)
    throw new Error("--path: got no --seed, expected the one beside it");
  const seconds = count("seconds", values.seconds);
  return {
    runs: count("runs", values.runs) ?? (seconds === undefined ? DEFAULT_RUNS : Infinity),
    seed: count("seed", values.seed) ?? Math.floor(Math.random() * 2 ** 30),
    ...(seconds !== undefined && { seconds }),
    browser,
    ...(path !== undefined && { path }),
  };
}
