// The fuzzer's browser: a page in headless Chromium or Firefox, on its software adapter.
import { chromium } from "playwright";
import { chromiumArgs, findFirefox } from "../../scripts/browsers.mjs";
import { launchFirefox } from "../../scripts/firefox.mjs";
import { type Answer, ask } from "../../scripts/harness/answer.ts";
import type { Outcome } from "./call.ts";
import type { Case } from "./case.ts";
import type { Opened } from "./protocol.ts";

/** A case that takes longer hangs. */
const CASE_MS = 120_000;

export interface Where {
  readonly browser: "chromium" | "firefox";
  /** The executable of Chromium. */
  readonly chromium: string;
  readonly address: string;
}

export interface FuzzPage {
  readonly browser: string;
  open(): Promise<Opened>;
  perform(one: Case): Promise<Outcome>;
  trouble(): Promise<readonly string[]>;
  close(): Promise<void>;
}

type Question = "open" | "perform" | "trouble";
type Evaluate = (name: Question, given: Case | null) => Promise<unknown>;

/** Runs in the page. */
const asked = async ({ name, given }: { name: Question; given: Case | null }): Promise<unknown> =>
  name === "perform" ? window.fuzz.perform(given!) : window.fuzz[name]();

function pageOf(browser: string, evaluate: Evaluate, close: () => Promise<void>): FuzzPage {
  const question = <T>(name: Question, given: Case | null = null): Promise<T> =>
    ask(evaluate(name, given) as Promise<Answer<T>>, CASE_MS);
  return {
    browser,
    open: () => question("open"),
    perform: (one) => question("perform", one),
    trouble: () => question("trouble"),
    close,
  };
}

async function inChromium({ chromium: executablePath, address }: Where): Promise<FuzzPage> {
  const browser = await chromium.launch({ executablePath, headless: true, args: chromiumArgs({ gpu: false }) });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(() => "fuzz" in window);
    return pageOf(
      `Chromium ${browser.version()}`,
      (name, given) => page.evaluate(asked, { name, given }),
      () => browser.close(),
    );
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function inFirefox({ address }: Where): Promise<FuzzPage> {
  const executablePath = findFirefox();
  if (!executablePath)
    throw new Error("no Firefox was found: install one, or set FIREFOX_PATH to its executable (Debian: firefox-esr)");
  const { browser, close } = await launchFirefox({ executablePath, gpu: false });
  try {
    const page = await browser.newPage();
    await page.goto(address);
    await page.waitForFunction(() => "fuzz" in window);
    return pageOf(await browser.version(), (name, given) => page.evaluate(asked, { name, given }), close);
  } catch (error) {
    await close();
    throw error;
  }
}

export function openPage(where: Where): Promise<FuzzPage> {
  return where.browser === "firefox" ? inFirefox(where) : inChromium(where);
}
