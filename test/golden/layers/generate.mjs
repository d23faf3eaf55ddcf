// Generates the expected values of layers by TensorFlow.js itself, on its CPU backend: models.json beside this file. TensorFlow.js is none of the
// project's packages. To generate again, in an empty folder:
//
//     npm install @tensorflow/tfjs@4.22.0
//     cp .../test/golden/layers/generate.mjs . && node generate.mjs .../test/golden/layers/models.json
//     npx oxfmt test/golden/layers/models.json # in the project
import { writeFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";

await tf.setBackend("cpu");

/** A generator of numbers in [-1, 1) (mulberry32). */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

function filled(shape, next, map = (value) => value) {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(
    Float32Array.from({ length: count }, () => map(next())),
    shape,
  );
}

const cases = [];

const base64 = (buffer) => Buffer.from(buffer).toString("base64");

async function golden(name, model, shapes, change = (json) => json) {
  const next = random(cases.length + 1);
  const weights = model.weights.map((weight) =>
    filled(weight.shape, next, weight.name.includes("variance") ? (v) => 1.5 + v : (v) => v),
  );
  model.setWeights(weights);
  const inputs = shapes.map((shape) => filled(shape, next));
  const results = [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
  let saved;
  await model.save({
    save: (artifacts) => {
      saved = artifacts;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
  const data = [saved.weightData].flat().map((part) => Buffer.from(part));
  const arrays = (tensors) =>
    Promise.all(tensors.map(async (tensor) => ({ shape: tensor.shape, data: base64((await tensor.data()).buffer) })));
  cases.push(
    change({
      name,
      modelTopology: saved.modelTopology,
      weightSpecs: saved.weightSpecs,
      weights: data.length > 0 ? Buffer.concat(data).toString("base64") : "",
      inputs: await arrays(inputs),
      outputs: await arrays(results),
    }),
  );
  tf.disposeVariables();
}

const { layers: L } = tf;

/** A model of one layer. */
async function one(name, layer, shape) {
  const input = tf.input({ shape: shape.slice(1) });
  await golden(name, tf.model({ inputs: input, outputs: layer.apply(input) }), [shape]);
}

const FIRST = { dataFormat: "channelsFirst" };

await one(
  "Conv1D",
  L.conv1d({ filters: 3, kernelSize: 3, padding: "same", dilationRate: 2, activation: "elu" }),
  [2, 7, 2],
);
for (const [size, strides] of [
  [3, 1],
  [3, 2],
  [2, 2],
  [5, 3],
])
  for (const padding of ["same", "valid"])
    await one(
      `Conv2D ${size} by ${strides} ${padding}`,
      L.conv2d({ filters: 3, kernelSize: size, strides, padding, activation: "relu" }),
      [1, 8, 7, 2],
    );
await one(
  "Conv2D dilated",
  L.conv2d({ filters: 2, kernelSize: [3, 2], dilationRate: [2, 1], padding: "same", useBias: false }),
  [1, 6, 5, 2],
);
await one(
  "Conv2D channels first",
  L.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: "same", activation: "tanh", ...FIRST }),
  [1, 2, 6, 5],
);
await one("Conv2D softmax", L.conv2d({ filters: 3, kernelSize: 1, activation: "softmax" }), [1, 3, 2, 2]);
await one(
  "Conv3D",
  L.conv3d({ filters: 2, kernelSize: 2, strides: [1, 2, 1], padding: "same", activation: "sigmoid" }),
  [1, 3, 4, 3, 2],
);
await one(
  "DepthwiseConv2D",
  L.depthwiseConv2d({ kernelSize: 3, strides: 2, depthMultiplier: 2, padding: "same", activation: "relu6" }),
  [1, 6, 5, 3],
);
await one(
  "DepthwiseConv2D channels first",
  L.depthwiseConv2d({ kernelSize: [2, 3], padding: "valid", ...FIRST }),
  [1, 2, 5, 6],
);
await one(
  "SeparableConv2D",
  L.separableConv2d({ filters: 4, kernelSize: 3, depthMultiplier: 2, padding: "same", activation: "selu" }),
  [1, 5, 4, 2],
);
for (const [size, strides] of [
  [3, 2],
  [2, 2],
  [4, 2],
  [2, 3],
  [3, 1],
])
  for (const padding of ["same", "valid"])
    await one(
      `Conv2DTranspose ${size} by ${strides} ${padding}`,
      L.conv2dTranspose({ filters: 2, kernelSize: size, strides, padding, activation: "relu" }),
      [1, 3, 4, 3],
    );
await one(
  "Conv2DTranspose channels first",
  L.conv2dTranspose({ filters: 2, kernelSize: 3, strides: 2, padding: "same", ...FIRST }),
  [1, 3, 2, 3],
);
await one(
  "Conv3DTranspose",
  L.conv3dTranspose({ filters: 2, kernelSize: 2, strides: 2, padding: "same" }),
  [1, 2, 3, 2, 2],
);
await one("Dense", L.dense({ units: 4, activation: "relu" }), [3, 5]);
await one("Dense of maps", L.dense({ units: 4, activation: "softplus", useBias: false }), [1, 2, 3, 5]);
for (const activation of [
  "elu",
  "relu",
  "relu6",
  "linear",
  "sigmoid",
  "hardSigmoid",
  "softplus",
  "softsign",
  "tanh",
  "softmax",
  "logSoftmax",
  "gelu",
  "gelu_new",
  "mish",
  "swish",
  "selu",
])
  await one(`Activation ${activation}`, L.activation({ activation }), [2, 3, 4]);
await one("ReLU", L.reLU(), [2, 5]);
await one("ReLU with a maximum", L.reLU({ maxValue: 0.4 }), [2, 9]);
await one("LeakyReLU", L.leakyReLU({ alpha: 0.2 }), [2, 5]);
await one("LeakyReLU by default", L.leakyReLU(), [2, 5]);
await one("PReLU", L.prelu(), [2, 3, 2, 2]);
await one("PReLU with shared axes", L.prelu({ sharedAxes: [1, 2] }), [2, 3, 2, 4]);
await one("ELU", L.elu(), [2, 5]);
await one("ThresholdedReLU", L.thresholdedReLU({ theta: 0.3 }), [2, 9]);
await one("Softmax", L.softmax({ axis: 2 }), [2, 3, 4]);
for (const padding of ["same", "valid"]) {
  await one(`MaxPooling1D ${padding}`, L.maxPooling1d({ poolSize: 3, strides: 2, padding }), [1, 8, 2]);
  await one(`AveragePooling1D ${padding}`, L.averagePooling1d({ poolSize: 3, strides: 2, padding }), [1, 8, 2]);
  await one(`MaxPooling2D ${padding}`, L.maxPooling2d({ poolSize: 3, strides: 2, padding }), [1, 6, 7, 2]);
  await one(`AveragePooling2D ${padding}`, L.averagePooling2d({ poolSize: [3, 2], strides: 2, padding }), [1, 6, 7, 2]);
  await one(`MaxPooling3D ${padding}`, L.maxPooling3d({ poolSize: 2, padding }), [1, 3, 4, 5, 2]);
  await one(
    `AveragePooling3D ${padding}`,
    L.averagePooling3d({ poolSize: 2, strides: [1, 2, 1], padding }),
    [1, 3, 4, 5, 2],
  );
}
await one(
  "AveragePooling2D channels first",
  L.averagePooling2d({ poolSize: 2, padding: "same", ...FIRST }),
  [1, 2, 5, 3],
);
await one("GlobalMaxPooling1D", L.globalMaxPooling1d(), [2, 5, 3]);
await one("GlobalAveragePooling1D", L.globalAveragePooling1d(), [2, 5, 3]);
await one("GlobalMaxPooling2D", L.globalMaxPooling2d({}), [2, 3, 4, 3]);
await one("GlobalAveragePooling2D channels first", L.globalAveragePooling2d(FIRST), [2, 3, 4, 2]);
await one("BatchNormalization", L.batchNormalization({ epsilon: 0.01 }), [2, 3, 2, 4]);
await one("LayerNormalization", L.layerNormalization(), [2, 3, 4]);
await one("LayerNormalization of axes", L.layerNormalization({ axis: [1, 2, 3], center: false }), [2, 3, 2, 2]);
await one("Flatten", L.flatten(), [2, 3, 2, 2]);
await one("Flatten channels first", L.flatten(FIRST), [2, 3, 2, 2]);
await one("Reshape", L.reshape({ targetShape: [2, -1, 3] }), [2, 3, 4]);
await one("Permute", L.permute({ dims: [2, 3, 1] }), [2, 3, 2, 4]);
await one("RepeatVector", L.repeatVector({ n: 3 }), [2, 4]);
await one(
  "ZeroPadding2D",
  L.zeroPadding2d({
    padding: [
      [1, 2],
      [0, 3],
    ],
  }),
  [1, 2, 3, 2],
);
await one("ZeroPadding2D channels first", L.zeroPadding2d({ padding: [2, 1], ...FIRST }), [1, 2, 3, 2]);
await one(
  "Cropping2D",
  L.cropping2D({
    cropping: [
      [1, 0],
      [0, 2],
    ],
  }),
  [1, 4, 5, 2],
);
await one("UpSampling2D", L.upSampling2d({ size: [2, 3] }), [1, 3, 2, 2]);
await one("UpSampling2D bilinear", L.upSampling2d({ size: [2, 3], interpolation: "bilinear" }), [1, 3, 4, 2]);
await one("UpSampling2D channels first", L.upSampling2d({ size: [2, 2], ...FIRST }), [1, 2, 2, 3]);
await one("Rescaling", L.rescaling({ scale: 1 / 127.5, offset: -1 }), [1, 2, 3, 2]);
await one("Dropout", L.dropout({ rate: 0.5 }), [2, 5]);
await one("GaussianNoise", L.gaussianNoise({ stddev: 1 }), [2, 5]);
for (const [name, merge] of Object.entries({
  Add: L.add,
  Multiply: L.multiply,
  Average: L.average,
  Maximum: L.maximum,
  Minimum: L.minimum,
})) {
  const inputs = [tf.input({ shape: [3, 2] }), tf.input({ shape: [3, 2] }), tf.input({ shape: [2] })];
  const outputs = merge().apply(inputs);
  await golden(name, tf.model({ inputs, outputs }), [
    [2, 3, 2],
    [2, 3, 2],
    [2, 2],
  ]);
}
{
  const inputs = [tf.input({ shape: [2, 3, 2] }), tf.input({ shape: [2, 3, 3] })];
  await golden("Concatenate", tf.model({ inputs, outputs: L.concatenate().apply(inputs) }), [
    [1, 2, 3, 2],
    [1, 2, 3, 3],
  ]);
  const rows = [tf.input({ shape: [2, 3] }), tf.input({ shape: [1, 3] })];
  await golden("Concatenate of an axis", tf.model({ inputs: rows, outputs: L.concatenate({ axis: 1 }).apply(rows) }), [
    [2, 2, 3],
    [2, 1, 3],
  ]);
}

await golden(
  "a Sequential model",
  tf.sequential({
    layers: [
      L.conv2d({ inputShape: [8, 8, 1], filters: 4, kernelSize: 3, activation: "relu" }),
      L.maxPooling2d({ poolSize: 2 }),
      L.batchNormalization(),
      L.flatten(),
      L.dropout({ rate: 0.3 }),
      L.dense({ units: 5, activation: "softmax" }),
    ],
  }),
  [[2, 8, 8, 1]],
);
{
  // A layer that is called twice, results read twice, and two outputs.
  const input = tf.input({ shape: [6, 6, 2] });
  const shared = L.conv2d({ filters: 2, kernelSize: 3, padding: "same" });
  const once = shared.apply(input);
  const twice = shared.apply(once);
  const sum = L.add().apply([once, twice]);
  const flat = L.globalAveragePooling2d({}).apply(sum);
  await golden("a layer that is called twice", tf.model({ inputs: input, outputs: [sum, flat] }), [[1, 6, 6, 2]]);
}
{
  // Models in a model: a Sequential one, and a Functional one that is called twice.
  const head = tf.sequential({
    name: "head",
    layers: [L.dense({ inputShape: [3], units: 4, activation: "tanh" }), L.dense({ units: 3 })],
  });
  const a = tf.input({ shape: [3] });
  const inner = tf.model({
    inputs: a,
    outputs: L.multiply().apply([a, L.dense({ units: 3 }).apply(a)]),
    name: "inner",
  });
  const input = tf.input({ shape: [3] });
  const outputs = head.apply(inner.apply(inner.apply(input)));
  await golden("models in a model", tf.model({ inputs: input, outputs }), [[2, 3]]);
}
{
  const input = tf.input({ shape: [null, null, 3] });
  const x = L.conv2d({ filters: 12, kernelSize: 3, padding: "same" }).apply(input);
  await golden("a map of any size", tf.model({ inputs: input, outputs: L.upSampling2d({ size: [2, 2] }).apply(x) }), [
    [1, 4, 5, 3],
  ]);
}

writeFileSync(process.argv[2], `${JSON.stringify(cases)}\n`);
console.log(`${cases.length} cases`);
