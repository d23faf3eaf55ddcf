// `npm run bench`: opens a page in a browser, or Node itself, where the benchmark computes, and runs it there (benchmark.ts).
import path from "node:path";
import { servePage } from "../scripts/harness/server.ts";
import { benchmark } from "./benchmark.ts";
import { openBrowser } from "./browser.ts";
import { MODEL_FILES } from "./models/measure.ts";
import { openNode } from "./node.ts";
import { parseOptions } from "./options.ts";
import { installPackages, packageFiles, servePeers } from "./peers/server.ts";
import { MODELS_SUITE, TFJS_SUITE } from "./suites.ts";

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
  const folderOf = (name: string): string => path.join(root, "bench", name);
  const onTfjs = options.suite === TFJS_SUITE;
  if (options.peers) installPackages(folderOf("peers"));
  else if (onTfjs) installPackages(folderOf("peers"), { needed: `--suite ${TFJS_SUITE}`, place: "bench/peers" });
  const withModels = options.suite === MODELS_SUITE;
  if (withModels) installPackages(folderOf("models"), { needed: `--suite ${MODELS_SUITE}`, place: "bench/models" });
  const plugins = withModels ? [packageFiles(MODEL_FILES, path.join(folderOf("models"), "node_modules"))] : [];
  const server = await servePage(root, "bench/index.html", [], plugins);
  const peers = options.peers || onTfjs ? await servePeers(root) : undefined;
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
