// The page that explains the arithmetic, as a visitor uses it.
import type { Locator, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Site, type Visited, expectAccessible, expectNoOverflow, openSite, visit } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.close());

async function leave({ page, trouble }: Visited): Promise<void> {
  expect(trouble).toEqual([]);
  await page.context().close();
}

const map = (page: Page, name: string): Locator => page.locator("#stage").getByRole("grid", { name, exact: true });

const cell = (grid: Locator, row: number, column: number): Locator =>
  grid.locator(`[data-row="${row}"][data-column="${column}"]`);

/** The marked cells of a map as "row,column", in reading order. */
function marked(grid: Locator, mark: string): Promise<string[]> {
  return grid
    .locator(`[data-mark="${mark}"]`)
    .evaluateAll((cells) => cells.map((one) => `${one.getAttribute("data-row")},${one.getAttribute("data-column")}`));
}

const pairs = (rows: readonly number[], columns: readonly number[]): string[] =>
  rows.flatMap((row) => columns.map((column) => `${row},${column}`));

/** A number as the page prints it. */
const parse = (text: string): number => Number(text.trim().replace("−", "-"));

/** Evaluates the terms of a printed sum, and reads the number after the equals sign. */
function evaluated(text: string): { terms: number; sum: number; result: number } {
  const [left = "", right = ""] = text.split("=");
  const terms = [...left.matchAll(/\(?(−?[\d.]+)\)?·\(?(−?[\d.]+)\)?/g)];
  return {
    terms: terms.length,
    sum: terms.reduce((total, [, a, b]) => total + parse(a!) * parse(b!), 0),
    result: parse(right),
  };
}

const shownSum = async (page: Page): Promise<ReturnType<typeof evaluated>> =>
  evaluated((await page.locator("#sum").textContent())!);

const selected = (page: Page, name = "Output"): Promise<string> =>
  map(page, name)
    .locator('[aria-selected="true"]')
    .evaluate((one) => `${one.getAttribute("data-row")},${one.getAttribute("data-column")}`);

const figure = async (page: Page, name: string): Promise<string[]> => {
  const box = page.locator(".figure").filter({ has: page.getByText(name, { exact: true }) });
  return box.locator("dd").allTextContents();
};

/** Stops the page's timers until `page.clock.runFor`. */
async function stopClock(page: Page): Promise<void> {
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(60_000);
}

