// `npm run bench`: opens what computes, a page in a browser or Node itself, and has the benchmark told (benchmark.ts).
import { servePage } from "../showcase/server.ts";
import { benchmark } from "./benchmark.ts";
import { openPage } from "./browser.ts";
import { openNode } from "./node.ts";
import { parseOptions } from "./options.ts";

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
  const server = await servePage(root, "bench/index.html");
  try {
    return await benchmark(options, folder, (trouble) =>
      openPage({ ...options, chromium, address: server.address, trouble }),
    );
  } finally {
    await server.close();
  }
}
