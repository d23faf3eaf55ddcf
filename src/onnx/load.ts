// Loads a model: its file from wherever it is, and the files that its tensors are in.
import { DTYPES, type Dtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import { checkOneOf, checkOptions, checkSignal } from "../base/validate.ts";
import type { Engine } from "../engine.ts";
import { checkModelConstraints, constrained } from "../model/constrained.ts";
import { addressOf, collect, collectResponse, download } from "../model/download.ts";
import type { ModelSource } from "../model/graph.ts";
import { Model } from "../model/model.ts";
import type { Constraints } from "../planner/choose.ts";
import { loadExternal, readModel } from "./read.ts";

/** A file: its address, a response to a request for it, a stream or a piece of memory, which is not to be changed while the model lives. */
export type OnnxInput = string | URL | Response | ReadableStream<Uint8Array> | Blob | ArrayBuffer | ArrayBufferView;

/** Bytes that have arrived, of the model and of the files of its tensors, and of all where their senders say it. */
export interface LoadProgress {
  readonly loadedBytes: number;
  readonly totalBytes?: number;
}

/** The options of `loadOnnx`. */
export interface OnnxOptions {
  /** Called as bytes arrive. */
  progress?: (progress: LoadProgress) => void;
  /** Stops the loading: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** The element type of floats on the GPU, whatever the file's: "f32" by default. */
  dtype?: Dtype;
  /**
   * Returns a file that tensors are in, by the path that the model has for it. By default it is downloaded from beside the model, if that is given
   * by its address.
   */
  externalData?: (path: string) => OnnxInput | Promise<OnnxInput>;
  /** Constraints of all convolutions and fully connected layers, as `conv` has them: `{ algorithm: "direct" }`, or a largest error. */
  constraints?: Constraints;
}

/** Largest file: a protocol buffer has no more bytes. */
const MOST_BYTES = 2 ** 31 - 1;

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Loads an ONNX model, of operator sets 7 to 22. Shapes may be open; their names say which sizes are the same. What cannot be run is refused now,
 * except what depends on open sizes.
 *
 * @param model the address of an .onnx file, a response, a stream, a Blob or the bytes
 * @returns a model with the inputs and outputs of the file, by their names. Maps have the channels first. Integers of 8 and 16 bits and booleans
 * are floats, integers of more bits "u32"
 * @throws ConvError (as a rejection) `invalid-model` with the byte or the name that breaks the rules of the format; `unsupported-model` with
 * every node that is not served; the signal's reason if it aborts; the error of the import if a part of the library cannot be loaded
 * @example
 * const model = await loadOnnx(engine, "/detect.onnx");
 * const { scores } = await model.run({ image: { data: pixels, shape: [1, 3, 320, 320] } });
 */
export async function loadOnnx(engine: Engine, model: OnnxInput, options: OnnxOptions = {}): Promise<Model> {
  return new Model(engine, await readOnnx(model, options));
}

/** Reads an ONNX model, without a GPU. @throws as `loadOnnx` */
export async function readOnnx(model: OnnxInput, options: OnnxOptions = {}): Promise<ModelSource> {
  const checked = checkOptions("options", options, ["progress", "signal", "dtype", "externalData", "constraints"]);
  const { progress, externalData } = options;
  for (const [name, value] of Object.entries({ progress, externalData }))
    if (value !== undefined && typeof value !== "function") refuse("invalid-argument", name, value, "a function");
  const signal = checkSignal("signal", checked["signal"]);
  const dtype = checkOneOf("dtype", checked["dtype"] ?? "f32", DTYPES);
  const constraints = checkModelConstraints(checked["constraints"]);
  const files = new Files(progress, signal);
  const bytes = await files.read("model", model);
  const source = await readModel(bytes, dtype, async (path) =>
    files.read(path, externalData ? await externalData(path) : (await loadExternal()).addressOfExternal(model, path)),
  );
  // Parts of the library may have been loaded meanwhile.
  signal?.throwIfAborted();
  return constrained(source, constraints);
}

/** Reads files, and reports the bytes of all of them. */
class Files {
  readonly #progress: OnnxOptions["progress"];
  readonly #signal: AbortSignal | undefined;
  #loaded = 0;
  /** Of the files that were read to their end. */
  #before = 0;

  constructor(progress: OnnxOptions["progress"], signal: AbortSignal | undefined) {
    this.#progress = progress;
    this.#signal = signal;
  }

  async read(name: string, file: OnnxInput): Promise<Bytes> {
    this.#signal?.throwIfAborted();
    const bytes = await this.#bytes(name, file);
    this.#signal?.throwIfAborted();
    this.#before = this.#loaded;
    return bytes;
  }

  async #bytes(name: string, file: OnnxInput): Promise<Bytes> {
    const options = {
      most: MOST_BYTES,
      signal: this.#signal,
      received: (bytes: number, total?: number) => this.#received(bytes, total),
    };
    if (typeof file === "string" || file instanceof URL) return download(addressOf(file), options);
    if (file instanceof Response) return collectResponse(name, file, options);
    if (file instanceof ReadableStream) {
      if (file.locked) refuse("invalid-argument", name, words("a stream that is read elsewhere"), "one that is not");
      return collect(name, file, options);
    }
    if (file instanceof Blob) return collect(name, file.stream(), options, file.size);
    const bytes = viewOf(name, file);
    this.#received(bytes.length, bytes.length);
    return bytes;
  }

  #received(bytes: number, total: number | undefined): void {
    this.#loaded += bytes;
    this.#progress?.({
      loadedBytes: this.#loaded,
      ...(total !== undefined && { totalBytes: this.#before + total }),
    });
  }
}

/** Text decoders refuse shared memory, which may change besides. */
function viewOf(name: string, file: unknown): Bytes {
  if (file instanceof ArrayBuffer) return new Uint8Array(file);
  if (!ArrayBuffer.isView(file))
    refuse("invalid-argument", name, file, "an address, a response, a stream, a Blob or bytes");
  const bytes = new Uint8Array(file.buffer as ArrayBuffer, file.byteOffset, file.byteLength);
  return file.buffer instanceof ArrayBuffer ? bytes : bytes.slice();
}
