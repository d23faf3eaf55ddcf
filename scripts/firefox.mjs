// Firefox for the tests and the benchmark: how it is started with WebGPU, whether it has an adapter, and the Vitest provider that runs the browser
// suites in it. (Playwright drives only a Firefox of its own making; Puppeteer drives the installed one.)
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { defineBrowserProvider } from "@vitest/browser";
import { launch } from "puppeteer-core";
import { findFirefox, firefoxEnvironment, firefoxPreferences } from "./browsers.mjs";

/**
 * Starts a headless Firefox with WebGPU: on the machine's own GPU with `gpu`, else on Mesa's software driver where that is
 * installed, which optimises kernels with `optimise` alone. Returns it, and a function that ends it and removes the folder that was
 * its home.
 */
export async function launchFirefox({ executablePath, gpu, optimise = false }) {
  const home = mkdtempSync(path.join(tmpdir(), "convoke-firefox-"));
  const removeHome = () => rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  try {
    const browser = await launch({
      browser: "firefox",
      executablePath,
      headless: true,
      env: { ...process.env, ...firefoxEnvironment({ gpu, optimise, home, exists: existsSync }) },
      extraPrefsFirefox: firefoxPreferences(),
      protocolTimeout: 0, // A page that compiles shaders answers late; each test has a timeout of its own.
    });
    const close = async () => {
      await browser.close();
      removeHome();
    };
    return { browser, close };
  } catch (error) {
    removeHome();
    throw error;
  }
}

/** Whether a page in this Firefox gets a WebGPU adapter: null where it does, else the reason in words. */
export async function missingWebGpu({ executablePath, gpu }) {
  const server = createServer((_, response) => response.setHeader("Content-Type", "text/html").end("<!doctype html>"));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  let started;
  try {
    started = await launchFirefox({ executablePath, gpu });
    const page = await started.browser.newPage();
    await page.goto(`http://localhost:${server.address().port}/`); // a secure context, as WebGPU needs
    return await page.evaluate(async () => {
      if (!navigator.gpu) return "it has no WebGPU";
      return (await navigator.gpu.requestAdapter()) ? null : "it finds no WebGPU adapter";
    });
  } catch (error) {
    return `it cannot be driven (${error.message.split("\n", 1)[0]})`;
  } finally {
    await started?.close();
    server.close();
  }
}

/** Opens Vitest's pages in one Firefox. No commands (clicks, screenshots): the suites compute and look at nothing. */
class FirefoxProvider {
  name = "firefox";
  supportsParallelism = false;
  #gpu;
  /** @type {ReturnType<typeof launchFirefox> | null} */
  #starting = null;
  #pages = new Map();

  constructor({ gpu }) {
    this.#gpu = gpu;
  }

  getCommandsContext() {
    return {};
  }

  async openPage(sessionId, url) {
    this.#starting ??= this.#launch();
    const { browser } = await this.#starting;
    await this.#pages.get(sessionId)?.close();
    const page = await browser.newPage();
    this.#pages.set(sessionId, page);
    await page.goto(url, { timeout: 0 });
  }

  async close() {
    const started = await this.#starting?.catch(() => null); // what did not start was reported by openPage
    this.#starting = null;
    this.#pages.clear();
    await started?.close();
  }

  #launch() {
    const executablePath = findFirefox();
    if (!executablePath) throw new Error("No Firefox was found: install one, or set FIREFOX_PATH to its executable");
    return launchFirefox({ executablePath, gpu: this.#gpu });
  }
}

/** Vitest's browser provider for an installed Firefox. */
export function firefox({ gpu }) {
  return defineBrowserProvider({
    name: "firefox",
    supportedBrowser: ["firefox"],
    options: { gpu },
    providerFactory: () => new FirefoxProvider({ gpu }),
  });
}
