// MobileNet v2 (Sandler et al., 2018, table 2) as a layers-model with seeded random weights: it computes as long as the trained network, whose
// weights would be 14 MB to fetch. Normalisations are folded into the convolutions, as they are before inference.
import type { LayersFiles } from "convoke/layers";
import { BOTTLENECKS } from "../../../bench/mobilenet-v2.ts";
import { randomNumbers } from "../slices.ts";

export const MOBILENET_INPUT = { name: "image", shape: [1, 224, 224, 3] } as const;
const CLASSES = 1000;

interface Weights {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32";
}

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The layers, and the weights in their order. */
function topology(): { layers: object[]; weights: Weights[] } {
  const layers: object[] = [];
  const weights: Weights[] = [];
  const add = (kind: string, name: string, from: readonly string[], config: object): string => {
    const nodes = from.length > 0 ? [from.map((other) => [other, 0, 0, {}])] : [];
    layers.push({ class_name: kind, name, config: { name, ...config }, inbound_nodes: nodes });
    return name;
  };
  const weighted = (name: string, own: string, shape: readonly number[], outputs: number): void => {
    weights.push({ name: `${name}/${own}`, shape, dtype: "float32" });
    weights.push({ name: `${name}/bias`, shape: [outputs], dtype: "float32" });
  };
  const conv = (name: string, from: string, [k, inputs, outputs]: readonly [number, number, number], more: object) => {
    weighted(name, "kernel", [k, k, inputs, outputs], outputs);
    return add("Conv2D", name, [from], { filters: outputs, kernel_size: [k, k], padding: "same", ...more });
  };
  const relu6 = { activation: "relu6" };
  let x = add("InputLayer", MOBILENET_INPUT.name, [], { batch_input_shape: [null, ...MOBILENET_INPUT.shape.slice(1)] });
  x = conv("stem", x, [3, 3, 32], { strides: [2, 2], ...relu6 });
  let channels = 32;
  BOTTLENECKS.forEach(([expansion, outputs, repeats, first], row) => {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const [name, stride] = [`block${row}_${repeat}`, repeat === 0 ? first : 1];
      const inner = expansion * channels;
      const wide = expansion === 1 ? x : conv(`${name}_expand`, x, [1, channels, inner], relu6);
      weighted(`${name}_depthwise`, "depthwise_kernel", [3, 3, inner, 1], inner);
      const config = { kernel_size: [3, 3], strides: [stride, stride], padding: "same", ...relu6 };
      const deep = add("DepthwiseConv2D", `${name}_depthwise`, [wide], config);
      const narrow = conv(`${name}_project`, deep, [1, inner, outputs], {});
      x = stride === 1 && channels === outputs ? add("Add", `${name}_add`, [x, narrow], {}) : narrow;
      channels = outputs;
    }
  });
  x = conv("head", x, [1, channels, 1280], relu6);
  x = add("GlobalAveragePooling2D", "pool", [x], {});
  weighted("classes", "kernel", [1280, CLASSES], CLASSES);
  add("Dense", "classes", [x], { units: CLASSES, activation: "softmax" });
  return { layers, weights };
}

/** Makes the network. Values keep their size from layer to layer (He et al., 2015). */
export async function makeMobilenet(signal: AbortSignal): Promise<LayersFiles> {
  const { layers, weights } = topology();
  const data = await randomNumbers(
    weights.reduce((sum, { shape }) => sum + count(shape), 0),
    2018,
    signal,
  );
  let at = 0;
  for (const { name, shape } of weights) {
    const end = at + count(shape);
    const fan = name.includes("depthwise_kernel") ? 9 : count(shape.slice(0, -1));
    const scale = shape.length === 1 ? 0.01 : Math.sqrt(6 / fan);
    for (; at < end; at++) data[at]! *= scale;
  }
  const ends = { input_layers: [[MOBILENET_INPUT.name, 0, 0]], output_layers: [["classes", 0, 0]] };
  const config = { name: "mobilenet_v2", layers, ...ends };
  return {
    modelJson: {
      format: "layers-model",
      modelTopology: { keras_version: "2.4.0", model_config: { class_name: "Functional", config } },
      weightsManifest: [{ paths: ["weights.bin"], weights }],
    },
    weights: data.buffer as ArrayBuffer,
  };
}
