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

const loadFileStore = () => import("./file-store.ts");

/** A file, under Node. Its code is loaded on first use: pages have no need of it. */
const fileStore: TuningStore = {
  load: async () => (await loadFileStore()).loadText(),
  save: async (text) => (await loadFileStore()).saveText(text),
};

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
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  if (process?.versions?.node !== undefined) return fileStore;
  return "indexedDB" in globalThis ? indexedDbStore : undefined;
}
