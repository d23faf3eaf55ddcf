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

/**
 * Opens each of Vitest's pages in a Firefox of its own: one compiles all kernels of its pages in turn, and slows the timers of those behind the
 * first. No commands (clicks, screenshots): the suites compute and look at nothing.
 */
class FirefoxProvider {
  name = "firefox";
  supportsParallelism = true;
  #gpu;
  /** The browsers by the session whose page they have. @type {Map<string, ReturnType<typeof launchFirefox>>} */
  #started = new Map();

  constructor({ gpu }) {
    this.#gpu = gpu;
  }

  getCommandsContext() {
    return {};
  }

  async openPage(sessionId, url) {
    await this.#close(sessionId);
    const starting = this.#launch();
    this.#started.set(sessionId, starting);
    const { browser } = await starting;
    const page = await browser.newPage();
    await page.goto(url, { timeout: 0 });
  }

  async close() {
    await Promise.all([...this.#started.keys()].map((sessionId) => this.#close(sessionId)));
  }

  async #close(sessionId) {
    const starting = this.#started.get(sessionId);
    this.#started.delete(sessionId);
    const started = await starting?.catch(() => null); // what did not start was reported by openPage
    await started?.close();
  }

  async #launch() {
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
