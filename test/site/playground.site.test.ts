// The playground as a visitor uses it: pictures from the page, from a file and from the camera, kernels chosen and edited, results saved.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Site, type Visit, type Visited, expectAccessible, expectNoOverflow, openSite, visit } from "./site.ts";

interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel. */
  readonly rgb: ArrayLike<number>;
}

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

const open = (options: Visit = {}, hash = ""): Promise<Visited> => visit(site, `playground/${hash}`, options);

const status = (page: Page): Promise<string | null> => page.locator("#status").textContent();

/** Software adapters take seconds to compile. */
function eventually<T>(value: () => Promise<T> | T) {
  return expect.poll(value, { timeout: 30_000 });
}

const statusSays = (page: Page, text: string): Promise<void> => eventually(() => status(page)).toContain(text);

const alert = (page: Page): Promise<string | null> => page.getByRole("alert").textContent();

/** The picture that the Save button gives. */
async function saved(page: Page): Promise<Pixels> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save result" }).click(),
  ]);
  return pixelsOf(page, (await readFile(await download.path())).toString("base64"));
}

/** The picture on the canvas of the source. */
const sourceOf = (page: Page): Promise<Pixels> => pixelsOf(page, "#source");

/** @param from a selector of a canvas, or a PNG in base64 */
async function pixelsOf(page: Page, from: string): Promise<Pixels> {
  const { width, height, rgba } = await page.evaluate(async (text) => {
    const bytes = (): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.codePointAt(0)!);
    const image = text.startsWith("#")
      ? document.querySelector<HTMLCanvasElement>(text)!
      : await createImageBitmap(new Blob([bytes()], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let coded = "";
    for (const value of data) coded += String.fromCodePoint(value);
    return { width: image.width, height: image.height, rgba: btoa(coded) };
  }, from);
  const values = Buffer.from(rgba, "base64");
  const rgb = Uint8Array.from({ length: width * height * 3 }, (_, at) => values[at + Math.floor(at / 3)]!);
  return { width, height, rgb };
}

function largestDifference(a: Pixels, b: Pixels): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return Array.from(a.rgb).reduce((most, value, at) => Math.max(most, Math.abs(value - b.rgb[at]!)), 0);
}

/** A value that differs from pixel to pixel and colour to colour. */
const valueAt = (x: number, y: number, colour: number): number => (x * 37 + y * 71 + colour * 101 + x * y * 13) % 256;

/** Drops a PNG of those values on the page. */
async function dropPicture(page: Page, width: number, height: number): Promise<void> {
  const rgb = Array.from({ length: width * height * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return valueAt(pixel % width, Math.floor(pixel / width), at % 3);
  });
  await page.evaluate(
    async (picture) => {
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const context = canvas.getContext("2d")!;
      const image = context.createImageData(picture.width, picture.height);
      for (let at = 0; at < image.data.length; at++)
        image.data[at] = at % 4 === 3 ? 255 : picture.rgb[Math.floor(at / 4) * 3 + (at % 4)]!;
      context.putImageData(image, 0, 0);
      const transfer = new DataTransfer();
      transfer.items.add(new File([await canvas.convertToBlob()], "dropped.png", { type: "image/png" }));
      document.querySelector("h1")!.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true }));
    },
    { width, height, rgb },
  );
}

const cell = (page: Page, row: number, column: number) =>
  page.getByLabel(`Row ${row}, column ${column}`, { exact: true });

const cat = (page: Page) => page.getByRole("button", { name: "A cat" });

