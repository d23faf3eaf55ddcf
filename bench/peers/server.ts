// Serves the peers' page on a server of its own, whose root holds their packages: Vite finds them only there.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type Plugin, createServer } from "vite";
import { HEADERS } from "../../scripts/harness/server.ts";
import { ensurePackages } from "../../scripts/setup.mjs";
import { sourceAlias } from "../../scripts/source-alias.mjs";
import { wgsl } from "../../scripts/wgsl.mjs";
import { MODEL_FILES } from "../models/measure.ts";

/** The types of files that the packages load by themselves. */
const TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".bin": "application/octet-stream",
  ".onnx": "application/octet-stream",
};

/** TensorFlow.js is a thousand modules, some of them CommonJS, so it is bundled first, with its programs. The others are a few modules each. */
const BUNDLED = [
  "@tensorflow/tfjs",
  ...["core", "layers", "backend-webgpu", "backend-wasm"].map((name) => `@tensorflow/tfjs-${name}`),
  "@tensorflow/tfjs-core/dist/register_all_gradients",
  ...["upscaler", "@upscalerjs/default-model", "@upscalerjs/esrgan-slim/4x"],
  ...["nsfwjs/core", "nsfwjs/models/mobilenet_v2"],
];

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

/** Serves files of packages unchanged under an address: WebAssembly and the code around it, and models. */
export function packageFiles(address: string, folder: string): Plugin {
  return {
    name: `files of packages at ${address}`,
    configureServer({ middlewares }) {
      middlewares.use(address, (request, response) => {
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

/** What needs packages, and where they are, for messages. */
const OF_PEERS = { needed: "--peers", place: "bench/peers" };

/** Installs the packages in `folder` if they are missing. */
export function installPackages(folder: string, { needed, place } = OF_PEERS): void {
  try {
    ensurePackages(folder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${needed} needs the packages of ${place}, and they could not be installed: ${reason}`, {
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
    optimizeDeps: { noDiscovery: true, include: BUNDLED },
    // The adapter's sources lie outside the root, and take the same TensorFlow.js.
    resolve: { alias: sourceAlias, dedupe: ["@tensorflow/tfjs-core"] },
    plugins: [
      wgsl(),
      packageFiles("/files", path.join(own, "node_modules")),
      packageFiles(MODEL_FILES, path.join(root, "bench", "models", "node_modules")),
    ],
  });
  await server.listen();
  const { port } = server.httpServer!.address() as AddressInfo;
  return { address: `http://localhost:${port}/index.html`, close: () => server.close() };
}