describe("one output", () => {
  it("marks the cells and weights of a chosen output under stride, dilation and padding", async () => {
    const visited = await visit(site, "how-it-works/#n=9&s=2&d=2&p=1");
    const { page } = visited;
    const [input, output] = [map(page, "Input"), map(page, "Output")];
    // (9 + 2 - 4 - 1) / 2 + 1 = 4 outputs; the window of (0, 3) starts at row -1, column 5.
    await cell(output, 0, 3).hover();
    await expect.poll(() => selected(page)).toBe("0,3");
    expect(await marked(input, "read")).toEqual(pairs([-1, 1, 3], [5, 7, 9]));
    const kernel = page.getByRole("table", { name: "Kernel", exact: true }).first();
    expect(await marked(kernel, "used")).toEqual(pairs([0, 1, 2], [0, 1, 2]));
    // A cell is printed beside its tap's weight.
    expect(await cell(input, 1, 7).getAttribute("data-beside")).toBe(await cell(kernel, 1, 1).textContent());
    const { terms, sum, result } = await shownSum(page);
    expect(terms).toBe(9);
    expect(sum).toBe(result);
    expect(result).toBe(parse((await cell(output, 0, 3).textContent())!));
    expect(await page.locator("#sentence").textContent()).toContain("9 products, 5 of them with padding");
    expect(await figure(page, "Output size m")).toEqual([
      "4",
      "= ⌊(n + 2p − d·(k − 1) − 1) / s⌋ + 1",
      "= ⌊(9 + 2·1 − 2·(3 − 1) − 1) / 2⌋ + 1",
    ]);
    expect((await figure(page, "Window"))[0]).toBe("5");
    expect((await figure(page, "Multiply-adds"))[0]).toBe("144");
    await leave(visited);
  });

  it("shows which cells each padding mode repeats", async () => {
    const visited = await visit(site, "how-it-works/#p=2&k=5&cell=0.0.0");
    const { page } = visited;
    const input = map(page, "Input");
    const corner = (): Promise<string | null> => cell(input, -2, -1).textContent();
    expect(await corner()).toBe("0");
    for (const [mode, row, column] of [
      ["reflect", 2, 1],
      ["replicate", 0, 0],
      ["circular", 4, 5],
    ] as const) {
      await page.getByLabel("Padding mode").selectOption(mode);
      expect(await corner()).toBe(await cell(input, row, column).textContent());
      const { terms, sum, result } = await shownSum(page);
      expect(terms).toBe(25);
      expect(sum).toBe(result);
    }
    // The cells that are read only because the padding repeats them.
    expect(await marked(input, "source")).toEqual([...pairs([0, 1, 2], [4, 5]), ...pairs([4, 5], [0, 1, 2, 4, 5])]);
    await page.getByLabel("Padding mode").selectOption("reflect");
    await page.getByLabel("Input size").fill("3");
    await page.getByLabel("Padding", { exact: false }).first().fill("3");
    // Three cells have two others behind each border, and then the first again.
    await expect.poll(() => cell(input, -3, 0).count()).toBe(1);
    expect(await cell(input, -3, 0).textContent()).toBe(await cell(input, 1, 0).textContent());
    expect(await page.locator("#stage").isVisible()).toBe(true);
    await leave(visited);
  });

  it("works by keyboard, and keeps the choice in the address", async () => {
    const visited = await visit(site, "how-it-works/");
    const { page } = visited;
    await map(page, "Output").locator('[tabindex="0"]').focus();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "End"]) await page.keyboard.press(key);
    await expect.poll(() => selected(page)).toBe("3,5");
    for (const key of ["Home", "ArrowLeft", "ArrowUp"]) await page.keyboard.press(key);
    await expect.poll(() => selected(page)).toBe("2,0");
    expect(await page.locator("#sentence").textContent()).toContain("Output row 3, column 1");
    await expect.poll(() => page.evaluate(() => location.hash)).toBe("#cell=0.2.0");
    await leave(visited);
    // The link restores it, and a changed link is followed.
    const again = await visit(site, "how-it-works/#cell=0.2.0");
    expect(await selected(again.page)).toBe("2,0");
    const { sum, result } = await shownSum(again.page);
    expect(sum).toBe(result);
    await again.page.waitForLoadState("networkidle");
    await again.page.evaluate(() => (location.hash = "#n=8&d=2&p=0&cell=0.3.2"));
    await expect.poll(() => selected(again.page)).toBe("3,2");
    expect((await figure(again.page, "Output size m"))[0]).toBe("4");
    expect(await again.page.locator("#dilation").inputValue()).toBe("2");
    await leave(again);
  });

  it("shows where a transposed convolution scatters an input, and which inputs an output gathers", async () => {
    const visited = await visit(site, "how-it-works/");
    const { page } = visited;
    await page.getByRole("button", { name: "Transposed" }).click();
    // (4 - 1) · 2 - 2 + 2 + 1 = 7
    expect((await figure(page, "Output size m"))[0]).toBe("7");
    const [input, output] = [map(page, "Input"), map(page, "Output")];
    await cell(input, 1, 2).click();
    expect(await marked(output, "reached")).toEqual(pairs([1, 2, 3], [3, 4, 5]));
    expect(await page.getByRole("button", { name: "Inputs scatter" }).getAttribute("aria-pressed")).toBe("true");
    expect(await page.locator("#sum li").count()).toBe(9);
    // At the border, padding cuts off part of the kernel.
    await cell(input, 0, 0).click();
    expect(await marked(output, "reached")).toEqual(pairs([0, 1], [0, 1]));
    await cell(output, 2, 3).click();
    expect(await marked(input, "read")).toEqual(pairs([1], [1, 2]));
    const { terms, sum, result } = await shownSum(page);
    expect(terms).toBe(2);
    expect(sum).toBe(result);
    expect(result).toBe(parse((await cell(output, 2, 3).textContent())!));
    await leave(visited);
  });

  it("shows which channels a group reads", async () => {
    const visited = await visit(site, "how-it-works/");
    const { page } = visited;
    await page.getByRole("button", { name: "Grouped" }).click();
    const fourth = map(page, "Output channel 4");
    await cell(fourth, 1, 1).click();
    const read = (channel: number): Promise<string[]> => marked(map(page, `Input channel ${channel}`), "read");
    expect(await read(1)).toEqual([]);
    expect(await read(2)).toEqual([]);
    expect(await read(3)).toEqual(pairs([0, 1, 2], [0, 1, 2]));
    expect(await read(4)).toEqual(pairs([0, 1, 2], [0, 1, 2]));
    const { terms, sum, result } = await shownSum(page);
    expect(terms).toBe(18);
    expect(sum).toBe(result);
    expect(result).toBe(parse((await cell(fourth, 1, 1).textContent())!));
    expect((await figure(page, "Parameters"))[0]).toBe("72");
    await page.getByRole("button", { name: "Depthwise" }).click();
    expect((await shownSum(page)).terms).toBe(9);
    await leave(visited);
  });

  it("plays, pauses and steps", async () => {
    const visited = await visit(site, "how-it-works/#n=3&cell=0.2.1");
    const { page } = visited;
    await stopClock(page);
    const play = page.getByRole("button", { name: "Play" });
    const pause = page.getByRole("button", { name: "Pause" });
    await play.click();
    await pause.waitFor();
    expect(await selected(page)).toBe("0,0");
    const dots = (): Promise<number> => map(page, "Output").getByText("·", { exact: true }).count();
    expect(await dots()).toBe(8);
    await page.clock.runFor(1500);
    expect(await selected(page)).toBe("0,2");
    expect(await dots()).toBe(6);
    await pause.click();
    await page.clock.runFor(5000);
    expect(await selected(page)).toBe("0,2");
    await page.getByRole("button", { name: "Step" }).click();
    expect(await selected(page)).toBe("1,0");
    expect(await dots()).toBe(5);
    await play.click();
    await page.clock.runFor(20_000);
    await play.waitFor();
    expect(await selected(page)).toBe("2,2");
    expect(await dots()).toBe(0);
    // Pressing a cell ends the animation and shows all outputs again.
    await play.click();
    expect(await dots()).toBe(8);
    await cell(map(page, "Output"), 1, 1).click();
    expect(await dots()).toBe(0);
    await page.clock.runFor(5000);
    expect(await selected(page)).toBe("1,1");
    await leave(visited);
  });

  it("accumulates the output as inputs are scattered", async () => {
    const visited = await visit(site, "how-it-works/#n=3&t=1&p=0&view=scatter");
    const { page } = visited;
    await stopClock(page);
    const numbers = (): Promise<number[]> =>
      map(page, "Output")
        .locator(".cell")
        .evaluateAll((cells) => cells.map((one) => Number(one.textContent.replace("−", "-"))));
    const whole = await numbers();
    await page.getByRole("button", { name: "Play" }).click();
    const first = await numbers();
    expect(first).not.toEqual(whole);
    const value = parse((await cell(map(page, "Input"), 0, 0).textContent())!);
    const weights = await page.locator("#kernel-maps .cell").allTextContents();
    expect([0, 1, 2, 5, 6, 7, 10, 11, 12].map((i) => first[i]! + 0)).toEqual(weights.map((w) => parse(w) * value + 0));
    await page.clock.runFor(20_000);
    expect(await numbers()).toEqual(whole);
    await leave(visited);
  });
});

