// `npm run bench`: opens a page in a browser, or Node itself, where the benchmark computes, and runs it there (benchmark.ts).
import path from "node:path";
import { servePage } from "../scripts/harness/server.ts";
import { benchmark } from "./benchmark.ts";
import { openBrowser } from "./browser.ts";
import { openNode } from "./node.ts";
import { parseOptions } from "./options.ts";
import { installPeers, servePeers } from "./peers/server.ts";

export interface Settings {
  /** The project's folder. */
  readonly root: string;
  readonly argv: readonly string[];
  /** File names are relative to this folder. */
  readonly folder: string;
  /** The executable of Chromium. */
  readonly chromium: string;
}

/** Runs the whole benchmark. Returns whether every result was right. */
export async function main({ root, argv, folder, chromium }: Settings): Promise<boolean> {
  const options = parseOptions(argv);
  const { browser, gpu } = options;
  if (browser === "node") return benchmark(options, folder, openNode);
  if (options.peers) installPeers(path.join(root, "bench", "peers"));
  const server = await servePage(root, "bench/index.html");
  const peers = options.peers && (await servePeers(root));
  try {
    const { address } = server;
    return await benchmark(options, folder, (trouble) =>
      openBrowser({ browser, gpu, chromium, address, ...(peers && { peerAddress: peers.address }), trouble }),
    );
  } finally {
    await peers?.close();
    await server.close();
  }
}
