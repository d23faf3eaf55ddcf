// The benchmark's browser: headless Chromium or Firefox, each on its software adapter unless the machine's own GPU is asked for.
import { chromium } from "playwright";
import { chromiumArgs, findFirefox } from "../scripts/browsers.mjs";
import { launchFirefox } from "../scripts/firefox.mjs";
import { type Answer, ask } from "../showcase/answer.ts";
import type { Options } from "./options.ts";
import type { BenchPage, Given, Question, Value } from "./protocol.ts";

/** A job that takes longer hangs: a search among slow algorithms may take minutes on a software adapter. */
const JOB_MS = 900_000;

export interface Where extends Pick<Options, "browser" | "gpu"> {
  /** The executable of Chromium. */
  readonly chromium: string;
  readonly address: string;
  /** Called with what goes wrong in the page by itself. */
  readonly trouble: (message: string) => void;
}

/** Asks a page by way of its own `evaluate`, which Playwright and Puppeteer have alike. */
type Evaluate = (
  work: (question: { name: Question; given: unknown }) => Promise<unknown>,
  question: { name: Question; given: unknown },
) => Promise<unknown>;

function asker(evaluate: Evaluate): BenchPage["ask"] {
  return <Name extends Question>(name: Name, given: Given<Name>) =>
    ask(
      evaluate((question) => (window.bench[question.name] as (argument: unknown) => Promise<unknown>)(question.given), {
        name,
        given,
      }) as Promise<Answer<Value<Name>>>,
      JOB_MS,
    );
}

async function openChromium({ chromium: executablePath, gpu, address, trouble }: Where): Promise<BenchPage> {
  const browser = await chromium.launch({ executablePath, headless: true, args: chromiumArgs({ gpu }) });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => trouble(`error in the page: ${error.message}`));
    page.on("crash", () => trouble("the page crashed"));
    await page.goto(address);
    await page.waitForFunction(() => "bench" in window);
    return {
      browser: `Chromium ${browser.version()}`,
      ask: asker((work, question) => page.evaluate(work, question)),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function openFirefox({ gpu, address, trouble }: Where): Promise<BenchPage> {
  const executablePath = findFirefox();
  if (!executablePath)
    throw new Error("no Firefox was found: install one, or set FIREFOX_PATH to its executable (Debian: firefox-esr)");
  const { browser, close } = await launchFirefox({ executablePath, gpu, optimise: true });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) =>
      trouble(`error in the page: ${error instanceof Error ? error.message : String(error)}`),
    );
    await page.goto(address);
    await page.waitForFunction(() => "bench" in window);
    return {
      browser: await browser.version(),
      ask: asker((work, question) => page.evaluate(work, question)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Starts the browser and opens the page. */
export function openPage(where: Where): Promise<BenchPage> {
  return where.browser === "firefox" ? openFirefox(where) : openChromium(where);
}
