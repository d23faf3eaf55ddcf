// `npm run fuzz`: opens a page, has it try arbitrary cases, and prints failures as code.
import type { Page } from "../../scripts/harness/answer.ts";
import { openPage } from "../../scripts/harness/browser.ts";
import { servePage } from "../../scripts/harness/server.ts";
import type { Outcome } from "./call.ts";
import { type Report, campaign } from "./campaign.ts";
import type { Case } from "./case.ts";
import { type Options, parseOptions } from "./options.ts";
import type { Fuzz } from "./protocol.ts";

/** Milliseconds after which a case counts as hanging. */
const CASE_MS = 120_000;

/** The engines of the page are replaced after this many cases, before the kernels they cache fill its memory. */
const CASES_OF_AN_ENGINE = 500;

type FuzzPage = Page<Fuzz> & { readonly browser: string };

export interface Settings {
  /** The project's folder. */
  readonly root: string;
  readonly argv: readonly string[];
  /** The executable of Chromium. */
  readonly chromium: string;
}

/** Has the page perform cases. A case during which the page crashes or hangs is wrong. */
function performer(page: FuzzPage): (one: Case) => Promise<Outcome> {
  let made = 0;
  return async (one) => {
    try {
      if (++made % CASES_OF_AN_ENGINE === 0) await page.ask("open");
      return await page.ask("perform", one);
    } catch (error) {
      return { wrong: error instanceof Error ? error.message : String(error) };
    }
  };
}

function tell({ runs, computed, refused, counts, failures }: Report, seconds: number): void {
  console.log(
    `${runs} cases in ${seconds.toFixed(0)} s: ${computed} computed, ${refused} refused, ${failures.length} failed`,
  );
  const sorted = Object.entries(counts).toSorted(([, one], [, two]) => two - one);
  console.log(`  ${sorted.map(([name, count]) => `${name} ${count}`).join(", ")}`);
}

async function fuzz({ runs, seed, seconds, browser, path }: Options, page: FuzzPage): Promise<boolean> {
  const { adapter, dtypes } = await page.ask("open");
  console.log(
    `${page.browser}, adapter ${adapter || "(without a name)"}, ${dtypes.join(" and ")}; --seed ${seed} --browser ${browser}`,
  );
  const start = Date.now();
  const elapsed = (): number => (Date.now() - start) / 1000;
  let told = 0;
  const report = await campaign(
    {
      ...{ space: "wide" as const, seed, runs, dtypes },
      ...(seconds !== undefined && { until: start + seconds * 1000 }),
      ...(path !== undefined && { path }),
      again: (of, at) => `npm run fuzz -- --browser ${browser} --seed ${of} --path ${at}`,
    },
    performer(page),
    (so) => {
      for (const failure of so.failures.slice(told)) console.log(`\nFAILED: ${failure}\n`);
      told = so.failures.length;
      tell(so, elapsed());
    },
  );
  const trouble = await page.ask("trouble");
  for (const message of trouble) console.log(`\nThe GPU reported: ${message}`);
  return report.failures.length === 0 && trouble.length === 0;
}

/** Returns whether nothing failed. */
export async function main({ root, argv, chromium }: Settings): Promise<boolean> {
  const options = parseOptions(argv);
  const server = await servePage(root, "test/fuzz/index.html");
  try {
    const { browser } = options;
    const page = await openPage<Fuzz>(server.address, { browser, gpu: false, chromium, name: "fuzz", limit: CASE_MS });
    try {
      return await fuzz(options, page);
    } finally {
      await page.close();
    }
  } finally {
    await server.close();
  }
}
