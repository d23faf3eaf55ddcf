// Runs the benchmark: asks for one layer after another, prints progress, the table and a summary, and writes the JSON.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { describeAdapter, isSoftware } from "../scripts/harness/adapter.ts";
import { formatNumber } from "../scripts/harness/table.ts";
import { VERSION } from "../src/base/version.ts";
import type { BenchPage } from "./bench-page.ts";
import { choiceSummary } from "./choices.ts";
import { kernelTable } from "./kernel-table.ts";
import { type MeasuredModels, measureModels } from "./models/rows.ts";
import { modelFailures, modelNotes, modelSummary, modelTable } from "./models/table.ts";
import { type MeasuredOperations, measureOperations } from "./operation-rows.ts";
import { operationFailures, operationPeerRow, operationSummary, operationTable } from "./operation-table.ts";
import type { Options } from "./options.ts";
import type { PeerName } from "./peers/names.ts";
import { type PeerRow, peerNotes, peerSummary } from "./peers/report.ts";
import type { Closed, Opened } from "./protocol.ts";
import { type Measured, measureRows } from "./rows.ts";
import { MODELS_SUITE, OPERATIONS_SUITE, TFJS_SUITE, TRAINING_SUITE, isNetwork } from "./suites.ts";
import {
  complaints,
  measurementTable,
  networkTotal,
  peerRow,
  planningSeconds,
  speed,
  summary,
  timedRows,
} from "./table.ts";
import { type MeasuredAdapter, measureAdapter } from "./tfjs/rows.ts";
import { adapterFailures, adapterNotes, adapterSummary, adapterTable } from "./tfjs/table.ts";
import { type MeasuredTraining, measureAllTraining } from "./training/rows.ts";
import { trainingFailures, trainingNotes, trainingTable } from "./training/table.ts";
import { uncertainNotes } from "./uncertain.ts";

/** What has been done so far; `trouble` empty means all is well. */
interface Report extends Measured, MeasuredOperations, MeasuredModels, MeasuredAdapter, MeasuredTraining {
  browser: string;
  opened?: Opened;
  closed?: Closed;
  readonly trouble: string[];
}

async function measureAll(page: BenchPage, options: Options, report: Report): Promise<void> {
  console.log(`browser: ${page.browser}`);
  console.log("measuring what the adapter can do ...");
  const opened = await page.ask("open");
  report.browser = page.browser;
  report.opened = opened;
  console.log(`adapter: ${describeAdapter(opened.adapter)}`);
  if (options.gpu && isSoftware(opened.adapter))
    throw new Error("--gpu was asked for, and the browser offers a software adapter alone");
  if (options.dtype === "f16" && !opened.features.includes("shader-f16"))
    throw new Error("--dtype f16 was asked for, and this adapter has no half precision (the feature shader-f16)");
  if (options.suite === OPERATIONS_SUITE) await measureOperations(page, options, report);
  else if (options.suite === MODELS_SUITE) await measureModels(page, options, report);
  else if (options.suite === TFJS_SUITE) await measureAdapter(page, options, report);
  else if (options.suite === TRAINING_SUITE) await measureAllTraining(page, options, report);
  else await measureRows(page, options, report);
  report.closed = await page.ask("close");
  report.trouble.push(...report.closed.trouble);
}

/** Prints the table of the operations beside convolution. */
function printOperations({ peers = [] }: Options, { opened, rates, operations, trouble }: Report): void {
  trouble.push(...operationFailures(operations));
  if (!opened || !rates) return;
  const limits = { ...opened.roofline, ...rates };
  console.log(`\n${operationTable(operations, limits, peers)}\n`);
  printPeers(peers, operations.map(operationPeerRow));
  const timed = operations.map(({ operation, name, result }) => ({ name: `${operation}, ${name}`, ...result }));
  for (const note of uncertainNotes(timed)) console.log(note);
  console.log(operationSummary(operations, limits));
}

/** Prints why peers have no times, and their ratios. */
function printPeers(peers: readonly PeerName[], rows: readonly PeerRow[]): void {
  for (const line of [...peerNotes(rows), ...peerSummary(rows, peers)]) console.log(line);
}

