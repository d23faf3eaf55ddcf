// Reads a model from the bytes of its file, and of the files that its tensors are in.
import type { Dtype } from "../base/dtype.ts";
import { refuse, words } from "../base/error.ts";
import type { ModelSource } from "../model/graph.ts";
import { type ModelMessage, type TensorMessage, readFile } from "./file.ts";
import { networkOf } from "./network.ts";
import { operatorsFor } from "./operators/index.ts";
import { sourceOf } from "./source.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Loads what finds tensors in other files. */
export const loadExternal = () => import("./external.ts");

/** Of models whose tensors are all in their own file. */
const none = (): never => refuse("invalid-model", "model", words("a tensor in another file"), "all in this one");

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
  const elsewhere = externalTensors(model);
  const externalBytes =
    elsewhere.length > 0 ? await (await loadExternal()).readExternal(elsewhere, externalFile) : none;
  return sourceOf(networkOf(model, await operators, externalBytes), dtype);
}

/** The tensors of a model that other files have. */
function externalTensors({ graph }: ModelMessage): TensorMessage[] {
  const constants = graph?.nodes.flatMap((node) => node.attributes.map(({ tensor }) => tensor)) ?? [];
  return [...(graph?.initializers ?? []), ...constants].filter((tensor) => tensor?.location === 1) as TensorMessage[];
}