describe("a picture of the page", () => {
  it("is unchanged by the identity kernel, and changes with a cell", async () => {
    const visited = await open({}, "#filter=identity");
    const { page, trouble } = visited;
    expect(await page.locator("#pair").isVisible()).toBe(false);
    await cat(page).click();
    await statusSays(page, "Identity, 3 × 3: 451 × 300 outputs by depthwise");
    expect(await page.locator("#source-caption").textContent()).toBe("The cat, 451 × 300");
    const source = await sourceOf(page);
    expect(new Set(Array.from(source.rgb)).size, "the source is a photo").toBeGreaterThan(100);
    expect(largestDifference(await saved(page), source)).toBe(0);

    // Halving the middle weight halves the brightness.
    await cell(page, 2, 2).fill("0.5");
    expect(await page.getByLabel("Filter").inputValue()).toBe("custom");
    expect(await page.locator("#sum").textContent()).toBe("0.5");
    const half = { ...source, rgb: Array.from(source.rgb, (value) => value / 2) };
    expect(largestDifference(await saved(page), half)).toBeLessThanOrEqual(1);

    await page.getByRole("button", { name: "Normalise" }).click();
    expect(await cell(page, 2, 2).inputValue()).toBe("1");
    expect(largestDifference(await saved(page), source)).toBe(0);

    await eventually(() => page.locator("#fact-convolution").textContent()).toMatch(/^[\d.]+ (ms|µs)$/);
    expect(await page.locator("#fact-frame").textContent()).toMatch(/^[\d.]+ (ms|µs)$/);
    expect(await page.locator("#fact-work").textContent()).toBe("7.31 M FLOP");
    await page.getByText("Why this algorithm").click();
    expect(await page.locator("#explanation").textContent()).toMatch(/1 depthwise +variant/);
    await expectNoOverflow(visited);
    await expectAccessible(visited);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("is convolved by the settings of a link, and choices are written to the address", async () => {
    const { page, trouble } = await open({ width: 360, theme: "dark" }, "#filter=box&rows=1&columns=3&stride=2&grey=1");
    await cat(page).click();
    await statusSays(page, "Box blur, 3 × 1: 226 × 150 outputs");
    const source = await sourceOf(page);
    const result = await saved(page);
    const luminance = (x: number, y: number): number => {
      const at = 3 * (y * source.width + x);
      return 0.299 * source.rgb[at]! + 0.587 * source.rgb[at + 1]! + 0.114 * source.rgb[at + 2]!;
    };
    // 451 columns give 226 outputs at stride 2 with one cell of padding on each side.
    for (const [x, y] of [
      [1, 0],
      [100, 75],
      [224, 149],
    ] as const) {
      const mean = [-1, 0, 1].reduce((sum, step) => sum + luminance(2 * x + step, 2 * y), 0) / 3;
      const at = 3 * (y * result.width + x);
      for (const colour of [0, 1, 2]) expect(Math.abs(result.rgb[at + colour]! - mean)).toBeLessThanOrEqual(1);
    }
    await page.getByLabel("Stride").fill("3");
    await statusSays(page, "Box blur, 3 × 1: 151 × 100 outputs");
    await page.getByLabel("Rows").selectOption("7");
    await eventually(() => new URL(page.url()).hash).toBe("#filter=box&photo=chelsea&rows=7&columns=3&stride=3&grey=1");
    await expectNoOverflow({ page, trouble });
    await expectAccessible({ page, trouble });
    expect(trouble).toEqual([]);
    await page.context().close();
  });
});

describe("a picture that is dropped", () => {
  it("is blurred to means of its pixels", async () => {
    const { page, trouble } = await open({}, "#filter=box&rows=3&columns=5&padding=valid");
    await dropPicture(page, 14, 9);
    await statusSays(page, "Box blur, 5 × 3: 10 × 7 outputs");
    expect(await page.locator("#source-caption").textContent()).toBe("dropped.png, 14 × 9");
    const { width, height, rgb } = await saved(page);
    expect([width, height]).toEqual([10, 7]);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let colour = 0; colour < 3; colour++) {
          let sum = 0;
          for (let row = 0; row < 3; row++)
            for (let column = 0; column < 5; column++) sum += valueAt(x + column, y + row, colour);
          expect(Math.abs(rgb[3 * (y * width + x) + colour]! - sum / 15)).toBeLessThanOrEqual(0.51);
        }
      }
    }
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("shows signed values around grey, and reversed with a flipped kernel", async () => {
    const { page, trouble } = await open(
      {},
      "#filter=custom&rows=1&columns=3&cells=-1_0_0.5&padding=valid&view=signed",
    );
    await dropPicture(page, 9, 4);
    await statusSays(page, "The edited kernel, 3 × 1: 7 × 4 outputs");
    const expected = (left: number, right: number): number[] =>
      Array.from({ length: 7 * 4 * 3 }, (_, at) => {
        const [x, y, colour] = [Math.floor(at / 3) % 7, Math.floor(at / 21), at % 3];
        const value = left * valueAt(x, y, colour) + right * valueAt(x + 2, y, colour) + 127.5;
        return Math.max(0, Math.min(255, value));
      });
    const plain = await saved(page);
    expect(largestDifference(plain, { ...plain, rgb: expected(-1, 0.5) })).toBeLessThanOrEqual(0.51);
    await page.getByLabel("Flip the kernel").check();
    await statusSays(page, "The edited kernel");
    const flipped = await saved(page);
    expect(largestDifference(flipped, { ...flipped, rgb: expected(0.5, -1) })).toBeLessThanOrEqual(0.51);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it("is refused with a reason if it is no picture or has no result", async () => {
    const { page, trouble } = await open();
    await page
      .getByLabel("Choose a file")
      .setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") });
    await eventually(() => alert(page)).toBe("notes.txt is not a picture that this browser can read.");
    await dropPicture(page, 12, 10);
    await statusSays(page, "Sharpen, 3 × 3: 12 × 10 outputs");
    expect(await page.getByRole("alert").count()).toBe(0);

    await page.getByLabel("Algorithm").selectOption("winograd");
    await statusSays(page, "by winograd");
    await page.getByLabel("Dilation").fill("2");
    await eventually(() => alert(page)).toMatch(/winograd.*dilation/);
    expect(await page.getByRole("button", { name: "Save result" }).isDisabled()).toBe(true);
    expect(await status(page)).toBe("");
    await page.getByLabel("Algorithm").selectOption("auto");
    await statusSays(page, "Sharpen, 3 × 3: 12 × 10 outputs by");
    expect(await page.getByRole("alert").count()).toBe(0);

    await page.getByLabel("Padding", { exact: true }).selectOption("cells");
    await page.getByLabel("Cells of padding").fill("40");
    await statusSays(page, "88 × 86 outputs");
    await page.getByLabel("Padded with").selectOption("reflect");
    await statusSays(page, "88 × 86 outputs");
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(trouble).toEqual([]);
    await page.context().close();
  });
});

it("works by keyboard alone", async () => {
  const { page, trouble } = await open();
  const press = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const tabTo = async (id: string): Promise<void> => {
    for (let steps = 0; steps < 60; steps++) {
      await press("Tab");
      if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), id)) return;
    }
    throw new Error(`${id} cannot be reached by keyboard`);
  };
  await tabTo("[data-photo=coffee]");
  await press("Enter");
  await statusSays(page, "Sharpen, 3 × 3: 600 × 400 outputs");
  await tabTo("#filter");
  await page.keyboard.type("Sobel");
  await statusSays(page, "Sobel, across, 3 × 3: 600 × 400 outputs");
  expect(await page.getByLabel("Filter").inputValue()).toBe("sobel-x");
  expect(await page.getByLabel("Show values").inputValue()).toBe("signed");
  await tabTo("#cells input");
  await page.keyboard.type("4");
  expect(await cell(page, 1, 1).inputValue()).toBe("4");
  expect(await page.getByLabel("Filter").inputValue()).toBe("custom");
  await tabTo("#stride");
  await press("ArrowUp");
  await statusSays(page, "The edited kernel, 3 × 3: 300 × 200 outputs");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    (async () => {
      while (!(await page.evaluate(() => document.activeElement?.id === "save"))) await press("Shift+Tab");
      await press("Space");
    })(),
  ]);
  expect(download.suggestedFilename()).toBe("convoke-custom.png");
  expect(trouble).toEqual([]);
  await page.context().close();
});

