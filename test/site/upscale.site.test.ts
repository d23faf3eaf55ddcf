// The page that makes a photo twice as large, as a visitor uses it.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Site, expectAccessible, expectNoOverflow, openSite, visit } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const status = (page: Page): Promise<string | null> => page.locator("#status").textContent();

/** Software adapters take seconds to compile. */
function eventually<T>(value: () => Promise<T>) {
  return expect.poll(value, { timeout: 120_000 });
}

/** Drops a photo on the page: a disc of one colour on another, without noise. */
async function dropPhoto(page: Page, width: number, height: number): Promise<void> {
  await page.evaluate(
    async (size) => {
      const canvas = new OffscreenCanvas(size.width, size.height);
      const context = canvas.getContext("2d")!;
      context.fillStyle = "rgb(40 90 160)";
      context.fillRect(0, 0, size.width, size.height);
      context.fillStyle = "rgb(230 180 60)";
      context.arc(size.width / 2, size.height / 2, size.height / 3, 0, 7);
      context.fill();
      const files = new DataTransfer();
      files.items.add(new File([await canvas.convertToBlob()], "A disc.png", { type: "image/png" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
    },
    { width, height },
  );
}

/** The bytes of a canvas of the page, or of a PNG in base64. */
async function bytesOf(page: Page, from: string): Promise<{ width: number; height: number; data: Uint8Array }> {
  const { coded, ...size } = await page.evaluate(async (text) => {
    const image = text.startsWith("#")
      ? document.querySelector<HTMLCanvasElement>(text)!
      : await createImageBitmap(await (await fetch(`data:image/png;base64,${text}`)).blob());
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return {
      width: image.width,
      height: image.height,
      coded: btoa(Array.from(data, (value) => String.fromCodePoint(value)).join("")),
    };
  }, from);
  return { ...size, data: Uint8Array.from(Buffer.from(coded, "base64")) };
}

describe("twice as large", () => {
  it("draws a dropped photo by both ways, and saves the network's", async () => {
    const visited = await visit(site, "upscale/");
    const { page } = visited;
    await dropPhoto(page, 36, 24);
    await eventually(() => status(page)).toContain("Done");
    const [bicubic, network] = [await bytesOf(page, "#bicubic"), await bytesOf(page, "#network")];
    expect([bicubic.width, bicubic.height, network.width, network.height]).toEqual([72, 48, 72, 48]);
    const differences = network.data.map((value, at) => Math.abs(value - bicubic.data[at]!));
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    // The same photo, with other edges.
    expect(mean).toBeLessThan(12);
    expect(Math.max(...differences)).toBeGreaterThan(12);
    expect(await page.locator("#fact-size").textContent()).toBe("72 × 48");
    expect(await page.locator("#fact-tiles").textContent()).toBe("1 of 1");
    expect(await page.locator("#explanation").textContent()).toContain("conv");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save as PNG" }).click(),
    ]);
    expect(download.suggestedFilename()).toBe("a-disc-2x.png");
    const saved = await bytesOf(page, (await readFile(await download.path())).toString("base64"));
    expect(saved).toEqual(network);
    await page.getByRole("slider").fill("20");
    expect(await page.locator("#compare").evaluate((figure) => figure.style.getPropertyValue("--divide"))).toBe("20%");
    await expectNoOverflow(visited);
    await expectAccessible(visited);
    expect(visited.trouble).toEqual([]);
    await page.context().close();
  });

  it("stops between tiles, and starts again with another photo", async () => {
    const visited = await visit(site, "upscale/", { width: 360 });
    const { page } = visited;
    await dropPhoto(page, 1200, 900);
    await eventually(() => status(page)).toContain("tile by tile");
    await page.getByRole("button", { name: "Stop" }).click();
    await eventually(() => status(page)).toBe("Stopped.");
    expect(await page.getByRole("button", { name: "Save as PNG" }).isDisabled()).toBe(true);
    await dropPhoto(page, 36, 24);
    await eventually(() => status(page)).toContain("Done");
    await expectNoOverflow(visited);
    expect(visited.trouble).toEqual([]);
    await page.context().close();
  });

  it("says what to do without WebGPU, and that a file is no picture", async () => {
    const visited = await visit(site, "upscale/", { webgpu: false });
    const { page } = visited;
    await dropPhoto(page, 36, 24);
    await eventually(() => page.getByRole("alert").textContent()).toContain("no WebGPU");
    await page.setInputFiles("#file", { name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
    await eventually(() => page.getByRole("alert").textContent()).toContain("notes.png is not a picture");
    await page.context().close();
  });
});
