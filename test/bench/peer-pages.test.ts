// The pages that the peers of `npm run bench -- --peers` run in, without a browser.
import { describe, expect, it, vi } from "vitest";
import { PeerPages } from "../../bench/peers/pages.ts";
import type { PeerBench, PeerPage, PeerResult } from "../../bench/peers/protocol.ts";
import { SUITES } from "../../bench/suites.ts";
import { answer, ask } from "../../scripts/harness/answer.ts";

const theirs: PeerResult = { milliseconds: 50, samples: [50], check: { error: 1e-6, bound: 1e-4, against: "direct" } };

describe("the peers' pages", () => {
  const work = {
    layer: SUITES["layers"]!.find(({ id }) => id === "L1")!,
    pass: "forward",
    batch: 1,
    samples: 5,
  } as const;

  /** Pages with the given answers, and a log of their opening and closing. */
  function pagesOf(replies: Partial<{ [name in keyof PeerBench]: () => unknown }>) {
    const log: string[] = [];
    const pages = new PeerPages(async () => {
      log.push("opened");
      const page = {
        ask: (name: keyof PeerBench) =>
          ask(
            answer(() => replies[name]!()),
            1000,
          ),
        close: async () => void log.push("closed"),
      };
      return page as unknown as PeerPage;
    });
    return { pages, log };
  }

  it("are opened once, on demand, and closed at the end", async () => {
    const { pages, log } = pagesOf({ open: () => "@jax-js/jax 1.2.3", measure: () => theirs });
    expect(log).toEqual([]);
    expect(await pages.measure("jax", work)).toEqual(theirs);
    expect(await pages.measure("jax", work)).toEqual(theirs);
    expect(pages.versions).toEqual({ jax: "@jax-js/jax 1.2.3" });
    await pages.close();
    expect(log).toEqual(["opened", "closed"]);
  });

  it("give the reason if a peer does not start, without trying again", async () => {
    const open = vi.fn<() => never>(() => {
      throw new Error("no WebGPU");
    });
    const { pages } = pagesOf({ open });
    const expected = { unsupported: "it does not start here: no WebGPU" };
    expect(await pages.measure("jax", work)).toEqual(expected);
    expect(await pages.measure("jax", work)).toEqual(expected);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it("go on after a failed job", async () => {
    const replies = [new Error("out of memory"), theirs];
    const measure = (): unknown => {
      const next = replies.shift();
      if (next instanceof Error) throw next;
      return next;
    };
    const { pages, log } = pagesOf({ open: () => "", measure });
    expect(await pages.measure("jax", work)).toEqual({ failed: "out of memory" });
    expect(await pages.measure("jax", work)).toEqual(theirs);
    expect(log).toEqual(["opened"]);
  });

  it("are reopened after a crash", async () => {
    let lost = true;
    const log: string[] = [];
    const pages = new PeerPages(async () => {
      log.push("opened");
      const page = {
        ask: async (name: keyof PeerBench) => {
          if (name === "open") return "";
          if (lost) throw new Error("the page crashed");
          return theirs;
        },
        close: () => Promise.reject(new Error("it is gone")),
      };
      return page as unknown as PeerPage;
    });
    expect(await pages.measure("jax", work)).toEqual({ failed: "the page crashed" });
    lost = false;
    expect(await pages.measure("jax", work)).toEqual(theirs);
    expect(log).toEqual(["opened", "opened"]);
  });
});
