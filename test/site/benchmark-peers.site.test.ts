// Other engines on the benchmark page.
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Report } from "../../site/benchmark/rows.ts";
import { load, saved } from "./benchmark-page.ts";
import { type Site, expectAccessible, expectNoOverflow, openSite, visit } from "./site.ts";

/** SwiftShader is slow. */
const LONG = { timeout: 240_000 };

const SMALL = "benchmark/#suite=lenet5&layers=lenet5-1&algorithms=auto,direct";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

it("runs other engines on the same layer when asked, checks them and shows their times", async () => {
  const visited = await visit(site, `${SMALL}&peers=litert,jax,tfjs,onnx`);
  const { page } = visited;
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(request.url()));
  await page.getByRole("button", { name: "Find the adapter" }).click();
  await expect.poll(() => page.locator("#machine dt").count()).toBeGreaterThan(5);
  expect(loaded.filter((url) => url.includes("/peer/"))).toEqual([]);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.locator("#run-status", { hasText: "Done: 2 of 2 measured." }).waitFor(LONG);
  // Nothing comes from anywhere else.
  expect(loaded.filter((url) => !url.startsWith(site.address("")) && !url.startsWith("blob:"))).toEqual([]);
  expect(await page.locator("iframe").count()).toBe(0);

  const table = page.locator("#beside-table");
  const columns = ["Layer", "Pass", "Convoke", "LiteRT.js", "jax-js", "TensorFlow.js", "ONNX Runtime Web"];
  expect(await table.locator("thead th").allTextContents()).toEqual(columns);
  const cells = await table.locator("tbody tr td.number").allTextContents();
  expect(cells).toHaveLength(5);
  for (const cell of cells.slice(1)) expect(cell).toMatch(/^[\d.e+-]+ ×[\d.]+ (ms|µs)$/);
  expect(await page.locator("#beside-means").textContent()).toMatch(/jax-js takes [\d.e+-]+ times as long as Convoke/);
  const chart = page.getByRole("img", { name: /^Times beside other engines/ });
  await expect.poll(() => chart.textContent()).toContain("ONNX Runtime Web");
  await expectAccessible(visited);

  const report = JSON.parse(await saved(page, "Save JSON")) as Report;
  const beside = report.rows.filter(({ peers }) => peers);
  expect(beside).toHaveLength(1);
  expect(beside[0]!.callMilliseconds).toBeGreaterThan(0);
  expect(beside[0]!.peers!.map(({ name, reason }) => [name, reason])).toEqual(
    ["litert", "jax", "tfjs", "onnx"].map((name) => [name, undefined]),
  );
  await load(page, "again.json", JSON.stringify(report));
  await expect.poll(() => page.locator("#import-status").textContent()).toMatch(/^Loaded again.json: 2 rows/);
  await page.setViewportSize({ width: 360, height: 800 });
  await expectNoOverflow(visited);
  // LiteRT.js logs what it does as errors.
  expect(visited.trouble.filter((line) => !/^(?:INFO|WARNING): /.test(line))).toEqual([]);
  await page.context().close();
});

it("says why an engine has no time, and times the others", async () => {
  const visited = await visit(site, `${SMALL}&passes=backward-weights&peers=tfjs,onnx`);
  const { page } = visited;
  await page.route(/ort-wasm/, (route) => route.abort());
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.locator("#run-status", { hasText: "Done: 2 of 2 measured." }).waitFor(LONG);
  const reasons = await page.locator("#beside-table tbody td.reason").allTextContents();
  expect(reasons).toEqual([expect.stringMatching(/^it failed: .*ort-wasm/)]);
  expect(await page.locator("#beside-means").textContent()).toMatch(
    /^TensorFlow\.js takes [\d.e+-]+ times as long as Convoke \(one layer\)\.$/,
  );
  await page.context().close();
});
