// The benchmark's browser. Convoke and each of its peers have a page of their own in it.
import { launchBrowser } from "../scripts/harness/browser.ts";
import type { BenchPage } from "./bench-page.ts";
import type { Options } from "./options.ts";
import type { PeerBench } from "./peers/protocol.ts";
import type { Bench } from "./protocol.ts";

/** Milliseconds after which a job counts as hanging: a search among slow algorithms may take minutes on a software adapter. */
const JOB_MS = 900_000;

/** Milliseconds after which a peer counts as hanging on one layer. */
const PEER_JOB_MS = 300_000;

export interface Where extends Pick<Options, "gpu"> {
  readonly browser: "chromium" | "firefox";
  /** The executable of Chromium. */
  readonly chromium: string;
  readonly address: string;
  /** The address of the peers' page, if peers are asked for. */
  readonly peerAddress?: string;
  /** Called with errors of the benchmark's own page that belong to no answer. */
  readonly trouble: (message: string) => void;
}

/** Starts the browser and opens the page. */
export async function openBrowser({ address, peerAddress, trouble, ...options }: Where): Promise<BenchPage> {
  const browser = await launchBrowser({ ...options, optimise: true }, address);
  try {
    const page = await browser.open<Bench>(address, { name: "bench", limit: JOB_MS, trouble });
    return {
      browser: browser.name,
      ask: page.ask,
      // Errors of a peer's page show in its results.
      ...(peerAddress !== undefined && {
        openPeer: (limit = PEER_JOB_MS) => browser.open<PeerBench>(peerAddress, { name: "peer", limit }),
      }),
      close: () => browser.close(),
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}