/** Prints the table of the models. */
function printModels({ models, trouble }: Report): void {
  trouble.push(...modelFailures(models));
  if (models.length > 0) console.log(`\n${modelTable(models)}\n`);
  const timed = models.map(({ model, engine, result }) => ({
    name: `${model} by ${engine}`,
    samples: result?.samples,
  }));
  for (const line of [...modelNotes(models), ...uncertainNotes(timed), ...modelSummary(models)]) console.log(line);
}

/** Prints the table of TensorFlow.js with the adapter and without it. */
function printAdapter(report: Report): void {
  const { adapter, trouble } = report;
  trouble.push(...adapterFailures(adapter));
  if (adapter.length > 0) console.log(`\n${adapterTable(adapter)}\n`);
  for (const line of [...adapterNotes(adapter), ...adapterSummary(report)]) console.log(line);
}

/** Prints the table of steps of training. */
function printTraining({ training, trouble }: Report): void {
  trouble.push(...trainingFailures(training));
  if (training.length > 0) console.log(`\n${trainingTable(training)}\n`);
  for (const line of trainingNotes(training)) console.log(line);
}

/** Prints the table of the convolutions, with refusals, notes and totals. */
function printConvolutions(options: Options, { opened, measurements, trouble }: Report): void {
  const { refusals, failures } = complaints(measurements);
  trouble.push(...failures);
  if (opened && measurements.length > 0)
    console.log(`\n${measurementTable(measurements, opened.roofline, options.peers)}\n`);
  for (const refusal of refusals) console.log(`refused: ${refusal}`);
  for (const note of uncertainNotes(timedRows(measurements))) console.log(note);
  for (const line of choiceSummary(measurements)) console.log(line);
  // With all algorithms, a mean would count each layer several times.
  printPeers(options.algorithm === "all" ? [] : (options.peers ?? []), measurements.map(peerRow));
  const total = isNetwork(options.suite) && !options.layers ? networkTotal(measurements) : null;
  if (total) {
    const gflops = formatNumber(speed(total.flops, total.milliseconds) / 1e9);
    console.log(
      `${options.suite}, every layer as often as it occurs: ${formatNumber(total.milliseconds)} ms, ${gflops} GFLOP/s`,
    );
  }
}

function print(options: Options, report: Report): void {
  const { browser, opened, closed, measurements, trouble } = report;
  if (options.suite === OPERATIONS_SUITE) printOperations(options, report);
  else if (options.suite === MODELS_SUITE) printModels(report);
  else if (options.suite === TFJS_SUITE) printAdapter(report);
  else if (options.suite === TRAINING_SUITE) printTraining(report);
  else printConvolutions(options, report);
  const kernels = kernelTable(measurements, report.models);
  if (kernels) console.log(`\n${kernels}\n`);
  if (opened) console.log(summary(browser, opened, measurements, closed));
  const versions = Object.values(report.peers ?? {});
  if (versions.length > 0) console.log(`peers: ${versions.join(", ")}`);
  for (const message of trouble) console.error(`not right: ${message}`);
}

async function writeJson(file: string, options: Options, report: Report): Promise<void> {
  const { browser, opened, closed, measurements, rates, operations, models, adapter, hostMicroseconds, trouble } =
    report;
  const { training } = report;
  const content = {
    version: VERSION,
    date: new Date().toISOString(),
    options,
    browser,
    ...opened,
    ...closed,
    ...(report.peers && { peers: report.peers }),
    planningSeconds: planningSeconds(measurements),
    trouble,
    measurements,
    ...(rates && { rates, operations }),
    ...(models.length > 0 && { models }),
    ...(adapter.length > 0 && { tfjs: adapter, hostMicroseconds }),
    ...(training.length > 0 && { training }),
  };
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(content, null, 1)}\n`);
  console.log(`written: ${file}`);
}

/**
 * Measures and prints everything that the options ask for.
 * @param folder file names are relative to it
 * @param open opens the page, or a stand-in for one, and reports its errors to `trouble`
 * @returns whether every result was right
 */
export async function benchmark(
  options: Options,
  folder: string,
  open: (trouble: (message: string) => void) => Promise<BenchPage>,
): Promise<boolean> {
  const report: Report = {
    browser: options.browser,
    ...{ measurements: [], operations: [], models: [], adapter: [], training: [], trouble: [] },
  };
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
