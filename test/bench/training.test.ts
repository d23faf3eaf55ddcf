// The networks of the suite of training, what Convoke and the peers are told to train, and the table.
import { expect, it } from "vitest";
import { measureTraining } from "../../bench/training/measure.ts";
import {
  type LayerComputer,
  TRAINED,
  forward,
  networkOf,
  parametersOf,
  trainingData,
} from "../../bench/training/networks.ts";
import { referenceLosses } from "../../bench/training/reference.ts";
import type { TrainingMeasurement } from "../../bench/training/rows.ts";
import { trainingFailures, trainingNotes, trainingTable } from "../../bench/training/table.ts";

/** Follows the shapes [channels, size] through the layers; parameters are shapes too. */
const shapes: LayerComputer<readonly [number, number], readonly number[]> = {
  conv([channels, size], { outputs, kernel, stride, padding, depthwise }, w, bias) {
    expect(w).toEqual([outputs, depthwise ? 1 : channels, kernel, kernel]);
    if (bias) expect(bias).toEqual([outputs]);
    if (depthwise) expect(outputs).toBe(channels);
    return [outputs, Math.floor((size + 2 * padding - kernel) / stride) + 1];
  },
  norm([channels, size], scale, bias) {
    expect([scale, bias]).toEqual([[channels], [channels]]);
    return [channels, size];
  },
  averagePool: ([channels, size]) => [channels, size / 2],
  globalAveragePool: ([channels]) => [channels, 1],
  flatten: ([channels, size]) => [channels * size * size, 1],
  linear([channels], w, bias) {
    expect(w).toEqual([bias[0], channels]);
    return [bias[0]!, 1];
  },
  add(a, b) {
    expect(a).toEqual(b);
    return a;
  },
  share: (x) => x,
};

it.each([
  ["lenet5", 61_706],
  // 75 290 with projections of 1x1 kernels, normalised, where sizes change.
  ["resnet8", 78_042],
  // As torchvision's with 100 classes.
  ["mobilenet-v2", 2_351_972],
])("%s has %d parameters, and its layers fit together", (id, expected) => {
  const network = networkOf(id);
  const parameters = parametersOf(network);
  expect(parameters.reduce((sum, { values }) => sum + values.length, 0)).toBe(expected);
  const used = parameters.map(({ shape }) => shape);
  expect(forward(network, used, [network.channels, network.size] as const, shapes)).toEqual([network.classes, 1]);
});

it("gives all engines the same data", () => {
  const [lenet] = TRAINED;
  expect(parametersOf(lenet!)).toEqual(parametersOf(lenet!));
  for (const network of TRAINED) {
    const { images, labels } = trainingData(network);
    expect(images.values).toHaveLength(labels.length * network.channels * network.size ** 2);
    expect(Math.max(...labels)).toBeLessThan(network.classes);
    expect(new Set(labels).size).toBeGreaterThan(4);
  }
});

it("keeps the losses of the first steps, and frees what it made", async () => {
  const log: string[] = [];
  const losses = [4, 3, 2, 1];
  const trainer = {
    run: () => void log.push("run"),
    sync: () => new Promise<void>((resolve) => void setTimeout(resolve, 50)),
    loss: () => Promise.resolve(losses[log.length - 1]!),
    dispose: () => void log.push("disposed"),
  };
  const result = await measureTraining(() => trainer, networkOf("lenet5"), 1);
  expect(result.losses).toEqual(losses);
  expect(result.milliseconds).toBeGreaterThan(0);
  expect(log.at(-1)).toBe("disposed");
});

it.each([
  ["lenet5", 4],
  ["resnet8", 2],
  // The second is what tells an engine that trains wrong.
  ["mobilenet-v2", 2],
])("%s has the losses of training in float64, the first %d of which are computed here", (id, count) => {
  const network = networkOf(id);
  const losses = referenceLosses(network);
  for (const expected of network.losses.slice(0, count))
    expect(Math.abs(losses.next().value - expected)).toBeLessThan(1e-6);
});

it("compares losses and times", () => {
  const result = (milliseconds: number, second: number): TrainingMeasurement["result"] => ({
    ...{ firstMilliseconds: 100, milliseconds, samples: [milliseconds], losses: [4.99162, second] },
  });
  const network = "mobilenet-v2";
  const measurements: TrainingMeasurement[] = [
    { network, engine: "convoke", result: result(10, 4.3909) },
    { network, engine: "tfjs", result: result(55, 4.391) },
    { network, engine: "jax", result: result(70, 4.64) },
    { network: "lenet5", engine: "convoke", result: { ...result(10, 2.1)!, losses: [2.212708, Number.NaN] } },
    { network: "lenet5", engine: "jax", failed: "no memory" },
  ];
  expect(trainingFailures(measurements)).toEqual([
    "lenet5: its losses are not those in float64, 2.212708 2.186838 2.141832 2.090086",
  ]);
  expect(trainingNotes(measurements)).toEqual([
    "jax on mobilenet-v2: its losses are not those in float64, 4.991622 4.388191",
    "jax on lenet5: FAILED: no memory",
  ]);
  const table = trainingTable(measurements);
  expect(table).toMatch(/mobilenet-v2 +tfjs +100 +55\.0 +- +5\.50 +4\.99162 4\.39100/);
  expect(table).toMatch(/mobilenet-v2 +jax +100 +70\.0 +- +- +4\.99162 4\.64000/);
});
