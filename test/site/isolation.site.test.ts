// The built library on a cross-origin isolated page whose policy allows only its own scripts: it evaluates no code, loads nothing and connects
// to nothing.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser, Page } from "playwright";
import { build } from "vite";
import { afterAll, beforeAll, expect, it } from "vitest";
import { launchChromium } from "../../scripts/harness/browser.ts";
import { INPUT, KERNEL, PADDING_1 } from "../suite/worked-numbers.ts";
import { troubleOf } from "./site.ts";

const HEADERS = {
  "Content-Security-Policy": [
    "default-src 'none'",
    "script-src 'self'",
    "connect-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    // Allows the page's own worker.
    "trusted-types page",
  ].join("; "),
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
};

/** The outcome of the page's script and its worker: the results, or the error. */
interface Outcome {
  readonly error?: string;
  readonly isolated?: boolean;
  readonly values?: Record<string, number[]>;
  readonly found?: number;
}

const SCRIPT = `
import { conv, createEngine } from "./index.js";

export async function run() {
  const engine = await createEngine();
  const x = engine.tensor(${JSON.stringify(INPUT)}, [1, 1, 5, 5]);
  const w = engine.tensor(${JSON.stringify(KERNEL)}, [1, 1, 3, 3]);
  const values = {};
  for (const algorithm of ["auto", "direct", "fft", "im2col", "implicit-gemm", "winograd", "depthwise"]) {
    const y = conv(x, w, { padding: 1, algorithm });
    values[algorithm] = [...(await y.read())];
  }
  const shapes = { inputShape: [1, 1, 5, 5], kernelShape: [1, 1, 3, 3], padding: 1 };
  const found = await engine.find("forward", shapes, { algorithm: "direct" });
  engine.destroy();
  return { isolated: globalThis.crossOriginIsolated, values, found: found.filter(({ failed }) => !failed).length };
}
`;

const FILES: Record<string, string> = {
  "/": '<!doctype html><html lang="en"><title>isolated</title><script type="module" src="/page.js"></script></html>',
  "/run.js": SCRIPT,
  "/page.js": `
    import { run } from "./run.js";
    globalThis.violations = [];
    addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective + " " + event.blockedURI));
    run().then((outcome) => (globalThis.outcome = outcome), (error) => (globalThis.outcome = { error: String(error) }));
  `,
  "/in-worker.js": `
    import { run } from "./run.js";
    addEventListener("securitypolicyviolation", (event) => postMessage({ error: event.effectiveDirective }));
    run().then(postMessage, (error) => postMessage({ error: String(error) }));
  `,
  "/worker.html":
    '<!doctype html><html lang="en"><title>worker</title><script type="module" src="/with-worker.js"></script></html>',
  "/with-worker.js": `
    globalThis.violations = [];
    addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective + " " + event.blockedURI));
    const policy = trustedTypes.createPolicy("page", { createScriptURL: (address) => address });
    const worker = new Worker(policy.createScriptURL("/in-worker.js"), { type: "module" });
    worker.onmessage = ({ data }) => (globalThis.outcome = data);
    worker.onerror = (event) => (globalThis.outcome = { error: event.message });
  `,
};

let folder: string;
let address: string;
let browser: Browser;
let close: () => Promise<unknown>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "convoke-dist-"));
  const configFile = path.join(import.meta.dirname, "../../vite.config.ts");
  await build({ configFile, logLevel: "error", build: { outDir: folder, emptyOutDir: true } });
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const answer = (text: string | undefined): void => {
      const type = pathname.endsWith(".js") ? "text/javascript" : "text/html";
      response.writeHead(text === undefined ? 404 : 200, { ...HEADERS, "Content-Type": type }).end(text);
    };
    if (FILES[pathname] !== undefined) answer(FILES[pathname]);
    else
      readFile(path.join(folder, path.basename(pathname)), "utf8").then(answer, () => {
        answer(undefined);
      });
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  address = `http://localhost:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium({ gpu: process.env["CONVOKE_GPU"] === "1" });
  close = async () => {
    await browser.close();
    await new Promise((resolve) => void server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  };
});
afterAll(() => close());

interface PageGlobals {
  outcome?: Outcome;
  violations: string[];
}

/** Opens a page and waits for its outcome and for the messages of its console. */
async function visit(name: string): Promise<{ page: Page; outcome: Outcome; trouble: string[] }> {
  const page = await browser.newPage();
  const trouble = troubleOf(page);
  await page.goto(address + name);
  await expect
    .poll(() => page.evaluate(() => (globalThis as unknown as PageGlobals).outcome), { timeout: 60_000 })
    .toBeDefined();
  const outcome = await page.evaluate(() => (globalThis as unknown as PageGlobals).outcome!);
  return { page, outcome, trouble };
}

const violationsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as PageGlobals).violations);

function expectRight(outcome: Outcome): void {
  expect(outcome.error).toBeUndefined();
  expect(outcome.isolated).toBe(true);
  expect(outcome.found).toBeGreaterThan(0);
  expect(Object.keys(outcome.values!).length).toBe(7);
  for (const [algorithm, values] of Object.entries(outcome.values!))
    expect(values.map(Math.round), algorithm).toEqual(PADDING_1);
}

it("works on a page whose policy only allows its own scripts, without violating it", async () => {
  const { page, outcome, trouble } = await visit("/");
  expectRight(outcome);
  expect(await violationsOf(page)).toEqual([]);
  expect(trouble).toEqual([]);
  // The policy is in force, and violations would be reported.
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.src = "/none.png";
  });
  await expect.poll(() => violationsOf(page)).toEqual([`img-src ${address}/none.png`]);
  await page.close();
});

it("works in a worker of such a page", async () => {
  const { page, outcome, trouble } = await visit("/worker.html");
  expectRight(outcome);
  expect([...(await violationsOf(page)), ...trouble]).toEqual([]);
  await page.close();
});
