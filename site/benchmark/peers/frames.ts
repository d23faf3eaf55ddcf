// Frames in which other engines run: each has a device and a module graph of its own, and ends with its frame.
import { PeerPages } from "../../../bench/peers/pages.ts";
import type { PeerPage } from "../../../bench/peers/protocol.ts";
import { type Answer, ask } from "../../../scripts/harness/answer.ts";
import { el } from "../../common/dom.ts";

/** Milliseconds after which an engine counts as hanging. */
const MOST_MILLISECONDS = 120_000;

async function openFrame(): Promise<PeerPage> {
  const frame = el("iframe", {
    ...{ src: "../peer/", title: "Another engine", class: "visually-hidden", tabindex: -1, "aria-hidden": "true" },
  });
  const loaded = new Promise<void>((resolve) => {
    frame.addEventListener("load", () => resolve(), { once: true });
  });
  document.body.append(frame);
  await loaded;
  const peer = frame.contentWindow?.peer;
  if (!peer) {
    frame.remove();
    throw new Error("this site was built without other engines");
  }
  return {
    ask(name, ...given) {
      const question = peer[name] as (...all: unknown[]) => Promise<Answer<never>>;
      return ask(question(...given), MOST_MILLISECONDS);
    },
    async close() {
      frame.remove();
    },
  };
}

/** Opens the frames of engines as they are first asked. */
export function peerFrames(): PeerPages {
  return new PeerPages(openFrame);
}
