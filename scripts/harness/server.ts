// A page of this project over HTTP: Vite serves the sources as they are, and a photograph beside them.
import type { AddressInfo } from "node:net";
import { type Plugin, createServer } from "vite";
import { wgsl } from "../wgsl.mjs";

/** A cross-origin isolated page has the fine-grained clock. */
export const HEADERS = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

interface Served {
  readonly path: string;
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** Bytes at an address, beside what Vite serves. */
function serve({ path, type, body }: Served): Plugin {
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
  /** The address of a page that loads nothing. */
  readonly blank: string;
  close(): Promise<void>;
}

/** Serves a page of the project in `root`, given by its path there. */
export async function servePage(root: string, page: string, photo?: Uint8Array): Promise<PageServer> {
  const server = await createServer({
    configFile: false,
    root,
    appType: "mpa",
    logLevel: "error",
    clearScreen: false,
    // The sources stay as they are while it runs, and none of them imports a package.
    server: { host: "localhost", port: 0, headers: HEADERS, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
    plugins: [
      wgsl(),
      ...(photo ? [serve({ path: "/photo", type: "application/octet-stream", body: photo })] : []),
      serve({ path: "/blank", type: "text/html", body: "<!doctype html><title>blank</title>" }),
    ],
  });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return {
    address: `http://localhost:${port}/${page}`,
    blank: `http://localhost:${port}/blank`,
    close: () => server.close(),
  };
}
