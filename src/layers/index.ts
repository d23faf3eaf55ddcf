// convoke/layers: layers-models of TensorFlow.js, made by Keras.
import type { Dtype } from "../base/dtype.ts";
import { DTYPES } from "../base/dtype.ts";
import { refuse } from "../base/error.ts";
import { checkOneOf, checkOptions, checkSignal } from "../base/validate.ts";
import type { Engine } from "../engine.ts";
import { checkModelConstraints, constrained } from "../model/constrained.ts";
import type { ModelSource } from "../model/graph.ts";
import { Model } from "../model/model.ts";
import type { Constraints } from "../planner/choose.ts";
import type { CustomLayerFunction } from "./custom.ts";
import { type FileOptions, type LayersInput, readFiles } from "./files.ts";
import { layersSource } from "./source.ts";

export type { CustomLayer, CustomLayerFunction } from "./custom.ts";
export type { LayersFiles, LayersInput, LoadProgress, ReadFile } from "./files.ts";
export type { LayerBuilder } from "./layer.ts";
export type { Weight } from "./weights.ts";
export * from "../model/index.ts";

/** The options of `loadLayers`. */
export interface LayersOptions {
  /** Called as the weights arrive. */
  progress?: FileOptions["progress"];
  /** Stops the loading: the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** The element type of maps and weights, "f32" by default. */
  dtype?: Dtype;
  /** What adds the nodes of layers of other classes, by the name of the class. */
  customLayers?: Readonly<Record<string, CustomLayerFunction>>;
  /** Constraints of all convolutions and fully connected layers, as `conv` has them: `{ algorithm: "direct" }`, or a largest error. */
  constraints?: Constraints;
}

/**
 * Loads a layers-model of TensorFlow.js: model.json, which Keras' converter or `model.save` wrote, and the shards of its weights beside it. The
 * model computes what TensorFlow.js computes; its maps have the channels last.
 *
 * @param model the address of model.json; or `{ modelJson, weights }`, as objects, text or bytes; or a function that reads "model.json" and the
 * files that it names
 * @returns a model that takes its inputs by the names of the layers
 * @throws ConvError (as a rejection) `invalid-model` with what is wrong in which layer or file; `unsupported-model` with every layer that is
 * not served; the signal's reason if it aborts
 * @example
 * const model = await loadLayers(engine, "/upscale/model.json");
 * const { SR } = await model.run({ LR: { data: pixels, shape: [1, 96, 96, 3] } });
 */
export async function loadLayers(engine: Engine, model: LayersInput, options: LayersOptions = {}): Promise<Model> {
  return new Model(engine, await readLayers(model, options));
}

/** Reads a layers-model, without a GPU. @throws as `loadLayers` */
export async function readLayers(model: LayersInput, options: LayersOptions = {}): Promise<ModelSource> {
  const given = checkOptions("options", options, ["progress", "signal", "dtype", "customLayers", "constraints"]);
  const { progress } = options;
  if (progress !== undefined && typeof progress !== "function")
    refuse("invalid-argument", "progress", progress, "a function");
  const dtype = checkOneOf("dtype", given["dtype"] ?? "f32", DTYPES);
  const customLayers = given["customLayers"] === undefined ? {} : customLayersOf(given["customLayers"]);
  const constraints = checkModelConstraints(given["constraints"]);
  const { modelJson, weights } = await readFiles(model, { progress, signal: checkSignal("signal", given["signal"]) });
  return constrained(layersSource(modelJson, weights, { dtype, customLayers }), constraints);
}

function customLayersOf(given: unknown): Readonly<Record<string, CustomLayerFunction>> {
  if (typeof given !== "object" || given === null)
    refuse("invalid-argument", "customLayers", given, "an object of functions");
  for (const [name, add] of Object.entries(given))
    if (typeof add !== "function") refuse("invalid-argument", `customLayers.${name}`, add, "a function");
  return given as Readonly<Record<string, CustomLayerFunction>>;
}
