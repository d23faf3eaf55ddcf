// `npm run bench`: opens what computes, a page in a browser or Node itself, and has the benchmark told (benchmark.ts).
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
  /** The folder that file names are seen from. */
  readonly folder: string;
  /** The executable of Chromium. */
  readonly chromium: string;
}

/** The whole benchmark. Returns whether every result was right. */
export async function main({ root, argv, folder, chromium }: Settings): Promise<boolean> {
  const options = parseOptions(argv);
  if (options.browser === "node") return benchmark(options, folder, openNode);
  if (options.peers) installPeers(path.join(root, "bench", "peers"));
  const server = await servePage(root, "bench/index.html");
  const peers = options.peers && (await servePeers(root));
  try {
    return await benchmark(options, folder, (trouble) =>
      openBrowser({
        ...options,
        chromium,
        address: server.address,
        ...(peers && { peerAddress: peers.address }),
        trouble,
      }),
    );
  } finally {
    await peers?.close();
    await server.close();
  }
}