it("convolves the camera until it is stopped, and keeps the last frame", async () => {
  const { page, trouble } = await open({}, "#filter=identity");
  await page.getByRole("button", { name: "Start the camera" }).click();
  await statusSays(page, "Identity, 3 × 3: 640 × 480 outputs");
  expect(await page.locator("#source-caption").textContent()).toBe("The camera, 640 × 480");
  await eventually(() => page.locator("#fact-rate").textContent()).toMatch(/^\d+ a second$/);
  await page.getByRole("button", { name: "Stop the camera" }).click();
  await eventually(() => page.locator("#source-caption").textContent()).toBe("The last frame, 640 × 480");
  expect(await page.locator("video").evaluate((video: HTMLVideoElement) => video.srcObject)).toBeNull();
  const source = await sourceOf(page);
  expect(new Set(Array.from(source.rgb)).size, "the camera saw something").toBeGreaterThan(1);
  expect(largestDifference(await saved(page), source)).toBe(0);
  expect(trouble).toEqual([]);
  await page.context().close();
});

it("reports a lost GPU, and starts again", async () => {
  const { page, trouble } = await open();
  await page.evaluate(() => {
    const request = Reflect.get(GPUAdapter.prototype, "requestDevice");
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await request.call(this, descriptor);
      document.addEventListener("lose", () => device.destroy(), { once: true });
      return device;
    };
  });
  await dropPicture(page, 20, 10);
  await statusSays(page, "20 × 10 outputs");
  const before = await saved(page);
  await page.evaluate(() => document.dispatchEvent(new Event("lose")));
  await eventually(() => alert(page)).toContain("The GPU went away.");
  await page.getByRole("button", { name: "Start again" }).click();
  await statusSays(page, "Sharpen, 3 × 3: 20 × 10 outputs");
  expect(await page.getByRole("alert").count()).toBe(0);
  expect(largestDifference(await saved(page), before)).toBe(0);
  expect(trouble).toEqual([]);
  await page.context().close();
});

