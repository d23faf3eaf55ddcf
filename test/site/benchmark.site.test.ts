// The benchmark page as a visitor uses it.
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Report } from "../../site/benchmark/rows.ts";
import { load, saved } from "./benchmark-page.ts";
import { type Site, type Visited, expectAccessible, expectNoOverflow, openSite, visit } from "./site.ts";

/** SwiftShader is slow. */
const LONG = { timeout: 120_000 };

const SMALL = "benchmark/#suite=layers&layers=L8,L14&passes=own&algorithms=direct,depthwise,implicit-gemm";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const status = (page: Page): Promise<string | null> => page.locator("#run-status").textContent();

const run = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Run", exact: true }).click();
};

/** The cells of the results table, row by row. */
const cells = (page: Page): Promise<string[][]> =>
  page
    .locator("#rows tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText)));

describe("two layers by three algorithms", () => {
  let visited: Visited;
  let report: Report;
  beforeAll(async () => {
    visited = await visit(site, SMALL);
    await run(visited.page);
    await visited.page.locator("#run-status", { hasText: "Done: 6 of 6 measured." }).waitFor(LONG);
  });
  afterAll(() => visited.page.context().close());

  it("give rows with plausible numbers, and a reason for each refusal", async () => {
    const { page } = visited;
    const rows = await cells(page);
    expect(rows).toHaveLength(6);
    const refused = rows.filter((row) => row[3]?.startsWith("refused"));
    expect(refused).toHaveLength(1);
    expect(refused[0]![0]).toContain("L14");
    expect(refused[0]![2]).toBe("depthwise");
    expect(refused[0]![3]!.length).toBeGreaterThan(20);
    for (const row of rows.filter((one) => one !== refused[0])) {
      const [, pass, , timing, speeds, , first, check] = row.map((cell) => cell.split("\n"));
      expect(pass).toEqual(["forward", "f32, channels-first"]);
      const [time, spread] = timing!;
      expect(time).toMatch(/^[\d.]+ (ms|µs)$/);
      const [, half, doubt] = /^± ([\d.e-]+) %(, uncertain)?$/.exec(spread!)!;
      expect(doubt !== undefined).toBe(2 * Number(half) > 15);
      const milliseconds = Number.parseFloat(time!) / (time!.endsWith("µs") ? 1000 : 1);
      expect(milliseconds).toBeGreaterThan(0);
      const [speed, share] = speeds!.map((text) => Number.parseFloat(text));
      // L8 is 2 x 144 x 9 x 56 x 56 operations, L14 2 x 128 x 4 x 9 x 28 x 28.
      const flops = row[0]!.startsWith("L8") ? 8_128_512 : 7_225_344;
      expect(speed! / (flops / milliseconds / 1e6)).toBeCloseTo(1, 1);
      expect(share).toBeGreaterThan(0);
      expect(first![0]).toMatch(/ (ms|µs)$/);
      const [off, bound] = check!.map((text) => Number(text.replace("of ", ""))) as [number, number];
      expect(off).toBeGreaterThan(0);
      expect(off).toBeLessThan(bound);
      expect(bound).toBeLessThan(1e-2);
    }
    expect(await page.locator("#roof").textContent()).toMatch(/[\d.]+ GFLOP\/s of fused multiply-adds, [\d.]+ GB\/s/);
    expect(await page.locator("#machine").textContent()).toMatch(/SwiftShader|swiftshader|Adapter/);
    expect(await page.getByRole("button", { name: "Find the adapter" }).isVisible()).toBe(false);
  });

  it("are drawn in labelled charts, and redrawn when the theme changes", async () => {
    const { page } = visited;
    const roofline = page.getByRole("img", { name: /^Roofline/ });
    await expect.poll(() => roofline.count()).toBe(1);
    expect(await roofline.getAttribute("aria-label")).toMatch(
      /The roof is [\d.e+]+ GFLOP\/s .* of 5 results is L(8|14) by/,
    );
    expect(await roofline.textContent()).toContain("arithmetic intensity (FLOP per byte)");
    expect(await roofline.textContent()).toContain("speed (GFLOP/s)");
    const errors = page.getByRole("img", { name: /^Error by algorithm/ });
    expect(await errors.textContent()).toContain("largest error / bound (no unit)");
    expect(await errors.textContent()).toContain("implicit-gemm");
    // The table has the same numbers.
    const figure = page.locator("figure.chart", { has: page.getByRole("heading", { name: /^Roofline/ }) });
    await figure.getByText("The numbers of this chart").click();
    expect(await figure.locator("tbody tr").count()).toBe(5);

    const colours = (): Promise<(string | null)[]> =>
      roofline.locator("g[data-mark=dot] path").evaluateAll((dots) => dots.map((dot) => dot.getAttribute("stroke")));
    const light = await colours();
    expect(light).toHaveLength(5);
    const button = page.getByRole("button", { name: /^Theme/ });
    await button.click();
    await button.click();
    await expect.poll(colours).not.toEqual(light);
    await expectAccessible(visited);
    await button.click();
    await expect.poll(colours).toEqual(light);
  });

  it("are saved as JSON and CSV", async () => {
    const { page } = visited;
    report = JSON.parse(await saved(page, "Save JSON")) as Report;
    expect(report.format).toBe("convoke-benchmark");
    expect(report.rows.map(({ layer, algorithm }) => `${layer} ${algorithm}`)).toEqual([
      "L8 depthwise",
      "L8 direct",
      "L8 implicit-gemm",
      "L14 depthwise",
      "L14 direct",
      "L14 implicit-gemm",
    ]);
    expect(report.rows[0]!.samples).toHaveLength(5);
    expect(report.roofline!.flopsPerSecond).toBeGreaterThan(1e6);
    expect(report.machine.limits["maxBufferSize"]).toBeGreaterThan(0);
    const csv = await saved(page, "Save CSV");
    expect(csv.trimEnd().split("\r\n")).toHaveLength(1 + report.rows.length);
  });

  it("are compared with those of another machine", async () => {
    const { page } = visited;
    const other = {
      ...report,
      machine: { ...report.machine, adapter: "<b>another</b> adapter" },
      rows: report.rows.map((row) => ({
        ...row,
        ...(row.milliseconds !== undefined && { milliseconds: 2 * row.milliseconds }),
        ...(row.algorithm === "implicit-gemm" &&
          row.layer === "L14" && { check: { error: 1, bound: 0.5, against: "reference" } }),
        ...(row.layer === "L8" &&
          row.algorithm === "direct" && { peers: [{ name: "another engine", milliseconds: 5 }] }),
      })),
    };
    await load(page, "other.json", JSON.stringify(other));
    const table = page.locator("#comparison-table");
    await expect.poll(() => table.locator("tbody tr").count()).toBe(6);
    const rows = await table
      .locator("tbody tr")
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
    expect(rows.map((row) => row[5])).toEqual(["2 ×", "2 ×", "2 ×", "–", "2 ×", "–"]);
    expect(rows[3]!.slice(3, 5)).toEqual(["refused", "refused"]);
    expect(rows[5]![4]).toBe("wrong");
    expect(await page.locator("#comparison-verdict").textContent()).toBe(
      "4 times in common. other.json takes 2 times as long as here, as a geometric mean.",
    );
    expect(await page.locator("#comparison").textContent()).toContain("<b>another</b> adapter");
    const peers = page.getByRole("img", { name: /^Times beside other engines, from the file/ });
    await expect.poll(() => peers.textContent()).toContain("another engine");
    await expectAccessible(visited);
    await page.setViewportSize({ width: 360, height: 800 });
    await expectNoOverflow(visited);
    await page.setViewportSize({ width: 1440, height: 900 });
  });

  it("are not compared with a broken file, which is refused with a reason", async () => {
    const { page } = visited;
    const told = page.locator("#import-status");
    await load(page, "broken.json", '{"format": "convoke-benchmark"');
    await expect.poll(() => told.textContent()).toMatch(/^broken.json was not loaded: this is not JSON/);
    await load(page, "wrong.json", JSON.stringify({ ...report, rows: [{ ...report.rows[0], milliseconds: -1 }] }));
    await expect
      .poll(() => told.textContent())
      .toBe("wrong.json was not loaded: rows[0].milliseconds: got -1, expected a number above 0");
    expect(await page.locator("#comparison-table tbody tr").count()).toBe(6);
    await page.getByRole("button", { name: "Forget the loaded files" }).click();
    expect(await page.locator("#comparison-table").count()).toBe(0);
    expect(visited.trouble).toEqual([]);
  });
});

it("keeps its results when it is stopped halfway, by keyboard alone", async () => {
  const visited = await visit(site, "benchmark/#layers=none&algorithms=direct,implicit-gemm");
  const { page } = visited;
  const tabTo = async (selector: string): Promise<void> => {
    for (let turn = 0; turn < 80; turn++) {
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`${selector} cannot be reached by keyboard`);
  };
  expect(await page.locator("#count").textContent()).toMatch(/^Nothing to measure/);
  await tabTo("#layers-all");
  await page.keyboard.press("Enter");
  expect(await page.locator("#count").textContent()).toBe("44 measurements");
  await tabTo("#layers-none");
  await page.keyboard.press("Enter");
  for (const layer of ["L8", "L11s", "L14"]) {
    await tabTo(`input[value="${layer}"]`);
    await page.keyboard.press("Space");
  }
  expect(await page.locator("#count").textContent()).toBe("6 measurements");
  await tabTo("#run");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("stop");
  await expect.poll(() => page.locator("#rows tr").count(), LONG).toBeGreaterThanOrEqual(2);
  expect(await page.locator("#now").textContent()).toMatch(/of 6: L/);
  await page.keyboard.press("Enter");
  await expect.poll(() => status(page)).toMatch(/^Stopped: [2-5] of 6 measured, which are kept\.$/);
  const kept = await page.locator("#rows tr").count();
  expect(await status(page)).toContain(`Stopped: ${kept} of 6`);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("run");
  expect(await page.getByRole("button", { name: "Save JSON" }).isEnabled()).toBe(true);
  expect(visited.trouble).toEqual([]);
  await page.context().close();
});

it("restores a selection from a link, and keeps it in the address", async () => {
  const hash =
    "#suite=alexnet&layers=alexnet-2,alexnet-3&passes=forward,backward-data&algorithms=auto,fft&dtypes=f32,f16&layouts=channels-last&batch=4";
  const visited = await visit(site, `benchmark/${hash}`);
  const { page } = visited;
  expect(await page.getByLabel("Suite", { exact: true }).inputValue()).toBe("alexnet");
  expect(await page.getByLabel("Batch").inputValue()).toBe("4");
  const checked = (): Promise<string[]> =>
    page
      .locator("#selection input:checked")
      .evaluateAll((boxes) => boxes.map((box) => (box as HTMLInputElement).value));
  expect(await checked()).toEqual([
    ...["alexnet-2", "alexnet-3", "auto", "fft", "forward", "backward-data", "f32", "f16", "channels-last"],
  ]);
  expect(await page.locator("#count").textContent()).toBe("16 measurements");
  await page.getByRole("checkbox", { name: "channels-first" }).check();
  expect(new URL(page.url()).hash).toBe(hash.replace("layouts=", "layouts=channels-first,"));
  // The icon of the first visit may still be loading.
  await page.waitForLoadState("networkidle");
  await page.reload();
  expect(await checked()).toContain("channels-first");

  // Half precision is only offered if the device has it.
  await page.getByRole("button", { name: "Find the adapter" }).click();
  await expect.poll(() => page.locator("#machine dt").count()).toBeGreaterThan(5);
  const half = page.getByRole("checkbox", { name: "f16" });
  const has = (await page.locator("#machine").textContent())!.includes("the device has shader-f16");
  expect(await half.isEnabled()).toBe(has);
  expect(await page.locator("#halves").textContent()).toContain(has ? "computes with f16" : "does not have");
  expect(await page.locator("#count").textContent()).toBe(has ? "32 measurements" : "16 measurements");

  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy link" }).click();
  await expect.poll(() => page.locator("#link-status").textContent()).toBe("Copied.");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  expect(visited.trouble).toEqual([]);
  await page.context().close();
});

it("marks a wrong result as wrong, without a time", async () => {
  const visited = await visit(site, "benchmark/#suite=layers&layers=L14&algorithms=direct");
  const { page } = visited;
  // Changes one number of those read back, as a broken kernel would.
  await page.evaluate(() => {
    const proto = GPUBuffer.prototype;
    const range = Reflect.get(proto, "getMappedRange");
    proto.getMappedRange = function getMappedRange(this: GPUBuffer) {
      const mapped = range.call(this);
      if (this.label === "convoke read") new Float32Array(mapped)[1234]! += 0.25;
      return mapped;
    };
  });
  await run(page);
  await expect.poll(() => status(page), LONG).toBe("Done: 1 of 1 measured.");
  const [row] = await cells(page);
  expect(row![3]).toBe("wrong: it is further off than rounding explains");
  const [off, bound] = row!
    .at(-1)!
    .split("\n")
    .map((text) => Number(text.replace("of ", "")));
  expect(off).toBeCloseTo(0.25, 3);
  expect(bound).toBeLessThan(0.01);
  expect(row!.join(" ")).not.toContain("GFLOP");
  const report = JSON.parse(await saved(page, "Save JSON")) as Report;
  expect(report.rows[0]!.milliseconds).toBeUndefined();
  expect(await page.getByRole("img", { name: /^Roofline/ }).count()).toBe(0);
  expect(visited.trouble).toEqual([]);
  await page.context().close();
});

it("sweeps over kernel sizes, and stops on request", async () => {
  const visited = await visit(site, "benchmark/");
  const { page } = visited;
  await page.getByLabel("Size of the convolutions").selectOption("small");
  const sweep = page.locator("#sweep-kernel");
  await sweep.getByRole("button", { name: /^Start/ }).click();
  await expect.poll(() => sweep.locator("tbody tr").count(), LONG).toBeGreaterThanOrEqual(5);
  expect(await page.getByRole("button", { name: "Run", exact: true }).isEnabled()).toBe(false);
  await sweep.getByRole("button", { name: /^Stop/ }).click();
  await expect.poll(() => sweep.getByRole("status").textContent()).toMatch(/^Stopped: \d+ of 24 points measured\.$/);
  const chart = sweep.getByRole("img");
  await expect.poll(() => chart.textContent()).toContain("kernel size (cells along each side)");
  expect(await chart.textContent()).toContain("time of one run (ms)");
  expect(await chart.getAttribute("aria-label")).toMatch(
    /^Time by algorithm over kernel size\. At \d+ the fastest so far is/,
  );
  for (const cell of await sweep.locator("tbody tr td:nth-child(3)").allTextContents())
    expect(Number(cell)).toBeGreaterThan(0);
  expect(await page.getByRole("button", { name: "Run", exact: true }).isEnabled()).toBe(true);
  expect(visited.trouble).toEqual([]);
  await page.context().close();
});

it("says what to do without WebGPU, and still compares files", async () => {
  const visited = await visit(site, "benchmark/", { webgpu: false });
  const { page } = visited;
  await run(page);
  await expect.poll(() => page.locator("#run-problem").textContent()).toContain("This browser offers no WebGPU here.");
  expect(await page.getByRole("button", { name: "Run", exact: true }).isEnabled()).toBe(true);
  const report: Report = {
    ...{ format: "convoke-benchmark", version: 1, made: "2026-01-02T03:04:05.000Z" },
    machine: { adapter: "one", browser: "b", features: [], limits: {} },
    rows: [
      {
        ...{ suite: "layers", layer: "L1", what: "3x3", pass: "forward", dtype: "f32", layout: "channels-first" },
        ...{ batch: 1, algorithm: "direct", flops: 1e6, bytes: 1e6, milliseconds: 3, samples: [3] },
      },
    ],
  };
  await load(page, "one.json", JSON.stringify(report));
  await expect.poll(() => page.locator("#comparison").textContent()).toContain("one.json: one, b, 1 rows.");
  // A file may also be dropped.
  const second = JSON.stringify({ ...report, rows: [{ ...report.rows[0], milliseconds: 1.5 }] });
  const dataTransfer = await page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], "two.json", { type: "application/json" }));
    return transfer;
  }, second);
  await page.dispatchEvent("#exchange", "drop", { dataTransfer });
  await expect.poll(() => page.locator("#comparison-table tbody").textContent()).toContain("0.5 ×");
  expect(visited.trouble).toEqual([]);
  await page.context().close();
});
