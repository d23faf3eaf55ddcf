// The benchmark's browser: headless Chromium or Firefox, each on its software adapter unless the machine's own GPU is asked for. Convoke and
// each of its peers have a page of their own in it.
import { chromium } from "playwright";
import { chromiumArgs, findFirefox } from "../scripts/browsers.mjs";
import { launchFirefox } from "../scripts/firefox.mjs";
import { type Answer, ask } from "../scripts/harness/answer.ts";
import type { Options } from "./options.ts";
import type { PeerBench } from "./peers/protocol.ts";
import type { Bench, BenchPage, Given, Page, Value } from "./protocol.ts";

/** A job that takes longer hangs: a search among slow algorithms may take minutes on a software adapter. */
const JOB_MS = 900_000;

/** A peer that takes longer on one layer hangs. */
const PEER_JOB_MS = 300_000;

export interface Where extends Pick<Options, "browser" | "gpu"> {
  /** The executable of Chromium. */
  readonly chromium: string;
  readonly address: string;
  /** Of the peers' page, where peers are asked for. */
  readonly peerAddress?: string;
  /** Called with what goes wrong in the benchmark's own page by itself. */
  readonly trouble: (message: string) => void;
}

/** The name of what answers in a page, on its window. */
type Answering = "bench" | "peer";

interface Asked {
  readonly of: Answering;
  readonly name: string;
  readonly given: unknown;
}

/** A page as Playwright and Puppeteer have it alike. */
interface Tab {
  /** Runs a function in the page. */
  evaluate(work: (asked: Asked) => Promise<unknown>, asked: Asked): Promise<unknown>;
  bringToFront(): Promise<void>;
  close(): Promise<void>;
}

interface Browser {
  readonly name: string;
  open(address: string, of: Answering, trouble: (message: string) => void): Promise<Tab>;
  close(): Promise<void>;
}

async function launchChromium({ chromium: executablePath, gpu }: Where): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, headless: true, args: chromiumArgs({ gpu }) });
  return {
    name: `Chromium ${browser.version()}`,
    async open(address, of, trouble) {
      const page = await browser.newPage();
      page.on("pageerror", (error) => trouble(`error in the page: ${error.message}`));
      page.on("crash", () => trouble("the page crashed"));
      await page.goto(address);
      await page.waitForFunction((name) => name in window, of);
      return {
        evaluate: (work, asked) => page.evaluate(work, asked),
        bringToFront: () => page.bringToFront(),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

async function startFirefox({ gpu }: Where): Promise<Browser> {
  const executablePath = findFirefox();
  if (!executablePath)
    throw new Error("no Firefox was found: install one, or set FIREFOX_PATH to its executable (Debian: firefox-esr)");
  const { browser, close } = await launchFirefox({ executablePath, gpu, optimise: true });
  return {
    name: await browser.version(),
    async open(address, of, trouble) {
      const page = await browser.newPage();
      page.on("pageerror", (error) =>
        trouble(`error in the page: ${error instanceof Error ? error.message : String(error)}`),
      );
      await page.goto(address);
      await page.waitForFunction((name: string) => name in window, {}, of);
      return {
        evaluate: (work, asked) => page.evaluate(work, asked),
        bringToFront: () => page.bringToFront(),
        close: () => page.close(),
      };
    },
    close,
  };
}

/** Opens pages of one browser, each in front while it is asked: browsers slow down what is in the background. */
class Pages {
  readonly #browser: Browser;
  #front: Tab | undefined;

  constructor(browser: Browser) {
    this.#browser = browser;
  }

  async open(address: string, of: Answering, trouble: (message: string) => void): Promise<Tab> {
    const tab = await this.#browser.open(address, of, trouble);
    this.#front = tab; // a new page is
    return tab;
  }

  async front(tab: Tab): Promise<void> {
    if (this.#front !== tab) await tab.bringToFront();
    this.#front = tab;
  }
}

function asking(pages: Pages, tab: Tab, of: Answering, limit: number) {
  return async <T>(name: string, given: unknown): Promise<T> => {
    await pages.front(tab);
    const answered = tab.evaluate(
      (asked) =>
        (window[asked.of] as unknown as Record<string, (argument: unknown) => Promise<unknown>>)[asked.name]!(
          asked.given,
        ),
      { of, name, given },
    );
    return ask(answered as Promise<Answer<T>>, limit);
  };
}

async function openPeer(pages: Pages, address: string): Promise<Page<PeerBench>> {
  // What goes wrong in it by itself shows in its results, and is no trouble of ours.
  const tab = await pages.open(address, "peer", () => undefined);
  const question = asking(pages, tab, "peer", PEER_JOB_MS);
  return {
    ask: <Name extends keyof PeerBench>(name: Name, given: Given<PeerBench, Name>) =>
      question<Value<PeerBench, Name>>(name, given),
    close: () => tab.close(),
  };
}

/** Starts the browser and opens the page. */
export async function openBrowser(where: Where): Promise<BenchPage> {
  const browser = await (where.browser === "firefox" ? startFirefox(where) : launchChromium(where));
  const { address, peerAddress, trouble } = where;
  try {
    const pages = new Pages(browser);
    const tab = await pages.open(address, "bench", trouble);
    const question = asking(pages, tab, "bench", JOB_MS);
    return {
      browser: browser.name,
      ask: <Name extends keyof Bench>(name: Name, given: Given<Bench, Name>) =>
        question<Value<Bench, Name>>(name, given),
      ...(peerAddress !== undefined && { openPeer: () => openPeer(pages, peerAddress) }),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
