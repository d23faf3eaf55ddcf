// Serves a page of this project over HTTP: Vite compiles the sources as the page loads them. Files of the caller can lie beside them.
import type { AddressInfo } from "node:net";
import { type Plugin, createServer } from "vite";
import { sourceAlias } from "../source-alias.mjs";
import { wgsl } from "../wgsl.mjs";

/** Makes pages cross-origin isolated: only those have the fine-grained clock. */
export const HEADERS = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** A file that exists only while the server runs. */
export interface ServedFile {
  readonly path: string;
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** The page at which the harness looks for an adapter: it loads nothing. */
const BLANK: ServedFile = { path: "/blank", type: "text/html", body: "<!doctype html><title>blank</title>" };

function serve({ path, type, body }: ServedFile): Plugin {
  return {
    name: `serve ${path}`,
    configureServer({ middlewares }) {
      middlewares.use(path, (_request, response) => {
        response.setHeader("Content-Type", type);
        response.end(body);
      });
    },
  };
}

export interface PageServer {
  /** The address of the page, on localhost. */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves a page of the project in `root`, given by its path there, with some files beside it and what plugins of Vite serve. */
export async function servePage(
  root: string,
  page: string,
  files: readonly ServedFile[] = [],
  plugins: readonly Plugin[] = [],
): Promise<PageServer> {
  const server = await createServer({
    configFile: false,
    root,
    appType: "mpa",
    logLevel: "error",
    clearScreen: false,
    // The sources do not change while it runs, and none of them imports a package.
    server: { host: "localhost", port: 0, headers: HEADERS, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
    // As published: planners of models weigh how long the kernels are.
    plugins: [wgsl({ minified: true }), ...[BLANK, ...files].map(serve), ...plugins],
    resolve: { alias: sourceAlias },
  });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return { address: `http://localhost:${port}/${page}`, close: () => server.close() };
}
