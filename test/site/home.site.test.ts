// What all pages have in common, tested on the first one.
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Site, expectAccessible, expectNoOverflow, openSite, visit } from "./site.ts";

const PAGES = ["", "upscale/", "benchmark/", "playground/", "how-it-works/", "networks/"];

/** The most compressed bytes that a page may load before any interaction. */
const MOST_BYTES = 300_000;

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

/** The first page computes as soon as it is there: a software adapter takes all cores. */
const BUSY = { timeout: 20_000 };

const WIDTHS = [360, 1440];

describe.each(PAGES.map((name, at) => [name, at] as const))("page %j", (name, at) => {
  // A theme changes no width: each theme has one of the widths, in turn from page to page.
  it("fits narrow and wide windows, is accessible in both themes, and logs no errors", async () => {
    for (const [turn, theme] of (["light", "dark"] as const).entries()) {
      const visited = await visit(site, name, { width: WIDTHS[(at + turn) % 2]!, theme });
      await expectNoOverflow(visited);
      await expectAccessible(visited);
      expect(visited.trouble).toEqual([]);
      await visited.page.context().close();
    }
  });

  it("loads little and starts no work by itself, but for the first page", async () => {
    const context = await site.browser.newContext();
    const page = await context.newPage();
    let bytes = 0;
    const bodies: Promise<void>[] = [];
    page.on("response", (response) => {
      bodies.push(
        response.body().then(
          (body) => void (bytes += gzipSync(body).length),
          () => undefined,
        ),
      );
    });
    await page.addInitScript(() => {
      const request = navigator.gpu.requestAdapter.bind(navigator.gpu);
      navigator.gpu.requestAdapter = (options) => {
        document.documentElement.dataset["asked"] = "yes";
        return request(options);
      };
    });
    await page.goto(site.address(name), { waitUntil: "networkidle" });
    await Promise.all(bodies);
    expect(bytes).toBeLessThan(MOST_BYTES);
    expect(await page.locator("html").getAttribute("data-asked")).toBe(name === "" ? "yes" : null);
    await context.close();
  });

  it("says what to do without WebGPU, or needs none", async () => {
    const visited = await visit(site, name, { webgpu: false });
    expect(visited.trouble).toEqual([]);
    await visited.page.context().close();
  });

  it("lets visitors choose the theme, and remembers it", async () => {
    const { page } = await visit(site, name, { theme: "light" });
    const paper = (): Promise<string> =>
      page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await paper();
    const button = page.getByRole("button", { name: /^Theme/ });
    await button.click();
    await expect.poll(() => button.getAttribute("aria-label"), BUSY).toBe("Theme: light");
    expect(await paper()).toBe(light);
    await button.focus();
    await page.keyboard.press("Enter");
    await expect.poll(paper, BUSY).not.toBe(light);
    const dark = await paper();
    await page.reload();
    await expect.poll(paper, BUSY).toBe(dark);
    await page.context().close();
  });
});

it("shows at once what the visitor's GPU computes", async () => {
  const visited = await visit(site, "", { width: 360 });
  const { page } = visited;
  await page.locator("#live[data-state=computed]").waitFor({ timeout: 60_000 });
  expect(await page.locator("#live-told").textContent()).toMatch(
    /^Embossed by one 3x3 .* [\d.]+ s after the page asked/,
  );
  const worst = await page.evaluate(() => {
    const pixelsOf = (source: HTMLImageElement | HTMLCanvasElement): Uint8ClampedArray => {
      const context = new OffscreenCanvas(450, 300).getContext("2d")!;
      context.drawImage(source, 0, 0);
      return context.getImageData(0, 0, 450, 300).data;
    };
    const photo = pixelsOf(document.querySelector<HTMLImageElement>("#live img")!);
    const drawn = pixelsOf(document.querySelector<HTMLCanvasElement>("#live-canvas")!);
    let most = 0;
    for (const [x, y] of [
      [20, 30],
      [225, 150],
      [430, 280],
      [300, 90],
    ] as const) {
      const at = (dx: number, dy: number): number => photo[4 * ((y + dy) * 450 + x + dx)]!;
      const sum = -2 * at(-1, -1) - at(0, -1) - at(-1, 0) + at(0, 0) + at(1, 0) + at(0, 1) + 2 * at(1, 1);
      most = Math.max(most, Math.abs(Math.min(255, Math.max(0, sum)) - drawn[4 * (y * 450 + x)]!));
    }
    return most;
  });
  expect(worst).toBeLessThanOrEqual(1);
  expect(visited.trouble).toEqual([]);
  await page.context().close();
});

it("leads from page to page", async () => {
  const { page, trouble } = await visit(site, "");
  for (const name of ["Benchmark", "Playground", "How it works", "Networks"]) {
    await page.getByRole("navigation").getByRole("link", { name }).click();
    await expect.poll(() => page.getByRole("heading", { level: 1 }).textContent()).toContain(name);
    expect(await page.locator("[aria-current=page]").textContent()).toContain(name);
  }
  expect(trouble).toEqual([]);
  await page.context().close();
});
