// The panels of the benchmark page beside its table: how fast the machine is, and whole networks.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { load, saved } from "./benchmark-page.ts";
import { type Site, expectAccessible, expectNoOverflow, openSite, visit } from "./site.ts";

/** SwiftShader is slow. */
const LONG = { timeout: 120_000 };

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it("answers how fast this machine is in a limited time, and shares the answer", async () => {
  const visited = await visit(site, "benchmark/#result=bm90aGluZw");
  const { page } = visited;
  const panel = page.locator("#score");
  expect(await panel.getByRole("alert").textContent()).toMatch(/^The link carries no result that can be shown: /);
  // Nothing new begins after a second: one row or a few, however slow this machine is.
  await panel.evaluate((section) => (section.dataset["seconds"] = "1"));
  await page.getByRole("button", { name: "Measure this machine" }).click();
  await expect.poll(() => page.locator("#score-status").textContent(), LONG).toMatch(/: [1-9]\d* of 16 measured\.$/);
  expect(await panel.getByRole("alert").count()).toBe(0);
  const score = async (): Promise<string | null> => panel.locator(".score-value").textContent();
  expect(await score()).toMatch(/^[\d.e-]+ ×as fast as two CPU cores .*, by \d of 8 layers$/);
  const own = await score();
  const first = panel.locator(".bars li").first();
  expect(await first.textContent()).toMatch(/^3x3, 64 channels.*[\d.]+ GFLOP\/s.* ms on \d+ x \d+/);
  await expect.poll(() => page.locator("#score-machines li").count()).toBeGreaterThanOrEqual(3);
  await expectAccessible(visited);

  // A picture that is not blank.
  const [card] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save a card as PNG" }).click(),
  ]);
  expect(card.suggestedFilename()).toBe("convoke-score.png");
  const colours = await page.evaluate(
    async (coded) => {
      const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${coded}`)).blob());
      const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d")!;
      context.drawImage(picture, 0, 0);
      const { data } = context.getImageData(0, 0, picture.width, picture.height);
      return { size: [picture.width, picture.height], count: new Set(new Uint32Array(data.buffer)).size };
    },
    (await readFile(await card.path())).toString("base64"),
  );
  expect(colours.size).toEqual([1200, 630]);
  expect(colours.count).toBeGreaterThan(10);

  // The file is one that this page loads, beside a machine of the repository.
  const json = await saved(page, "Save the result as JSON");
  await load(page, "score.json", json);
  await expect.poll(() => page.locator("#import-status").textContent()).toMatch(/^Loaded score.json: [1-9]/);
  await page.getByLabel(/machine of this repository/).selectOption({ index: 1 });
  await expect.poll(() => page.locator("#comparison-table tbody tr").count()).toBeGreaterThan(10);

  // The link alone brings the result back.
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.getByRole("button", { name: "Copy a link to this result" }).click();
  await expect.poll(() => page.locator("#score-told").textContent()).toBe("Copied.");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  await page.waitForLoadState("networkidle");
  await page.reload();
  await expect.poll(score).toBe(own);
  expect(await page.locator("#score-status").textContent()).toContain("The result that the link carries");
  await page.setViewportSize({ width: 360, height: 800 });
  await expectNoOverflow(visited);
  expect(visited.trouble).toEqual([]);
  await page.context().close();
});

it("times whole networks until it is stopped, and shows those of other engines", async () => {
  const visited = await visit(site, "benchmark/", { width: 360 });
  const { page } = visited;
  await page.getByRole("button", { name: "Time the networks" }).click();
  const told = page.locator("#models-status");
  await expect.poll(() => told.textContent()).toContain("timing Super-resolution");
  expect(await page.getByRole("button", { name: "Measure this machine" }).isEnabled()).toBe(false);
  await page.locator("#models-stop").click();
  await expect.poll(() => told.textContent(), LONG).toBe("Stopped.");
  await page.getByText("Beside TensorFlow.js and ONNX Runtime Web").click();
  const rows = page.locator("#models-peers tbody tr");
  await expect.poll(() => rows.count()).toBeGreaterThan(10);
  expect(await rows.first().textContent()).toMatch(/^default-modelConvoke, WebGPU[\d.]+ ms[\d.]+ s[\d.]+ MiB$/);
  await expectNoOverflow(visited);
  await expectAccessible(visited);
  expect(visited.trouble).toEqual([]);
  await page.context().close();
});
