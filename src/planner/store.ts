// Persistent storage of the tuning table: IndexedDB in a browser, a file in the user's cache folder under Node.
import { refuse } from "../base/error.ts";

/** Storage of one text, for the tuning table. */
export interface TuningStore {
  /** Returns the text that was saved last, or undefined. */
  load(): Promise<string | undefined>;
  /** Saves a text in place of the last one. */
  save(text: string): Promise<void>;
}

/** Name of the database, or of the cache folder. */
const NAME = "convoke";

/** The object store in the database, and the key of its one record. */
const RECORDS = "tuning";
const RECORD = "table";

function resultOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB failed")));
  });
}

async function withRecords<T>(mode: IDBTransactionMode, work: (records: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(NAME, 1);
  opening.addEventListener("upgradeneeded", () => opening.result.createObjectStore(RECORDS));
  const database = await resultOf(opening);
  try {
    return await resultOf(work(database.transaction(RECORDS, mode).objectStore(RECORDS)));
  } finally {
    database.close();
  }
}

const indexedDbStore: TuningStore = {
  async load() {
    const text: unknown = await withRecords("readonly", (records) => records.get(RECORD));
    return typeof text === "string" ? text : undefined;
  },
  async save(text) {
    await withRecords("readwrite", (records) => records.put(text, RECORD));
  },
};

type Node = Pick<typeof process, "env" | "versions"> & { getBuiltinModule?: (name: string) => unknown };

function fileStore(node: Node): TuningStore | undefined {
  // Loaded by name, so that a bundler for browsers finds no import of Node's modules.
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
      // Renamed into place, so that no process reads half a table.
      const draft = `${file}.${String(Math.random()).slice(2)}`;
      await files.writeFile(draft, text);
      await files.rename(draft, file);
    },
  };
}

/**
 * Returns the store that an option selects: that of this environment for "keep", none for "forget", or the given one.
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

/** The store of this environment, if it has one. */
function defaultStore(): TuningStore | undefined {
  const node = (globalThis as { process?: Node }).process;
  if (node?.versions?.node !== undefined) return fileStore(node);
  return "indexedDB" in globalThis ? indexedDbStore : undefined;
}