it("computes the receptive field of a stack", async () => {
  const visited = await visit(site, "how-it-works/");
  const { page } = visited;
  const fields = (): Promise<string[]> => page.locator("#layers .reach").allTextContents();
  expect(await fields()).toEqual(["3", "5", "9"]);
  expect(await page.locator("#layers .jump").allTextContents()).toEqual(["1", "1", "2"]);
  await page.getByLabel("dilation of layer 3").selectOption("4");
  expect(await fields()).toEqual(["3", "5", "21"]);
  await page.getByRole("button", { name: "Add a layer" }).click();
  expect(await fields()).toEqual(["3", "5", "21", "37"]);
  await page.getByLabel("kernel of layer 4").selectOption("5");
  await expect.poll(() => page.locator("#field").textContent()).toBe("One output sees 53 × 53 input cells.");
  await page.getByRole("button", { name: "Remove layer 2" }).click();
  expect(await fields()).toEqual(["3", "11", "27"]);
  const drawn = page.getByRole("img", { name: "One output on top, through 3 layers" });
  expect(await drawn.locator(".dot.input, .dot.unread").count()).toBe(27);
  for (let i = 0; i < 3; i++) await page.getByRole("button", { name: "Remove layer 1" }).click();
  expect(await page.locator("#field").textContent()).toBe("One output sees 1 input cell.");
  await leave(visited);
});

