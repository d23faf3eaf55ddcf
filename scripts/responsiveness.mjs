// `npm run responsiveness`: enlarges a photo on the built page "Twice as large" and clicks meanwhile. Prints how soon clicks were answered, the
// longest tasks of the page's thread, and the memory. On a software adapter kernels take the cores that the page needs: the processor time of
// a task says what the page itself costs, whatever else runs.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium } from "playwright";
import { build, preview } from "vite";
import { chromiumArgs, findChromium } from "./browsers.mjs";
import { ROOT, ensurePackages } from "./setup.mjs";

const HELP = `Usage: npm run responsiveness [-- --photo WIDTHxHEIGHT] [--gpu]

  --photo WIDTHxHEIGHT   the size of the photo, 1024x683 by default
  --gpu                  on the machine's own GPU instead of a software adapter`;

/** Milliseconds between clicks. */
const PAUSE = 120;

function optionsFrom(argv) {
  const options = { size: [1024, 683], gpu: false };
  for (let at = 0; at < argv.length; at++) {
    const [, width, height] = /^(\d+)x(\d+)$/.exec(argv[at] === "--photo" ? (argv[at + 1] ?? "") : "") ?? [];
    if (width) [options.size, at] = [[Number(width), Number(height)], at + 1];
    else if (argv[at] === "--gpu") options.gpu = true;
    else throw new Error(HELP);
  }
  return options;
}

/** In the page: notes how long each click waits for its handlers, and for the frame that follows. */
function watchClicks() {
  globalThis.waits = [];
  globalThis.frames = [];
  addEventListener("click", ({ timeStamp }) => globalThis.waits.push(performance.now() - timeStamp), true);
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "click") globalThis.frames.push(duration);
  }).observe({ type: "event", durationThreshold: 16 });
}

/** In the page: drops a photo of a size. */
async function dropPhoto([width, height]) {
  const canvas = new OffscreenCanvas(width, height);
  const photo = await createImageBitmap(await (await fetch(document.querySelector("img").src)).blob());
  canvas.getContext("2d").drawImage(photo, 0, 0, width, height);
  const files = new DataTransfer();
  files.items.add(new File([await canvas.convertToBlob()], "photo.png", { type: "image/png" }));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
}

/** The tasks of the page's own thread in a trace, in milliseconds: of the processor, and by the clock. */
function tasksOf({ traceEvents }) {
  const thread = traceEvents.find(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  return traceEvents
    .filter(({ name, ph, pid, tid }) => name === "RunTask" && ph === "X" && pid === thread.pid && tid === thread.tid)
    .map(({ dur = 0, tdur = 0 }) => ({ clock: dur / 1e3, processor: tdur / 1e3 }));
}

const round = (value) => `${Math.round(value)} ms`;
const largest = (values) => values.reduce((most, value) => Math.max(most, value), 0);
const share = (values, part) => values.toSorted((a, b) => a - b)[Math.floor(part * (values.length - 1))] ?? 0;

async function measure(browser, address, size) {
  const page = await browser.newPage();
  await page.addInitScript(watchClicks);
  await page.goto(address);
  await browser.startTracing(page, { categories: ["devtools.timeline", "disabled-by-default-devtools.timeline"] });
  await page.evaluate(dropPhoto, size);
  const { x, y } = await page.locator("h1").boundingBox();
  for (;;) {
    await page.mouse.click(x + 4, y + 4);
    await page.waitForTimeout(PAUSE);
    const ended = await page.evaluate(() => document.querySelector("#status").textContent.startsWith("Done"));
    const problem = await page.evaluate(() => document.querySelector("[role=alert]")?.textContent);
    if (problem) throw new Error(problem);
    if (ended) break;
  }
  const tasks = tasksOf(JSON.parse((await browser.stopTracing()).toString()));
  const { waits, frames } = await page.evaluate(() => ({ waits: globalThis.waits, frames: globalThis.frames }));
  const fact = (id) => page.textContent(`#fact-${id}`);
  console.log(`Photo of ${size.join(" x ")}, ${(await fact("tiles")).split(" ").at(-1)} tiles, ${await fact("time")}`);
  console.log(`GPU memory at most       ${await fact("memory")}`);
  console.log(`Clicks                   ${waits.length}`);
  console.log(
    `Click to handler         median ${round(share(waits, 0.5))}, 99 % ${round(share(waits, 0.99))}, worst ${round(largest(waits))}`,
  );
  console.log(`Click to frame, worst    ${round(largest(frames))}`);
  console.log(
    `Longest task             ${round(largest(tasks.map(({ processor }) => processor)))} of the processor, ${round(largest(tasks.map(({ clock }) => clock)))} by the clock`,
  );
}

async function main() {
  const { size, gpu } = optionsFrom(process.argv.slice(2));
  ensurePackages();
  ensurePackages(path.join(ROOT, "examples", "upscale"));
  const outDir = await mkdtemp(path.join(tmpdir(), "convoke-responsiveness-"));
  const configFile = path.join(ROOT, "site", "vite.config.ts");
  await build({ configFile, logLevel: "error", build: { outDir, emptyOutDir: true } });
  const server = await preview({ configFile, logLevel: "error", build: { outDir }, preview: { port: 0 } });
  const browser = await chromium.launch({ executablePath: findChromium() ?? undefined, args: chromiumArgs({ gpu }) });
  try {
    await measure(browser, `${server.resolvedUrls.local[0]}upscale/`, size);
  } finally {
    await browser.close();
    await server.close();
    await rm(outDir, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