it("shows results another way if drawing on a canvas loses the device", async () => {
  const { page, trouble } = await open();
  await page.evaluate(() => {
    Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { get: () => false });
    const configure = Reflect.get(GPUCanvasContext.prototype, "configure");
    GPUCanvasContext.prototype.configure = function (configuration) {
      configure.call(this, configuration);
      this.getCurrentTexture = () => {
        configuration.device.destroy();
        throw new Error("no texture");
      };
    };
  });
  await dropPicture(page, 20, 10);
  await eventually(() => alert(page)).toContain("The GPU went away.");
  await page.getByRole("button", { name: "Start again" }).click();
  await statusSays(page, "Sharpen, 3 × 3: 20 × 10 outputs");
  await page.getByText("Why this algorithm").click();
  expect(await page.locator("#copies").isVisible()).toBe(true);
  expect(trouble).toEqual([]);
  await page.context().close();
});

it("says that there is no WebGPU, and still lets the kernel be edited", async () => {
  const { page, trouble } = await open({ webgpu: false });
  await cat(page).click();
  await eventually(() => alert(page)).toContain("This browser offers no WebGPU here.");
  expect((await sourceOf(page)).width).toBe(451);
  await page.getByLabel("Filter").selectOption("gaussian");
  expect(await page.locator("#cells input").count()).toBe(49);
  expect(await page.locator("#sum").textContent()).toBe("1");
  await eventually(() => new URL(page.url()).hash).toBe("#filter=gaussian&photo=chelsea");
  expect(trouble).toEqual([]);
  await page.context().close();
});
