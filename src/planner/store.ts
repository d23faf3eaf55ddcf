// Where the tuning table outlives the page or the process: IndexedDB in a browser, a file in the user's cache folder under Node.
import { refuse } from "../base/error.ts";

/** A place that keeps one text. */
export interface TuningStore {
  /** The text that was saved last, or undefined. */
  load(): Promise<string | undefined>;
  save(text: string): Promise<void>;
}

const NAME = "convoke";
const RECORDS = "tuning";
const RECORD = "table";

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  });
}

async function withRecords<T>(mode: IDBTransactionMode, work: (records: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(NAME, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(RECORDS));
  const database = await settled(opening);
  try {
    return await settled(work(database.transaction(RECORDS, mode).objectStore(RECORDS)));
  } finally {
    database.close();
  }
}

const inBrowser: TuningStore = {
  async load() {
    const text: unknown = await withRecords("readonly", (records) => records.get(RECORD));
    return typeof text === "string" ? text : undefined;
  },
  async save(text) {
    await withRecords("readwrite", (records) => records.put(text, RECORD));
  },
};

type Node = Pick<typeof process, "env" | "versions"> & { getBuiltinModule?: (name: string) => unknown };

function inFile(node: Node): TuningStore | undefined {
  // Asked for by name, so that a bundler for browsers finds no import of Node's modules.
  const builtIn = node.getBuiltinModule;
  const files = builtIn?.("node:fs/promises") as typeof import("node:fs/promises") | undefined;
  const path = builtIn?.("node:path") as typeof import("node:path") | undefined;
  const os = builtIn?.("node:os") as typeof import("node:os") | undefined;
  if (!files || !path || !os) return undefined;
  const folder = path.join(node.env["XDG_CACHE_HOME"] ?? path.join(os.homedir(), ".cache"), NAME);
  const file = path.join(folder, "tuning.json");
  return {
    async load() {
      return files.readFile(file, "utf8");
    },
    async save(text) {
      await files.mkdir(folder, { recursive: true });
      // Renamed into place, so that nobody reads half a table.
      const draft = `${file}.${String(Math.random()).slice(2)}`;
      await files.writeFile(draft, text);
      await files.rename(draft, file);
    },
  };
}

/**
 * The store that an option asks for: that of this environment for "keep", none for "forget", or the given one.
 * @throws ConvError `invalid-argument` for anything else
 */
export function checkStore(argument: string, option: unknown): TuningStore | undefined {
  if (option === "keep") return defaultStore();
  if (option === "forget") return undefined;
  const { load, save } = (option ?? {}) as Partial<TuningStore>;
  if (typeof load !== "function" || typeof save !== "function")
    refuse("invalid-argument", argument, option, '"keep", "forget" or an object with the functions load and save');
  return option as TuningStore;
}

/** The store of this environment, where it has one. */
function defaultStore(): TuningStore | undefined {
  const node = (globalThis as { process?: Node }).process;
  if (node?.versions?.node !== undefined) return inFile(node);
  return "indexedDB" in globalThis ? inBrowser : undefined;
}
