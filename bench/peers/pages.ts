// The pages of the peers as Node sees them: each is opened when first needed, and again if it was lost.
import { jobMessage } from "../../scripts/harness/answer.ts";
import type { BenchPage } from "../bench-page.ts";
import type { PeerName } from "./names.ts";
import type { PeerOperation, PeerPage, PeerResult, PeerWork } from "./protocol.ts";

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

export class PeerPages {
  /** Package and version of each peer that has run. */
  readonly versions: Partial<Record<PeerName, string>> = {};
  readonly #open: () => Promise<PeerPage>;
  readonly #pages = new Map<PeerName, PeerPage>();
  /** Why a peer does not start. */
  readonly #unfit = new Map<PeerName, string>();

  constructor(open: () => Promise<PeerPage>) {
    this.#open = open;
  }

  /** The pages of peers in the browser of the benchmark's page. */
  static of({ openPeer }: Pick<BenchPage, "openPeer">): PeerPages {
    return new PeerPages(() => {
      if (!openPeer) throw new Error("there is no page for a peer here");
      return openPeer();
    });
  }

  /** Measures a peer on some work. Never rejects: a failing peer is a result. */
  measure(peer: PeerName, work: PeerWork): Promise<PeerResult> {
    return this.#ask(peer, (page) => page.ask("measure", work));
  }

  /** The same for an operation beside convolution. */
  operate(peer: PeerName, work: PeerOperation): Promise<PeerResult> {
    return this.#ask(peer, (page) => page.ask("operate", work));
  }

  async #ask(peer: PeerName, ask: (page: PeerPage) => Promise<PeerResult>): Promise<PeerResult> {
    try {
      const page = await this.#page(peer);
      const unfit = this.#unfit.get(peer);
      if (unfit !== undefined) return { unsupported: unfit };
      return await ask(page);
    } catch (error) {
      try {
        return { failed: jobMessage(error) };
      } catch {
        // The page is gone or hangs: the next question opens a new one.
        await this.#drop(peer);
        return { failed: messageOf(error) };
      }
    }
  }

  async close(): Promise<void> {
    for (const peer of [...this.#pages.keys()]) await this.#drop(peer);
  }

  async #page(peer: PeerName): Promise<PeerPage> {
    const known = this.#pages.get(peer);
    if (known) return known;
    const page = await this.#open();
    this.#pages.set(peer, page);
    try {
      this.versions[peer] = await page.ask("open", peer);
    } catch (error) {
      this.#unfit.set(peer, `it does not start here: ${jobMessage(error)}`);
    }
    return page;
  }

  async #drop(peer: PeerName): Promise<void> {
    const page = this.#pages.get(peer);
    this.#pages.delete(peer);
    await page?.close().catch(() => undefined); // it may be gone already
  }
}
