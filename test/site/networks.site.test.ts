// The networks page, as a visitor uses it.
import type { Locator, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Site, expectAccessible, expectNoOverflow, openSite, visit } from "./site.ts";

const PAGE = "networks/";
const WAIT = { timeout: 60_000, interval: 100 };

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const tile = (page: Page, name: string): Promise<string | null> =>
  page.locator(".tile", { hasText: name }).locator(".tile-value").textContent();

const text = (locator: Locator): Promise<string | null> => locator.textContent();

/** Counts the different values on the canvas. */
const shades = (canvas: Locator): Promise<number> =>
  canvas.evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext("2d")!.getImageData(0, 0, element.width, element.height);
    return new Set(data).size;
  });

describe("without a GPU", () => {
  it("shows the work of a network, layer by layer", async () => {
    const visited = await visit(site, `${PAGE}#network=vgg16`, { webgpu: false });
    const { page } = visited;
    expect(await tile(page, "Convolutions")).toBe("13");
    expect(await tile(page, "Multiply-adds")).toBe("15.3 G");
    expect(await tile(page, "Parameters")).toBe("14.7 M");
    expect(await tile(page, "Receptive field")).toBe("196 × 196");
    const rows = page.locator(".layers tbody tr");
    expect(await rows.count()).toBe(13 + 5);
    const cells = (row: number): Promise<string[]> => rows.nth(row).locator("th, td").allTextContents();
    expect((await cells(0)).map((cell) => cell.trim())).toEqual([
      "1",
      "conv1_1",
      "Dense",
      "3×3",
      "1",
      "1",
      "64 × 224×224",
      "86,704,128",
      "86.7 M",
      "0.6 %",
      "1,728",
      "1.73 k",
      "< 0.1 %",
      "3",
      "1",
    ]);
    expect((await cells(17)).slice(-2)).toEqual(["212", "32"]);
    expect(await page.locator(".layers tfoot").textContent()).toContain("15,346,630,656");
    expect(await page.locator(".layers tfoot").textContent()).toContain("14,710,464");
    expect(await page.getByRole("img", { name: /VGG-16: the maps/ }).count()).toBe(1);
    expect(await page.locator("#left-out").textContent()).toContain("123,633,664");
    expect(visited.trouble).toEqual([]);
    await page.context().close();
  });

  it("distinguishes the kinds of layers", async () => {
    const { page, trouble } = await visit(site, `${PAGE}#network=mobilenet-v1`, { webgpu: false });
    const legend = page.getByRole("region", { name: "Totals by kind of layer" });
    const row = (name: string): Promise<string[]> =>
      legend.locator("tbody tr", { hasText: name }).locator("td.number").allTextContents();
    expect(await row("Strided")).toEqual(["1", "10,838,016", "1.9 %", "864", "< 0.1 %"]);
    expect(await row("Depthwise")).toEqual(["13", "17,385,984", "3.1 %", "44,640", "1.4 %"]);
    expect(await row("Pointwise")).toEqual(["13", "539,492,352", "95.0 %", "3,139,584", "98.6 %"]);
    expect(
      await page
        .getByRole("img", { name: "Multiply-adds: Strided 1.9 %, Pointwise 1×1 95.0 %, Depthwise 3.1 %" })
        .count(),
    ).toBe(1);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("works by keyboard, and a link restores the choice", async () => {
    const { page, trouble } = await visit(site, PAGE, { webgpu: false });
    const chosen = (): Promise<string | null> => text(page.locator("#network-name"));
    expect(await chosen()).toBe("AlexNet");
    await page.getByRole("radio", { name: "AlexNet" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(chosen).toBe("VGG-16");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(chosen).toBe("LeNet-5");
    expect(await tile(page, "Parameters")).toBe("50.5 k");
    expect(new URL(page.url()).hash).toContain("network=lenet5");
    await page.getByLabel("Filters", { exact: true }).selectOption("random");
    await page.getByLabel("Seed of random ones").fill("7");
    await page.getByLabel("Seed of random ones").press("Enter");
    await page.reload();
    expect(await chosen()).toBe("LeNet-5");
    expect(await page.getByRole("radio", { name: "LeNet-5" }).isChecked()).toBe(true);
    expect(await page.getByLabel("Filters", { exact: true }).inputValue()).toBe("random");
    expect(await page.getByLabel("Seed of random ones").inputValue()).toBe("7");
    await page.evaluate(() => (location.hash = "#network=xception"));
    await expect.poll(chosen).toBe("Xception");
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("says that there is none when work is requested", async () => {
    const visited = await visit(site, PAGE, { webgpu: false });
    const { page } = visited;
    await page.getByRole("button", { name: "Ask the planner" }).click();
    await expect.poll(() => text(page.locator("#plan-trouble")), WAIT).toContain("no WebGPU");
    await page.getByRole("button", { name: "Convolve the photo" }).click();
    await expect.poll(() => text(page.locator("#maps-trouble")), WAIT).toContain("no WebGPU");
    expect(await page.getByRole("button", { name: "Ask the planner" }).isEnabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Time them" }).isEnabled()).toBe(false);
    expect(visited.trouble).toEqual([]);
    await page.context().close();
  });
});

describe("with a GPU", () => {
  it("plans each layer and times it", async () => {
    const visited = await visit(site, `${PAGE}#network=lenet5`);
    const { page } = visited;
    await page.getByRole("button", { name: "Ask the planner" }).click();
    const status = page.locator("#plan-status");
    await expect.poll(() => text(status), WAIT).toBe("Done: planned all 3 different layers.");
    const rows = page.locator("#plan-rows tr[data-state]");
    expect(await rows.locator(".chip-name").count()).toBe(3);
    for (const name of await rows.locator(".chip-name").allTextContents())
      expect(["direct", "depthwise", "pointwise", "implicit-gemm", "im2col", "winograd", "fft"]).toContain(name);
    const why = page.locator("#plan-rows details").first();
    expect(await why.locator("summary").textContent()).toMatch(/^estimated \S+ ms/);
    await why.locator("summary").click();
    // The full report: seven algorithms, the chosen one first, and what is assumed of the device.
    const account = (await why.locator("pre").textContent())!.split("\n");
    expect(account).toHaveLength(8);
    expect(account[0]).toContain((await rows.first().locator(".chip-name").textContent())!);

    await page.getByRole("button", { name: "Time them" }).click();
    await expect.poll(() => text(status), WAIT).toBe("Done: timed all 3 different layers.");
    const shares = await rows.locator(".share-cell").allTextContents();
    const sum = shares.reduce((total, share) => total + Number.parseFloat(share), 0);
    expect(sum).toBeGreaterThan(99.7);
    expect(sum).toBeLessThan(100.3);
    for (let row = 0; row < 3; row++) {
      const numbers = await rows.nth(row).locator("td.number").allTextContents();
      expect(numbers[2]).toMatch(/^[\d.e+-]+ (ms|µs)$/);
      expect(Number(numbers[3])).toBeGreaterThan(0);
    }
    expect(await page.getByRole("img", { name: /^Time by algorithm: / }).count()).toBe(1);
    await expectNoOverflow(visited);
    await expectAccessible(visited);

    // Another network: its layers are not planned yet.
    await page.getByRole("radio", { name: "All-CNN-C" }).check();
    await expect.poll(() => page.locator("#plan-results").isVisible()).toBe(false);
    expect(await page.getByRole("button", { name: "Time them" }).isEnabled()).toBe(false);
    expect(visited.trouble).toEqual([]);
    await page.context().close();
  });

  it("stops on request", async () => {
    const { page, trouble } = await visit(site, `${PAGE}#network=resnet50`);
    await page.getByRole("button", { name: "Ask the planner" }).click();
    // Stopping halfway leaves some layers planned and others not.
    await expect.poll(() => page.locator("#plan-rows tr[data-state=planned]").count(), WAIT).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Stop" }).click();
    const status = page.locator("#plan-status");
    await expect.poll(() => text(status), WAIT).toMatch(/^Stopped: planned \d+ of 23 different layers\.$/);
    const planned = await page.locator("#plan-rows tr[data-state=planned]").count();
    expect(planned).toBeLessThan(23);
    expect(await text(status)).toContain(`planned ${planned} of`);
    expect(await page.getByRole("button", { name: "Stop" }).isVisible()).toBe(false);
    expect(await page.getByRole("button", { name: "Ask the planner" }).isEnabled()).toBe(true);

    // Switching to another network also stops it, and discards the plans.
    await page.getByRole("button", { name: "Ask the planner" }).click();
    await page.getByRole("radio", { name: "LeNet-5" }).check();
    await expect.poll(() => page.getByRole("button", { name: "Ask the planner" }).isEnabled(), WAIT).toBe(true);
    await expect.poll(() => page.locator("#plan-rows tr").count(), WAIT).toBe(0);
    expect(await page.locator("#plan-results").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Ask the planner" }).click();
    await expect.poll(() => text(status), WAIT).toBe("Done: planned all 3 different layers.");
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("draws filters and feature maps of the photo", async () => {
    const visited = await visit(site, `${PAGE}#network=alexnet&filters=16`);
    const { page } = visited;
    await page.getByRole("button", { name: "Convolve the photo" }).click();
    await expect.poll(() => text(page.locator("#maps-status")), WAIT).toMatch(/^16 maps of 55 × 55, by [a-z0-9-]+\.$/);
    const maps = page.getByRole("button", { name: /^Feature map/ });
    expect(await maps.count()).toBe(16);
    expect(await page.getByRole("button", { name: /^Filter \d/ }).count()).toBe(16);
    for (const at of [0, 7, 15]) expect(await shades(maps.nth(at).locator("canvas"))).toBeGreaterThan(50);
    expect(await shades(page.locator("#photo"))).toBeGreaterThan(50);

    // Arrow keys move along a grid, and the focused picture is shown large.
    await maps.first().focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => text(page.locator("#shown-words"))).toContain("Filter 2: grey wave");
    await page.keyboard.press("End");
    await expect.poll(() => text(page.locator("#shown-words"))).toMatch(/Filter 16: .*for colour/);
    expect(await page.locator("#shown-map").evaluate((canvas: HTMLCanvasElement) => canvas.width)).toBe(55);
    await expectNoOverflow(visited);
    await expectAccessible(visited);

    // Random filters: the same seed gives the same filters, another seed others.
    const weights = (): Promise<string> =>
      page.locator("#shown-filter").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    const convolve = async (seed: string): Promise<string> => {
      await page.getByLabel("Seed of random ones").fill(seed);
      await page.getByLabel("Seed of random ones").press("Tab");
      await page.getByRole("button", { name: "Convolve the photo" }).click();
      await expect.poll(() => text(page.locator("#maps-status")), WAIT).toMatch(/^16 maps/);
      return weights();
    };
    await page.getByLabel("Filters", { exact: true }).selectOption("random");
    const one = await convolve("1");
    const two = await convolve("2");
    expect(two).not.toBe(one);
    expect(await convolve("1")).toBe(one);
    expect(visited.trouble).toEqual([]);
    await page.context().close();
  });
});
