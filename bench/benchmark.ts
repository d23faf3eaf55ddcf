// The benchmark as it is told: asks for one layer after the other, prints progress, the table and a summary, and writes the JSON.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { jobMessage } from "../showcase/answer.ts";
import { Progress } from "../showcase/progress.ts";
import { describeAdapter, formatNumber, isSoftware } from "../showcase/table.ts";
import { algorithms } from "../src/algorithms/index.ts";
import { VERSION } from "../src/version.ts";
import { descriptorOf } from "./layer.ts";
import { type Options, type Row, rowsOf } from "./options.ts";
import type { BenchPage, Closed, Opened, Result } from "./protocol.ts";
import { isNetwork } from "./suites.ts";
import {
  type Measurement,
  complaints,
  measurementTable,
  networkTotal,
  planningSeconds,
  speed,
  summary,
} from "./table.ts";

/** What has been done so far; `trouble` empty means all is well. */
interface Report {
  browser: string;
  opened?: Opened;
  closed?: Closed;
  readonly measurements: Measurement[];
  readonly trouble: string[];
}

/** The algorithms that a row is measured by. */
function algorithmsFor({ pass }: Row, { algorithm }: Options): string[] {
  if (algorithm !== "all") return [algorithm];
  const wanted = pass === "transposed" ? "backward-data" : pass;
  return algorithms.filter(({ passes }) => passes.includes(wanted)).map(({ name }) => name);
}

async function measureRow(page: BenchPage, row: Row, options: Options, report: Report, progress: Progress) {
  const { layer, pass } = row;
  const keep = (results: readonly Result[]): void => {
    for (const result of results) {
      // Of all algorithms, those that do not serve a layer are no row.
      if (options.algorithm === "all" && result.refused !== undefined) continue;
      report.measurements.push({ layer, pass, result });
    }
  };
  const failed = (algorithm: string, error: unknown): void =>
    keep([{ algorithm, variant: "", flops: 0, bytes: 0, failed: jobMessage(error) }]);
  const names = algorithmsFor(row, options);
  let ready = false;
  for (const algorithm of names) {
    progress.step(`${layer.id} ${pass}: ${algorithm}`);
    try {
      if (!ready) await page.ask("prepare", { pass, descriptor: descriptorOf(layer, pass, options) });
      ready = true;
      keep(await page.ask("run", { algorithm, samples: options.samples }));
    } catch (error) {
      failed(algorithm, error);
    }
  }
}

async function measureAll(page: BenchPage, options: Options, report: Report): Promise<void> {
  console.log(`browser: ${page.browser}`);
  console.log("measuring what the adapter can do ...");
  const opened = await page.ask("open", null);
  report.browser = page.browser;
  report.opened = opened;
  console.log(`adapter: ${describeAdapter(opened.adapter)}`);
  if (options.gpu && isSoftware(opened.adapter))
    throw new Error("--gpu was asked for, and the browser offers a software adapter alone");
  if (options.dtype === "f16" && !opened.features.includes("shader-f16"))
    throw new Error("--dtype f16 was asked for, and this adapter has no half precision (the feature shader-f16)");
  const rows = rowsOf(options);
  const progress = new Progress(rows.reduce((sum, row) => sum + algorithmsFor(row, options).length, 0));
  for (const row of rows) await measureRow(page, row, options, report, progress);
  progress.end();
  report.closed = await page.ask("close", null);
  report.trouble.push(...report.closed.trouble);
}

function print(options: Options, report: Report): void {
  const { browser, opened, closed, measurements, trouble } = report;
  const { refusals, failures } = complaints(measurements);
  trouble.push(...failures);
  if (opened && measurements.length > 0) console.log(`\n${measurementTable(measurements, opened.roofline)}\n`);
  for (const refusal of refusals) console.log(`refused: ${refusal}`);
  const total = isNetwork(options.suite) && !options.layers ? networkTotal(measurements) : null;
  if (total) {
    const gflops = formatNumber(speed(total.flops, total.milliseconds) / 1e9);
    console.log(
      `${options.suite}, every layer as often as it occurs: ${formatNumber(total.milliseconds)} ms, ${gflops} GFLOP/s`,
    );
  }
  if (opened) console.log(summary(browser, opened, measurements, closed));
  for (const message of trouble) console.error(`not right: ${message}`);
}

async function writeJson(file: string, options: Options, report: Report): Promise<void> {
  const { browser, opened, closed, measurements, trouble } = report;
  const content = {
    version: VERSION,
    date: new Date().toISOString(),
    options,
    browser,
    ...opened,
    ...closed,
    planningSeconds: planningSeconds(measurements),
    trouble,
    measurements,
  };
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(content, null, 1)}\n`);
  console.log(`written: ${file}`);
}

/**
 * Everything that the options ask for.
 * @param folder the one that file names are seen from
 * @param open opens the page, or what stands for one; it is told where to report what goes wrong by itself
 * @returns whether every result was right
 */
export async function benchmark(
  options: Options,
  folder: string,
  open: (trouble: (message: string) => void) => Promise<BenchPage>,
): Promise<boolean> {
  const report: Report = { browser: options.browser, measurements: [], trouble: [] };
  try {
    const page = await open((message) => report.trouble.push(message));
    try {
      await measureAll(page, options, report);
    } finally {
      await page.close();
    }
  } catch (error) {
    report.trouble.push(error instanceof Error ? error.message : String(error));
  }
  print(options, report);
  if (options.json !== undefined) await writeJson(path.resolve(folder, options.json), options, report);
  return report.trouble.length === 0;
}
