// The weights of a layers-model: bytes by the manifest's names, shapes and element types, and those of a layer by the layer's name.
import { fromFloat16Bits } from "../base/dtype.ts";
import { ConvError, describe, words } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import { MAX_ELEMENTS } from "../base/validate.ts";
import { type Fields, checkFields, checkList, fieldOf, invalid } from "./config.ts";

/** The weights of one name. */
export interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  /** In row-major order; of integers and booleans as floats. May be a view into the file. */
  readonly data: Float32Array;
}

/** Most weights, and most files. */
const MOST = 100_000;
const LONGEST_NAME = 1000;
const MOST_PARTS = 32;

const BYTES: Readonly<Record<string, number>> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2 };

interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** The element type in the file. */
  readonly stored: string;
  readonly scale: number;
  readonly least: number;
}

/** The files that hold some weights one after the other. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly bytes: number;
  readonly entries: readonly Entry[];
}

function shapeOf(what: string, value: unknown): number[] {
  const sizes = checkList(`${what}: shape`, value, 8);
  for (const size of sizes)
    if (!Number.isInteger(size) || (size as number) < 0) invalid(`${what}: shape`, value, "sizes of at least 0");
  const shape = sizes as number[];
  if (elementCount(shape) > MAX_ELEMENTS) invalid(`${what}: shape`, value, `at most ${MAX_ELEMENTS} elements`);
  return shape;
}

function numberOf(what: string, fields: Fields, name: string, initial: number): number {
  const value = fieldOf(fields, name) ?? initial;
  if (typeof value !== "number" || !Number.isFinite(value)) invalid(`${what}: ${name}`, value, "a finite number");
  return value;
}

function nameOf(what: string, value: unknown): string {
  if (typeof value !== "string" || value === "" || value.length > LONGEST_NAME)
    invalid(what, value, `a name of 1 to ${LONGEST_NAME} characters`);
  return value;
}

function entryOf(given: unknown): Entry {
  const fields = checkFields("weightsManifest: weight", given);
  const name = nameOf("weightsManifest: name", fieldOf(fields, "name"));
  const what = `weight ${name}`;
  const shape = shapeOf(what, fieldOf(fields, "shape"));
  const dtype = fieldOf(fields, "dtype");
  const quantized = fieldOf(fields, "quantization");
  const quantization = quantized === undefined ? {} : checkFields(`${what}: quantization`, quantized);
  const stored = quantized === undefined ? dtype : fieldOf(quantization, "dtype");
  if (typeof stored !== "string" || !Object.hasOwn(BYTES, stored))
    throw new ConvError(
      typeof stored === "string" ? "unsupported-model" : "invalid-model",
      `${what}: got the element type ${describe(stored)}, expected one of ${Object.keys(BYTES).join(", ")}`,
    );
  const scale = numberOf(what, quantization, "scale", 1);
  const least = numberOf(what, quantization, "min", 0);
  return { name, shape, stored, scale, least, bytes: elementCount(shape) * BYTES[stored]! };
}

/** A path below that of model.json: nothing of another place is read. */
function pathOf(value: unknown): string {
  const path = nameOf("weightsManifest: path", value);
  const parts = path.split("/");
  if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.includes("\\") || parts.some((part) => part === "" || part === ".."))
    invalid("weightsManifest: path", path, "a path of a file beside model.json");
  return path;
}

/** Reads the list of the files and of what they hold. */
export function readManifest(manifest: unknown): WeightGroup[] {
  let [paths, weights] = [0, 0];
  return checkList("weightsManifest", manifest ?? [], MOST).map((given) => {
    const group = checkFields("weightsManifest: group", given);
    const files = checkList("weightsManifest: paths", fieldOf(group, "paths"), MOST - paths).map(pathOf);
    const entries = checkList("weightsManifest: weights", fieldOf(group, "weights"), MOST - weights).map(entryOf);
    paths += files.length;
    weights += entries.length;
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    if (bytes > MAX_ELEMENTS) invalid("weightsManifest: group", words(`${bytes} bytes`), `at most ${MAX_ELEMENTS}`);
    return { paths: files, bytes, entries };
  });
}

type Bytes = Uint8Array<ArrayBuffer>;

function joined(parts: readonly Bytes[]): Bytes {
  if (parts.length === 1) return parts[0]!;
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A typed view, or a copy where the bytes do not lie at a multiple of the element. */
function viewed<Elements>(
  View: new (buffer: ArrayBuffer, start: number, count: number) => Elements,
  size: number,
  bytes: Bytes,
): Elements {
  const own = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  return new View(own.buffer, own.byteOffset, own.length / size);
}

function valuesOf({ stored, scale, least }: Entry, bytes: Bytes): Float32Array {
  if (stored === "float32") return viewed(Float32Array, 4, bytes);
  if (stored === "float16") return fromFloat16Bits(viewed(Uint16Array, 2, bytes.slice()));
  const integers =
    stored === "int32" ? viewed(Int32Array, 4, bytes) : stored === "uint16" ? viewed(Uint16Array, 2, bytes) : bytes;
  // As TensorFlow.js computes it: in double precision, rounded once.
  return Float32Array.from(integers, (value) => value * scale + least);
}

/** Cuts the bytes of a group's files into its weights. */
export function readWeights({ paths, bytes, entries }: WeightGroup, files: readonly Bytes[]): Weight[] {
  const all = joined(files);
  if (all.length !== bytes)
    invalid(`weights ${paths.join(", ") || "without files"}`, words(`${all.length} bytes`), `${bytes}`);
  let at = 0;
  return entries.map((entry) => {
    const own = all.subarray(at, at + entry.bytes);
    at += entry.bytes;
    return { name: entry.name, shape: entry.shape, data: valuesOf(entry, own) };
  });
}

/**
 * The weights of all layers. A file names them "layer/kernel", with the names of models around the layer, or of a cell inside it, or of
 * both; or, from Keras 3, by their number: "layer/vars/0".
 */
export class WeightStore {
  readonly #found = new Map<string, Weight[]>();

  constructor(weights: readonly Weight[]) {
    const names = new Set<string>();
    for (const weight of weights) {
      if (names.has(weight.name)) invalid("weightsManifest: name", weight.name, "each name once");
      names.add(weight.name);
      const parts = weight.name.split("/");
      if (parts.length > MOST_PARTS) invalid("weightsManifest: name", weight.name, `at most ${MOST_PARTS} parts`);
      const numbered = parts.at(-2) === "vars";
      const own = numbered ? `vars/${parts.at(-1)}` : parts.at(-1)!;
      for (const layer of new Set(parts.slice(0, numbered ? -2 : -1))) {
        const key = `${layer}/${own}`;
        const found = this.#found.get(key);
        if (found) found.push(weight);
        else this.#found.set(key, [weight]);
      }
    }
  }

  /**
   * Returns the weights of a layer.
   * @param path the names of the models around the layer and its own
   * @param name of the weights in the layer, "kernel"
   */
  find(path: readonly string[], name: string): Weight | undefined {
    const layer = path.at(-1)!;
    const found = this.#found.get(`${layer}/${name}`) ?? [];
    if (found.length <= 1) return found[0];
    const exact = found.find(
      (weight) => weight.name === `${layer}/${name}` || weight.name === `${path.join("/")}/${name}`,
    );
    if (exact) return exact;
    const inside = found.filter((weight) => {
      const parts = weight.name.split("/");
      return path.every((part) => parts.includes(part));
    });
    if (inside.length !== 1)
      invalid(`layer ${layer}: ${name}`, words(`${found.length} weights of that name`), "one for each layer");
    return inside[0];
  }
}
