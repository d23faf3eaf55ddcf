// The entry `convoke/onnx`.
export { type LoadProgress, type OnnxInput, type OnnxOptions, loadOnnx } from "./load.ts";
export * from "../model/index.ts";
