// Tensors in other files than the model's. Loaded for models that have some.
import { refuse, words } from "../base/error.ts";
import { addressBeside, addressOf } from "../model/download.ts";
import type { ExternalBytes } from "./elements.ts";
import type { TensorMessage } from "./file.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Reads the files that tensors are in, and returns what finds the bytes of each.
 * @throws ConvError (as a rejection) `invalid-model` for a path that leads elsewhere than beside the model
 */
export async function readExternal(
  tensors: readonly TensorMessage[],
  externalFile: (location: string) => Promise<Bytes>,
): Promise<ExternalBytes> {
  const files = new Map<string, Bytes>();
  for (const location of new Set(tensors.map((tensor) => checkLocation(fieldsOf(tensor).location ?? ""))))
    files.set(location, await externalFile(location));
  return bytesIn(files);
}

/**
 * Returns the address of a file beside a model.
 * @throws ConvError if the model was not given by its address
 */
export function addressOfExternal(model: unknown, path: string): URL {
  if (typeof model !== "string" && !(model instanceof URL))
    refuse("invalid-argument", "externalData", undefined, `a function that returns ${path}, which tensors are in`);
  return addressBeside(addressOf(model), path);
}

function fieldsOf({ external }: TensorMessage): {
  readonly location?: string;
  readonly offset?: string;
  readonly length?: string;
} {
  return Object.fromEntries(external.map(({ key = "", value = "" }) => [key, value]));
}

/** A model must not name files outside its folder. */
function checkLocation(location: string): string {
  const isBeside =
    location !== "" && !/[\\:?#]/.test(location) && location.split("/").every((part) => !/^\.{0,2}$/.test(part));
  return isBeside ? location : refuse("invalid-model", "external data", location, "a path beside the model");
}

/** Finds the bytes of tensors in other files. */
function bytesIn(files: ReadonlyMap<string, Bytes>): ExternalBytes {
  return (tensor, argument) => {
    const { location = "", offset = "0", length } = fieldsOf(tensor);
    const file = files.get(location)!;
    const begin = Number(offset);
    const end = length === undefined ? file.length : begin + Number(length);
    if (!(Number.isInteger(begin) && Number.isInteger(end) && begin >= 0 && end >= begin && end <= file.length))
      refuse(
        "invalid-model",
        argument,
        words(`bytes ${offset} to ${end} of ${location}`),
        `at most the ${file.length} there`,
      );
    return file.subarray(begin, end);
  };
}
