// Node's side of `npm start`: serves the page, starts the browser, requests one filter and algorithm after the other, prints progress and the
// table, and writes the pictures.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describeAdapter } from "../../scripts/harness/adapter.ts";
import { type Page, jobMessage } from "../../scripts/harness/answer.ts";
import { openPage } from "../../scripts/harness/browser.ts";
import { Progress } from "../../scripts/harness/progress.ts";
import { servePage } from "../../scripts/harness/server.ts";
import { type Column, formatBytes, formatNumber, formatTable } from "../../scripts/harness/table.ts";
import { FILTERS, type Filter } from "./filters.ts";
import type { Measured, Opened, PhotoPage } from "./protocol.ts";

/** Milliseconds after which a job is considered stuck. */
const JOB_MS = 120_000;

const COLUMNS: readonly Column[] = [
  { title: "filter", align: "left" },
  { title: "algorithm", align: "left" },
  { title: "ms", align: "right" },
  { title: "GFLOP/s", align: "right" },
  { title: "workspace", align: "right" },
  { title: "error/bound", align: "right" },
  { title: "ok", align: "left" },
];

export interface Settings {
  /** The project's folder; pictures go to out/ in it. */
  readonly root: string;
  readonly photo: string;
  readonly chromium: string;
}

/** The outcome so far; `trouble` lists the problems. */
interface Report {
  readonly rows: string[][];
  readonly pictures: string[];
  readonly trouble: string[];
}

/** The context of every job. */
interface Work {
  readonly page: Page<PhotoPage>;
  readonly root: string;
  readonly algorithms: readonly string[];
  readonly progress: Progress;
  readonly report: Report;
}

function pictureFile(root: string, filter: Filter): string {
  return path.join(root, "out", `${filter.name}.png`);
}

const upscaledFile = (root: string): string => path.join(root, "out", "twice-as-large.png");

function measuredRow(filter: Filter, algorithm: string, result: Measured): string[] {
  const { ms, gflops, workspaceBytes, multiple, ok } = result;
  const numbers = [formatNumber(ms), formatNumber(gflops), formatBytes(workspaceBytes), formatNumber(multiple)];
  return [filter.title, algorithm, ...numbers, ok ? "yes" : "NO"];
}

/** Runs one filter by every algorithm that supports it, and writes its picture. */
async function runFilter(index: number, { page, root, algorithms, progress, report }: Work): Promise<void> {
  const filter = FILTERS[index]!;
  progress.step(`${filter.title}: CPU reference`);
  await page.ask("prepare", index);
  let supported = 0;
  for (const algorithm of algorithms) {
    progress.step(`${filter.title}: ${algorithm}`);
    try {
      const result = await page.ask("run", algorithm);
      if ("refused" in result) continue;
      supported++;
      report.rows.push(measuredRow(filter, algorithm, result));
      if (!result.ok) report.trouble.push(`${filter.title} by ${algorithm}: the error is over its bound`);
    } catch (error) {
      report.trouble.push(`${filter.title} by ${algorithm}: ${jobMessage(error)}`);
      report.rows.push([filter.title, algorithm, "-", "-", "-", "-", "NO"]);
    }
  }
  if (supported === 0) report.trouble.push(`${filter.title}: no algorithm supports it`);
  const png = await page.ask("picture");
  if (png === null) return;
  await writePicture(pictureFile(root, filter), png, root, report);
}

async function writePicture(file: string, png: string, root: string, { pictures }: Report): Promise<void> {
  await writeFile(file, Buffer.from(png, "base64"));
  pictures.push(path.relative(root, file));
}

function describePhoto(file: string, { width, height, shrunkFrom }: Opened): string {
  const from = shrunkFrom ? `, shrunk from ${shrunkFrom.join("x")}: the CPU reference takes its time` : "";
  return `${file} (${width}x${height}${from})`;
}

async function convolve(page: Page<PhotoPage>, settings: Settings, report: Report): Promise<void> {
  const { root, photo } = settings;
  const opened = await page.ask("open");
  console.log(`photo:   ${describePhoto(photo, opened)}`);
  console.log(`adapter: ${describeAdapter(opened.adapter)}`);
  const { algorithms } = opened;
  const progress = new Progress(FILTERS.length * (1 + algorithms.length) + 1);
  await mkdir(path.join(root, "out"), { recursive: true });
  // Otherwise pictures of an earlier run would seem to be of this one.
  for (const file of [...FILTERS.map((filter) => pictureFile(root, filter)), upscaledFile(root)])
    await rm(file, { force: true });
  for (let index = 0; index < FILTERS.length; index++) {
    try {
      await runFilter(index, { page, root, algorithms, progress, report });
    } catch (error) {
      report.trouble.push(`${FILTERS[index]!.title}: ${jobMessage(error)}`);
    }
  }
  progress.step("twice as large, by a neural network");
  try {
    await writePicture(upscaledFile(root), await page.ask("upscale"), root, report);
  } catch (error) {
    report.trouble.push(`twice as large: ${jobMessage(error)}`);
  }
  progress.end();
  report.trouble.push(...(await page.ask("close")));
}

/** Runs the example. Returns whether every result was right. */
export async function main(settings: Settings): Promise<boolean> {
  const { root, photo, chromium } = settings;
  const start = performance.now();
  const report: Report = { rows: [], pictures: [], trouble: [] };
  const file = { path: "/photo", type: "application/octet-stream", body: await readFile(photo) };
  const server = await servePage(root, "examples/photo/index.html", [file]);
  try {
    const page = await openPage<PhotoPage>(server.address, {
      ...{ browser: "chromium", gpu: "prefer", chromium, name: "photo", limit: JOB_MS },
      trouble: (message) => report.trouble.push(message),
    });
    try {
      console.log(`browser: ${page.browser} (${chromium})`);
      await convolve(page, settings, report);
    } finally {
      await page.close();
    }
  } catch (error) {
    report.trouble.push(error instanceof Error ? error.message : String(error));
  } finally {
    await server.close();
  }
  if (report.rows.length > 0) console.log(`\n${formatTable(COLUMNS, report.rows)}\n`);
  if (report.pictures.length > 0) console.log(`pictures: ${report.pictures.join(", ")}`);
  for (const message of report.trouble) console.error(`not right: ${message}`);
  console.log(
    `${report.trouble.length === 0 ? "all ok" : "NOT OK"}, ${((performance.now() - start) / 1000).toFixed(0)} s`,
  );
  return report.trouble.length === 0;
}
