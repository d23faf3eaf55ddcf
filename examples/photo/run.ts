// Node's side of `npm start`: serves the page, starts the browser, asks for one filter by one algorithm after the other, prints
// progress and the table, writes the pictures.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "playwright";
import { type Answer, ask as askWithin, jobMessage } from "../../scripts/harness/answer.ts";
import { launchBrowser } from "../../scripts/harness/browser.ts";
import { servePage } from "../../scripts/harness/server.ts";
import { FILTERS, type Filter } from "./filters.ts";
import { Progress } from "./progress.ts";
import type { Measured, Opened } from "./protocol.ts";
import { type Column, describeAdapter, formatBytes, formatNumber, formatTable } from "./table.ts";

/** A job that takes longer hangs. */
const JOB_MS = 120_000;

const ask = <T>(question: Promise<Answer<T>>): Promise<T> => askWithin(question, JOB_MS);

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

/** What has been done so far; `trouble` empty means all is well. */
interface Report {
  readonly rows: string[][];
  readonly pictures: string[];
  readonly trouble: string[];
}

/** What every job needs. */
interface Work {
  readonly page: Page;
  readonly root: string;
  readonly algorithms: readonly string[];
  readonly progress: Progress;
  readonly report: Report;
}

function pictureFile(root: string, filter: Filter): string {
  return path.join(root, "out", `${filter.name}.png`);
}

function measuredRow(filter: Filter, algorithm: string, result: Measured): string[] {
  const { ms, gflops, workspaceBytes, multiple, ok } = result;
  const numbers = [formatNumber(ms), formatNumber(gflops), formatBytes(workspaceBytes), formatNumber(multiple)];
  return [filter.title, algorithm, ...numbers, ok ? "yes" : "NO"];
}

/** One filter by every algorithm that serves it, and its picture. */
async function runFilter(index: number, { page, root, algorithms, progress, report }: Work): Promise<void> {
  const filter = FILTERS[index]!;
  progress.step(`${filter.title}: CPU reference`);
  await ask(page.evaluate((at) => window.showcase.prepare(at), index));
  let served = 0;
  for (const algorithm of algorithms) {
    progress.step(`${filter.title}: ${algorithm}`);
    try {
      const result = await ask(page.evaluate((name) => window.showcase.run(name), algorithm));
      if ("refused" in result) continue;
      served++;
      report.rows.push(measuredRow(filter, algorithm, result));
      if (!result.ok) report.trouble.push(`${filter.title} by ${algorithm}: the error is over its bound`);
    } catch (error) {
      report.trouble.push(`${filter.title} by ${algorithm}: ${jobMessage(error)}`);
      report.rows.push([filter.title, algorithm, "-", "-", "-", "-", "NO"]);
    }
  }
  if (served === 0) report.trouble.push(`${filter.title}: no algorithm served it`);
  const png = await ask(page.evaluate(() => window.showcase.picture()));
  if (png === null) return;
  const file = pictureFile(root, filter);
  await writeFile(file, Buffer.from(png, "base64"));
  report.pictures.push(path.relative(root, file));
}

function describePhoto(file: string, { width, height, shrunkFrom }: Opened): string {
  const from = shrunkFrom ? `, shrunk from ${shrunkFrom.join("x")}: the CPU reference takes its time` : "";
  return `${file} (${width}x${height}${from})`;
}

async function convolve(page: Page, settings: Settings, report: Report): Promise<void> {
  const { root, photo } = settings;
  const opened = await ask(page.evaluate(() => window.showcase.open()));
  console.log(`photo:   ${describePhoto(photo, opened)}`);
  console.log(`adapter: ${describeAdapter(opened.adapter)}`);
  const { algorithms } = opened;
  const progress = new Progress(FILTERS.length * (1 + algorithms.length));
  await mkdir(path.join(root, "out"), { recursive: true });
  // A picture of an earlier run would pass for one of this run's.
  for (const filter of FILTERS) await rm(pictureFile(root, filter), { force: true });
  for (let index = 0; index < FILTERS.length; index++) {
    try {
      await runFilter(index, { page, root, algorithms, progress, report });
    } catch (error) {
      report.trouble.push(`${FILTERS[index]!.title}: ${jobMessage(error)}`);
    }
  }
  progress.end();
  report.trouble.push(...(await ask(page.evaluate(() => window.showcase.close()))));
}

/** The whole showcase. Returns whether every result was right. */
export async function main(settings: Settings): Promise<boolean> {
  const start = performance.now();
  const report: Report = { rows: [], pictures: [], trouble: [] };
  const server = await servePage(settings.root, "showcase/index.html", await readFile(settings.photo));
  try {
    const browser = await launchBrowser(settings.chromium, server.blank);
    try {
      console.log(`browser: ${settings.chromium} (${browser.version()})`);
      const page = await browser.newPage();
      page.on("pageerror", (error) => report.trouble.push(`error in the page: ${error.message}`));
      page.on("crash", () => report.trouble.push("the page crashed"));
      await page.goto(server.address);
      await page.waitForFunction(() => "showcase" in window);
      await convolve(page, settings, report);
    } catch (error) {
      report.trouble.push(error instanceof Error ? error.message : String(error));
    } finally {
      await browser.close();
    }
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
