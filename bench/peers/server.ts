// Serves the peers' page on a server of its own, whose root holds their packages: Vite finds them only there.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type Plugin, createServer } from "vite";
import { HEADERS } from "../../scripts/harness/server.ts";
import { ensurePackages } from "../../scripts/setup.mjs";

/** The types of files that the packages load by themselves. */
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

/** Returns the file of a request and its type, or null. */
async function fileOf(folder: string, request: IncomingMessage): Promise<{ file: string; type: string } | null> {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  const file = path.join(folder, decodeURIComponent(pathname));
  const type = TYPES[path.extname(file)];
  if (type === undefined || !file.startsWith(folder + path.sep)) return null;
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? { file, type } : null;
}

async function sendFile(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = await fileOf(folder, request).catch(() => null); // an invalid address
  if (!found) {
    response.statusCode = 404;
    response.end();
    return;
  }
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  response.setHeader("Content-Type", found.type);
  createReadStream(found.file)
    .on("error", () => response.destroy())
    .pipe(response);
}

/** Serves files of packages unchanged: those with WebAssembly load it, and the code around it, by address. */
function packageFiles(folder: string): Plugin {
  return {
    name: "files of packages",
    configureServer({ middlewares }) {
      middlewares.use("/files", (request, response) => {
        void sendFile(folder, request, response);
      });
    },
  };
}

export interface PeerServer {
  /** The address of the peers' page, on localhost. */
  readonly address: string;
  close(): Promise<void>;
}

/** Installs the peers' packages in `folder` if they are missing. */
export function installPeers(folder: string): void {
  try {
    ensurePackages(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`--peers needs the packages of bench/peers, and they could not be installed: ${reason}`, {
      cause: error,
    });
  }
}

/** Serves the peers' page of the project in `root`; their packages must be installed. */
export async function servePeers(root: string): Promise<PeerServer> {
  const own = path.join(root, "bench", "peers");
  const server = await createServer({
    configFile: false,
    root: own,
    appType: "mpa",
    logLevel: "error",
    clearScreen: false,
    server: { host: "localhost", port: 0, headers: HEADERS, hmr: false, watch: null, fs: { allow: [root] } },
    // TensorFlow.js is a thousand modules, some of them CommonJS, so it is bundled first. The others are a few modules each.
    optimizeDeps: { noDiscovery: true, include: ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-webgpu"] },
    plugins: [packageFiles(path.join(own, "node_modules"))],
  });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return { address: `http://localhost:${port}/index.html`, close: () => server.close() };
}