describe("four ways", () => {
  it("agree, and follow a chosen output", async () => {
    const visited = await visit(site, "how-it-works/");
    const { page } = visited;
    for (const kernel of ["tenths", "blur", "gaussian", "edges", "sobel"]) {
      await page.locator("#way-kernel").selectOption(kernel);
      const apart = (await page.locator("#differences .page").allTextContents()).map(Number);
      expect(apart).toHaveLength(4);
      for (const difference of apart) expect(difference).toBeLessThan(1e-5);
      // Tenths are rounded, so none of the four ways is exact.
      if (kernel === "tenths") for (const difference of apart) expect(difference).toBeGreaterThan(0);
    }
    await page.locator("#way-kernel").selectOption("tenths");
    const chooser = page.getByRole("grid", { name: "Output: choose a cell to follow" });
    await cell(chooser, 2, 3).click();
    const value = await cell(chooser, 2, 3).textContent();
    const direct = evaluated((await page.locator("#way-direct .sum").textContent())!);
    expect(direct.terms).toBe(9);
    expect(direct.sum).toBeCloseTo(direct.result, 9);
    expect(direct.result).toBe(parse(value!));
    const im2col = page.locator("#way-im2col");
    const row = im2col.getByRole("table", { name: "Matrix of windows" });
    expect(await marked(row, "read")).toEqual(pairs([11], [0, 1, 2, 3, 4, 5, 6, 7, 8]));
    const windowed = await row.locator('[data-mark="read"]').allTextContents();
    const weights = await im2col.getByRole("table", { name: "Kernel as a column" }).locator(".cell").allTextContents();
    expect(windowed.reduce((total, x, i) => total + parse(x) * parse(weights[i]!), 0)).toBeCloseTo(parse(value!), 9);
    const winograd = page.locator("#way-winograd");
    expect(await winograd.locator("h4").allTextContents()).toContain("Transform the tile (row 2, column 2)");
    const chosen = '[aria-current="true"]';
    expect(await winograd.getByRole("table", { name: "Outputs of the tile Y" }).locator(chosen).textContent()).toBe(
      value,
    );
    const tile = winograd.getByRole("table", { name: "Tile d" });
    const input = winograd.getByRole("table", { name: "Input with its tiles" });
    expect(await tile.locator(".cell").allTextContents()).toEqual(
      await input.locator('[data-mark="tile"]').allTextContents(),
    );
    expect(await page.locator("#way-fft").locator(chosen).textContent()).toBe(value);
    expect(await page.locator("#way-fft .heat").count()).toBe(3);
    await leave(visited);
  });

  it("say which of them do not support a kernel", async () => {
    const visited = await visit(site, "how-it-works/#wd=2");
    const { page } = visited;
    expect(await page.locator("#way-winograd").textContent()).toContain("With dilation 2");
    expect(await page.locator("#differences .page").allTextContents()).toContain("not supported");
    await page.getByRole("button", { name: "Compare on this GPU" }).click();
    const variants = page.locator("#differences .variant");
    await page.getByText("Compared with the reference on").waitFor();
    expect(await page.locator("#differences .gpu").allTextContents()).toHaveLength(4);
    expect((await page.locator("#differences .gpu").allTextContents())[2]).toBe("refused");
    expect(await variants.nth(2).textContent()).toMatch(/dilation/i);
    await leave(visited);
  });

  it("compare with the engine on the GPU", async () => {
    const visited = await visit(site, "how-it-works/");
    const { page } = visited;
    await page.getByRole("button", { name: "Compare on this GPU" }).click();
    await page.getByText("Compared with the reference on").waitFor();
    const apart = await page.locator("#differences .gpu").allTextContents();
    expect(apart).toHaveLength(4);
    for (const difference of apart) {
      expect(Number(difference)).toBeLessThan(1e-5);
      expect(Number(difference)).toBeGreaterThan(0);
    }
    const names = await page.locator("#differences .variant").allTextContents();
    expect(new Set(names).size).toBeGreaterThan(1);
    expect(names).not.toContain("–");
    // Other numbers are not compared yet.
    await page.locator("#way-reseed").click();
    expect(await page.locator("#differences .gpu").allTextContents()).toEqual(["–", "–", "–", "–"]);
    await leave(visited);
  });

  it("need no GPU, and say so if there is none", async () => {
    const visited = await visit(site, "how-it-works/", { webgpu: false });
    const { page } = visited;
    expect(await page.locator("#differences .page").allTextContents()).toHaveLength(4);
    await page.getByRole("button", { name: "Compare on this GPU" }).click();
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("This browser offers no WebGPU here.");
    await leave(visited);
  });
});

it("fits and is accessible in use", async () => {
  for (const [width, theme, hash] of [
    [360, "light", "#n=3&c=4&g=2"],
    [360, "dark", "#n=4&mode=reflect&cell=0.0.0"],
    [1440, "light", "#n=4&mode=circular&view=scatter&cell=0.0.0"],
    [1440, "dark", "#n=3&s=2&t=1&view=scatter&wd=2"],
  ] as const) {
    const visited = await visit(site, `how-it-works/${hash}`, { width, theme });
    await expectNoOverflow(visited);
    await expectAccessible(visited);
    await leave(visited);
  }
  const largest = await visit(site, "how-it-works/#n=10&p=3&k=5&c=4&layers=11.2.4_7.1.1", { width: 360 });
  await expectNoOverflow(largest);
  await leave(largest);
});
