// The built site in headless Chromium, as visitors get it: under a sub-path, without cross-origin isolation, with or without WebGPU.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import path from "node:path";
import type { Browser, Page } from "playwright";
import { expect, inject } from "vitest";
import { launchChromium } from "../../scripts/harness/browser.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder that the site was built into. */
    site: string;
  }
}

/** The path of the site on its server; any would do. */
const BASE = "/a/sub-path/";

const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".json": "application/json",
};

export interface Site {
  readonly browser: Browser;
  /** The address of a page of the site, such as "playground/". */
  address(page: string): string;
  close(): Promise<void>;
}

export interface Visit {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: "light" | "dark";
  /** If false, `navigator.gpu` is missing, as in an old browser. */
  readonly webgpu?: boolean;
}

/** A page, and the errors on it so far. */
export interface Visited {
  readonly page: Page;
  readonly trouble: string[];
}

/** Serves the built site and starts a browser. */
export async function openSite(): Promise<Site> {
  const folder = inject("site");
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const inside = pathname.startsWith(BASE) ? pathname.slice(BASE.length) : undefined;
    const file =
      inside === undefined
        ? undefined
        : path.join(folder, inside.endsWith("/") || inside === "" ? `${inside}index.html` : inside);
    if (file === undefined || !file.startsWith(folder)) {
      response.writeHead(404).end();
      return;
    }
    readFile(file).then(
      (content) =>
        response
          .writeHead(200, { "Content-Type": TYPES[path.extname(file)] ?? "application/octet-stream" })
          .end(content),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const browser = await launchChromium({
    gpu: process.env["CONVOKE_GPU"] === "1",
    args: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
  });
  return {
    browser,
    address: (page) => `http://localhost:${port}${BASE}${page}`,
    close: async () => {
      await browser.close();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

/** Collects the errors of a page from now on: errors and warnings of the console, and uncaught errors. */
export function troubleOf(page: Page): string[] {
  const trouble: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") trouble.push(message.text());
  });
  page.on("pageerror", (error) => trouble.push(String(error)));
  return trouble;
}

/** Opens a page of the site and collects its errors. */
export async function visit(
  site: Site,
  page: string,
  { width = 1440, height = 900, theme = "light", webgpu = true }: Visit = {},
): Promise<Visited> {
  const context = await site.browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    acceptDownloads: true,
    reducedMotion: "reduce",
  });
  const opened = await context.newPage();
  const trouble = troubleOf(opened);
  opened.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A page that is left or reloaded aborts its pending requests.
    if (reason !== "net::ERR_ABORTED") trouble.push(`${request.url()}: ${reason}`);
  });
  if (!webgpu) await opened.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, "gpu"));
  await opened.goto(site.address(page), { waitUntil: "load" });
  return { page: opened, trouble };
}

/** Expects that no page is wider than its window. */
export async function expectNoOverflow({ page }: Visited): Promise<void> {
  const { inner, outer } = await page.evaluate(() => ({
    inner: document.documentElement.scrollWidth,
    outer: document.documentElement.clientWidth,
  }));
  expect(inner, "the page is wider than its window").toBeLessThanOrEqual(outer);
}

/** Expects axe-core to find nothing serious. */
export async function expectAccessible({ page }: Visited): Promise<void> {
  const file = path.join(import.meta.dirname, "../../node_modules/axe-core/axe.min.js");
  await page.addScriptTag({ path: file });
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const found = await axe.run();
    return found.violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
  });
  expect(violations).toEqual([]);
}
