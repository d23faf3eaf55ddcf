// Reads a model from the bytes of its file, and of the files that its tensors are in.
import type { Dtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import type { ModelSource } from "../model/graph.ts";
import type { ExternalBytes } from "./elements.ts";
import { type ModelMessage, type TensorMessage, readFile } from "./file.ts";
import { networkOf } from "./network.ts";
import { operatorsFor } from "./operators/index.ts";
import { sourceOf } from "./source.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Returns the bytes of a file that tensors are in, by the path that the model has for it: beside the model, or in a folder there. */
export type ExternalFile = (location: string) => Promise<Bytes>;

/**
 * @param bytes of an ONNX file; constants are views into it
 * @throws ConvError (as a rejection) `invalid-model` or `unsupported-model`; the error of the import if operators cannot be loaded
 */
export async function readModel(bytes: Bytes, dtype: Dtype, externalFile: ExternalFile): Promise<ModelSource> {
  const model = readFile(bytes);
  const operators = operatorsFor(model.graph?.nodes.map(({ operator = "" }) => operator) ?? []);
  // A failure is reported where it is awaited.
  operators.catch(() => undefined);
  const files = new Map<string, Bytes>();
  for (const location of locationsOf(model)) files.set(location, await externalFile(location));
  return sourceOf(networkOf(model, await operators, bytesIn(files)), dtype);
}

/** The files that tensors of a model are in. */
function locationsOf({ graph }: ModelMessage): Set<string> {
  const constants = graph?.nodes.flatMap((node) => node.attributes.map(({ tensor }) => tensor)) ?? [];
  const tensors = [...(graph?.initializers ?? []), ...constants].filter((tensor) => tensor?.location === 1);
  return new Set(tensors.map((tensor) => fieldsOf(tensor!).location ?? "").map(checkLocation));
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
