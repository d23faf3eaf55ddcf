// The models of test/golden/layers, as they come from TensorFlow.js.
import type { NdArray } from "../../src/reference.ts";
import golden from "../golden/layers/models.json";

interface Stored {
  readonly shape: readonly number[];
  /** Of float32 numbers. */
  readonly data: string;
}

export interface GoldenModel {
  readonly name: string;
  readonly modelJson: {
    readonly modelTopology: unknown;
    readonly weightsManifest: readonly {
      readonly paths: readonly string[];
      readonly weights: readonly { readonly name: string; readonly shape: readonly number[]; readonly dtype: string }[];
    }[];
  };
  readonly weights: ArrayBuffer;
  readonly inputs: readonly NdArray[];
  readonly outputs: readonly NdArray[];
}

export function bytesOf(base64: string): ArrayBuffer {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer;
}

const arrayOf = ({ shape, data }: Stored): NdArray => ({ shape, data: new Float32Array(bytesOf(data)) });

type Case = (typeof golden)[number];

export const GOLDEN: readonly GoldenModel[] = golden.map(
  ({ name, modelTopology, weightSpecs, weights, inputs, outputs }: Case): GoldenModel => ({
    name,
    modelJson: {
      modelTopology,
      weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }],
    },
    weights: bytesOf(weights),
    inputs: inputs.map(arrayOf),
    outputs: outputs.map(arrayOf),
  }),
);

/** Returns a model by its name, which may be changed. */
export function goldenModel(name: string): GoldenModel {
  return structuredClone(GOLDEN.find((one) => one.name === name)!);
}
