// A headless browser whose pages Node asks questions: Chromium by Playwright, Firefox by Puppeteer (Playwright drives only a Firefox of its
// own making). `npm start`, the benchmark and the fuzzer each run in one.
import { type Browser as Chromium, chromium as playwright } from "playwright";
import { chromiumArgs, findChromium, findFirefox } from "../browsers.mjs";
import { launchFirefox } from "../firefox.mjs";
import { type AdapterInfo, isSoftware } from "./adapter.ts";
import { type Answer, type Page, type Questions, type Value, ask } from "./answer.ts";

/** A page that has not loaded its script by then never will. */
const LOAD_MS = 30_000;

/** A GPU process that hangs while it starts would otherwise hang the probe. */
const PROBE_MS = 20_000;

export interface LaunchOptions {
  readonly browser: "chromium" | "firefox";
  /** Whether to use the machine's own GPU, not a software adapter; "prefer" does so in Chromium if WebGPU offers a GPU there. */
  readonly gpu: boolean | "prefer";
  /** The executable of Chromium; searched for by default. */
  readonly chromium?: string;
  /** Whether Firefox's software driver optimises kernels. It compiles for longer then. */
  readonly optimise?: boolean;
}

export interface PageOptions {
  /** The object on the page's window that answers. */
  readonly name: string;
  /** Milliseconds after which a question counts as hanging. */
  readonly limit: number;
  /** Called with errors of the page that belong to no answer. */
  readonly trouble?: (message: string) => void;
}

/** A question as it travels. */
interface Asked {
  readonly object: string;
  readonly name: string;
  readonly given: readonly unknown[];
}

/** What the pages of Playwright and Puppeteer have in common. */
interface Tab {
  goto(address: string): Promise<unknown>;
  evaluate<Argument>(work: (argument: Argument) => unknown, argument: Argument): Promise<unknown>;
  bringToFront(): Promise<void>;
  close(): Promise<void>;
}

/** A browser as Playwright or Puppeteer drives it. */
interface Driver {
  readonly name: string;
  newTab(trouble: (message: string) => void): Promise<Tab>;
  close(): Promise<void>;
}

/** In the page: waits until its script has put the object on its window. */
async function isReady({ object, limit }: { object: string; limit: number }): Promise<void> {
  const deadline = performance.now() + limit;
  for (;;) {
    if (object in window) return;
    if (performance.now() > deadline) throw new Error(`the page has no window.${object} after ${limit / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** In the page: answers a question. */
function answerTo({ object, name, given }: Asked): unknown {
  const answers = (window as unknown as Record<string, Record<string, (...list: unknown[]) => unknown>>)[object]!;
  return answers[name]!(...given);
}

/** A headless browser. Browsers slow down pages in the background, so the page that is asked comes to the front. */
export class HeadlessBrowser {
  /** The browser's name and version. */
  readonly name: string;
  readonly #driver: Driver;
  #front: Tab | undefined;

  constructor(driver: Driver) {
    this.#driver = driver;
    this.name = driver.name;
  }

  /** Opens a page and waits until it can be asked. */
  async open<Q extends Questions<Q>>(address: string, options: PageOptions): Promise<Page<Q>> {
    const { name: object, limit, trouble = () => undefined } = options;
    const tab = await this.#driver.newTab(trouble);
    this.#front = tab; // A new page opens in front.
    await tab.goto(address);
    await tab.evaluate(isReady, { object, limit: LOAD_MS });
    return {
      ask: async <Name extends keyof Q & string>(name: Name, ...given: Parameters<Q[Name]>) => {
        if (this.#front !== tab) await tab.bringToFront();
        this.#front = tab;
        const answered = tab.evaluate(answerTo, { object, name, given });
        return ask(answered as Promise<Answer<Value<Q, Name>>>, limit);
      },
      close: () => tab.close(),
    };
  }

  close(): Promise<void> {
    return this.#driver.close();
  }
}

/** Starts a headless Chromium by Playwright, for callers that need its own interface. */
export function launchChromium(options: Pick<LaunchOptions, "chromium"> & { gpu: boolean; args?: string[] }) {
  const { chromium = findChromium() ?? undefined, gpu, args = [] } = options;
  return playwright.launch({ executablePath: chromium, headless: true, args: [...chromiumArgs({ gpu }), ...args] });
}

function chromiumDriver(browser: Chromium): Driver {
  return {
    name: `Chromium ${browser.version()}`,
    async newTab(trouble) {
      const page = await browser.newPage();
      page.on("pageerror", (error) => trouble(`error in the page: ${error.message}`));
      page.on("crash", () => trouble("the page crashed"));
      return page;
    },
    close: () => browser.close(),
  };
}

async function firefoxDriver({ gpu, optimise = false }: LaunchOptions): Promise<Driver> {
  const executablePath = findFirefox();
  if (!executablePath)
    throw new Error("no Firefox was found: install one, or set FIREFOX_PATH to its executable (Debian: firefox-esr)");
  const { browser, close } = await launchFirefox({ executablePath, gpu: gpu === true, optimise });
  return {
    name: await browser.version(),
    async newTab(trouble) {
      const page = await browser.newPage();
      page.on("pageerror", (error) =>
        trouble(`error in the page: ${error instanceof Error ? error.message : String(error)}`),
      );
      return page as Tab;
    },
    close,
  };
}

/** The adapter that WebGPU offers on a page of this address (WebGPU needs a secure context), or null. */
async function offeredAdapter(browser: Chromium, address: string): Promise<AdapterInfo | null> {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    return await page.evaluate(async (limit) => {
      const late = new Promise<null>((resolve) => setTimeout(resolve, limit, null));
      const request = navigator.gpu?.requestAdapter({ powerPreference: "high-performance" }) ?? null;
      const adapter = await Promise.race([request, late]);
      if (!adapter) return null;
      const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
      return { vendor, architecture, device, description, isFallback: isFallbackAdapter };
    }, PROBE_MS);
  } finally {
    await page.close();
  }
}

/** Starts Chromium on the machine's GPU if WebGPU offers one there, else on its software adapter. */
async function launchPreferringGpu(chromium: string | undefined, blank: string): Promise<Chromium> {
  const onGpu = await launchChromium({ chromium, gpu: true }).catch(() => null);
  if (onGpu) {
    const adapter = await offeredAdapter(onGpu, blank).catch(() => null);
    if (adapter && !isSoftware(adapter)) return onGpu;
    await onGpu.close();
  }
  return launchChromium({ chromium, gpu: false });
}

/** Starts a headless browser for pages of the server (server.ts) at an address. */
export async function launchBrowser(options: LaunchOptions, address: string): Promise<HeadlessBrowser> {
  const { browser, gpu, chromium } = options;
  if (browser === "firefox") return new HeadlessBrowser(await firefoxDriver(options));
  const blank = new URL("/blank", address).href;
  const launched = await (gpu === "prefer" ? launchPreferringGpu(chromium, blank) : launchChromium({ chromium, gpu }));
  return new HeadlessBrowser(chromiumDriver(launched));
}

/** Starts a headless browser with one page; closing the page ends the browser. */
export async function openPage<Q extends Questions<Q>>(
  address: string,
  options: LaunchOptions & PageOptions,
): Promise<Page<Q> & { readonly browser: string }> {
  const browser = await launchBrowser(options, address);
  try {
    const { ask: question } = await browser.open<Q>(address, options);
    return { browser: browser.name, ask: question, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
