// The files of a layers-model: model.json and the shards of the weights, from an address, from memory, or by a function that reads them.
import { describe, refuse, words } from "../base/error.ts";
import { addressBeside, addressOf, download } from "../model/download.ts";
import { checkFields, fieldOf, invalid } from "./config.ts";
import { type Weight, type WeightGroup, readManifest, readWeights } from "./weights.ts";

/** Parsed or as text, and the shards in the order of the manifest: together, or a list. */
export interface LayersFiles {
  readonly modelJson: unknown;
  readonly weights?: ArrayBuffer | ArrayBufferView | readonly (ArrayBuffer | ArrayBufferView)[];
}

/** Reads a file by its path beside model.json, which it also reads. */
export type ReadFile = (path: string) => Promise<ArrayBuffer | ArrayBufferView>;

/** What a model is read from. */
export type LayersInput = string | URL | LayersFiles | ReadFile;

/** Bytes of the weights read so far, and of all. */
export interface LoadProgress {
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

export interface FileOptions {
  readonly progress?: ((progress: LoadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The largest model.json: topologies take some hundred bytes a layer. */
const LARGEST_JSON = 64 * 2 ** 20;
/** Files read at once. */
const READERS = 8;

type Bytes = Uint8Array<ArrayBuffer>;

function bytesOf(what: string, given: unknown): Bytes {
  if (given instanceof ArrayBuffer) return new Uint8Array(given);
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer as ArrayBuffer, given.byteOffset, given.byteLength);
  return refuse("invalid-argument", what, given, "an ArrayBuffer or a view of one");
}

function parsed(given: unknown): unknown {
  if (typeof given !== "string" && !(given instanceof ArrayBuffer) && !ArrayBuffer.isView(given)) return given;
  const text = typeof given === "string" ? given : new TextDecoder().decode(given);
  if (text.length > LARGEST_JSON) invalid("model.json", words(`${text.length} characters`), `at most ${LARGEST_JSON}`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    return invalid(
      "model.json",
      words(`no JSON (${error instanceof Error ? error.message : describe(error)})`),
      "JSON",
    );
  }
}

/** Runs `work` for each item, a few at a time. Stops at the first failure. */
async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  let [next, failed] = [0, false];
  const reader = async (): Promise<void> => {
    while (next < items.length && !failed) {
      try {
        await work(items[next++]!);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
}

/** Reads the shards of all groups; `received` hears of bytes as they come. */
type ReadShard = (path: string, most: number, received: (bytes: number) => void, signal: AbortSignal) => Promise<Bytes>;

async function readShards(
  groups: readonly WeightGroup[],
  read: ReadShard,
  { progress, signal }: FileOptions,
): Promise<Bytes[][]> {
  const totalBytes = groups.reduce((sum, { bytes }) => sum + bytes, 0);
  let loadedBytes = 0;
  const received = (bytes: number): void => {
    loadedBytes += bytes;
    progress?.({ loadedBytes, totalBytes });
  };
  const files = groups.map((): Bytes[] => []);
  const shards = groups.flatMap(({ paths, bytes }, group) => paths.map((path, at) => ({ path, bytes, group, at })));
  // Ends the other downloads when one fails.
  const own = new AbortController();
  const abort = (): void => own.abort(signal!.reason);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", abort);
  try {
    await eachOf(shards, async ({ path, bytes, group, at }) => {
      files[group]![at] = await read(path, bytes, received, own.signal);
    });
  } catch (error) {
    own.abort(error);
    throw error;
  } finally {
    signal?.removeEventListener("abort", abort);
  }
  return files;
}

async function fromReader(read: (path: string) => Promise<Bytes>, shard: ReadShard, options: FileOptions) {
  const modelJson = parsed(await read("model.json"));
  const groups = readManifest(fieldOf(checkFields("model.json", modelJson), "weightsManifest"));
  const files = await readShards(groups, shard, options);
  return { modelJson, weights: groups.flatMap((group, at) => readWeights(group, files[at]!)) };
}

function fromMemory({ modelJson: given, weights = [] }: LayersFiles): { modelJson: unknown; weights: Weight[] } {
  const modelJson = parsed(given);
  const groups = readManifest(fieldOf(checkFields("model.json", modelJson), "weightsManifest"));
  const shards = (Array.isArray(weights) ? weights : [weights]).map((one: unknown, at) =>
    bytesOf(`weights[${at}]`, one),
  );
  const count = groups.reduce((sum, { paths }) => sum + paths.length, 0);
  if (shards.length === 1 && groups.length > 1 && count > 1) return { modelJson, weights: cut(groups, shards[0]!) };
  if (shards.length === 1 && groups.length === 1) return { modelJson, weights: readWeights(groups[0]!, shards) };
  if (shards.length !== count)
    invalid("weights", words(`${shards.length} files`), `the ${count} of the weightsManifest, or one with all`);
  let at = 0;
  return {
    modelJson,
    weights: groups.flatMap((group) => readWeights(group, shards.slice(at, (at += group.paths.length)))),
  };
}

/** The weights of all groups in one piece of memory. */
function cut(groups: readonly WeightGroup[], bytes: Bytes): Weight[] {
  const total = groups.reduce((sum, group) => sum + group.bytes, 0);
  if (bytes.length !== total) invalid("weights", words(`${bytes.length} bytes`), `${total}`);
  let at = 0;
  return groups.flatMap((group) => readWeights(group, [bytes.subarray(at, (at += group.bytes))]));
}

/**
 * Reads the files of a model.
 * @throws ConvError `invalid-model` with the file, if one is missing or too short; the signal's reason if it is aborted
 */
export async function readFiles(
  input: LayersInput,
  options: FileOptions,
): Promise<{ modelJson: unknown; weights: Weight[] }> {
  const { signal } = options;
  signal?.throwIfAborted();
  if (typeof input === "string" || input instanceof URL) {
    const address = addressOf(input);
    return fromReader(
      () => download(address, { most: LARGEST_JSON, signal }),
      (path, most, received, own) => download(addressBeside(address, path), { most, received, signal: own }),
      options,
    );
  }
  if (typeof input === "function") {
    const read = async (path: string): Promise<Bytes> => {
      const bytes = bytesOf(path, await input(path));
      signal?.throwIfAborted();
      return bytes;
    };
    const shard: ReadShard = async (path, _most, received) => {
      const bytes = await read(path);
      received(bytes.length);
      return bytes;
    };
    return fromReader(read, shard, options);
  }
  if (typeof input !== "object" || input === null || !("modelJson" in input))
    refuse("invalid-argument", "model", input, "an address, { modelJson, weights }, or a function that reads files");
  return fromMemory(input);
}
