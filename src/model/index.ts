// What the entries that load models export of them.
export type { ModelTensor, Size } from "./graph.ts";
export type { ModelBuffers, ModelData, ModelInputs } from "./inputs.ts";
export { type CompileOptions, Model } from "./model.ts";
export type { CompileProgress } from "./pace.ts";
export type { TiledData, TiledOptions, TiledOutputs, TiledProgress, TilePiece } from "./run-tiled.ts";
export type { Shapes } from "./shapes.ts";
