// Normalisations, by statistics of training or of the tensor itself.
import { describe, words } from "../base/error.ts";
import { elementCount } from "../base/shape.ts";
import type { Value } from "../model/graph.ts";
import { invalid, unserved } from "./config.ts";
import { type Layer, type LayerBuilder, type LayerReader, unary } from "./layer.ts";
import type { Weight } from "./weights.ts";

/** gamma and beta, where the layer has them. */
function affineOf(layer: Layer): { parameters: Record<string, Weight>; count: number } {
  const { config } = layer;
  const parameters: Record<string, Weight> = {};
  let place = 0;
  if (config.boolean("scale", true)) parameters["scale"] = layer.weight("gamma", { place: place++ });
  if (config.boolean("center", true)) parameters["bias"] = layer.weight("beta", { place: place++ });
  return { parameters, count: place };
}

function constants(build: LayerBuilder, weights: Readonly<Record<string, Weight>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, build.constant(weight)]));
}

function axisOf({ name, config }: Layer, given: number, x: Value): number {
  const rank = x.shape.length;
  const axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank) invalid(`layer ${name}: axis`, config.get("axis"), `an axis of ${describe(x.shape)}`);
  return axis;
}

const batchNormalization: LayerReader = unary((layer) => {
  const { config } = layer;
  const [axis, ...others] = config.list("axis", { initial: [-1], least: -8 });
  if (others.length > 0) unserved(`axis ${describe(config.get("axis"))}`);
  const epsilon = config.number("epsilon", 1e-3);
  const { parameters, count } = affineOf(layer);
  const mean = layer.weight("moving_mean", { place: count, shape: [undefined] });
  const variance = layer.weight("moving_variance", { place: count + 1, shape: [...mean.shape] });
  return (x, build) => {
    const values = constants(build, { mean, variance, ...parameters });
    return build.node("batchNorm", { x, ...values }, { epsilon, axis: axisOf(layer, axis!, x) });
  };
});

const layerNormalization: LayerReader = unary((layer) => {
  const { config } = layer;
  config.without("rms_scaling", false);
  const given = config.list("axis", { initial: [-1], least: -8 });
  const epsilon = config.number("epsilon", 1e-3);
  const { parameters } = affineOf(layer);
  return (x, build) => {
    const axes = given.map((axis) => axisOf(layer, axis, x));
    return build.node("layerNorm", { x, ...constants(build, parameters) }, { axes, epsilon });
  };
});

const groupNormalization: LayerReader = unary((layer) => {
  const { config } = layer;
  const groups = config.integer("groups", { initial: 32, least: -1 });
  const axis = config.integer("axis", { initial: -1, least: -8 });
  const epsilon = config.number("epsilon", 1e-3);
  const { parameters } = affineOf(layer);
  return (x, build) => {
    const at = axisOf(layer, axis, x);
    if (at !== x.shape.length - 1 && at !== 1) unserved(`layer ${layer.name}: axis ${axis}`);
    return build.channelsLast(x, at !== x.shape.length - 1, (map) =>
      build.node(
        "groupNorm",
        { x: map, ...constants(build, parameters) },
        { groups: groups === -1 ? map.shape.at(-1) : groups, epsilon },
      ),
    );
  };
});

/** Keras' least deviation, by which nothing is divided by 0. */
const LEAST_DEVIATION = 1e-7;

/** Statistics given in the configuration: nested lists, a number, or none. */
function listed(layer: Layer, name: string): Weight | undefined {
  const given = layer.config.get(name);
  if (given === undefined) return undefined;
  const flat = (Array.isArray(given) ? given.flat(8) : [given]) as unknown[];
  if (flat.length === 0 || !flat.every((item) => typeof item === "number" && Number.isFinite(Math.fround(item))))
    invalid(`layer ${layer.name}: ${name}`, given, "finite numbers");
  return { name: `${layer.name}/${name}`, shape: [flat.length], data: Float32Array.from(flat as number[]) };
}

/** (x - mean) / deviation along the kept axes, or back. */
const normalization: LayerReader = unary((layer) => {
  const { config } = layer;
  const kept = config.get("axis") === undefined ? [] : config.list("axis", { initial: [-1], least: -8 });
  const invert = config.boolean("invert", false);
  const mean = listed(layer, "mean") ?? layer.weight("mean", { place: 0 });
  const variance = listed(layer, "variance") ?? layer.weight("variance", { place: 1 });
  const deviation: Weight = {
    name: `${layer.name}/deviation`,
    shape: variance.shape,
    data: variance.data.map((value) => Math.max(Math.sqrt(value), LEAST_DEVIATION)),
  };
  return (x, build) => {
    const axes = new Set(kept.map((axis) => axisOf(layer, axis, x)));
    const shape = x.shape.map((size, axis) => (axes.has(axis) ? size : 1));
    const statistic = (weight: Weight): Value => {
      const count = elementCount(shape);
      if (weight.data.length !== count && weight.data.length !== 1)
        invalid(`layer ${layer.name}: ${weight.name}`, words(`${weight.data.length} numbers`), `${count}`);
      return build.reshape(build.constant(weight), weight.data.length === 1 ? shape.map(() => 1) : shape);
    };
    const [a, b] = [statistic(mean), statistic(deviation)];
    if (!invert) return build.node("divide", { a: build.node("sub", { a: x, b: a }), b });
    return build.node("add", { a: build.node("multiply", { a: x, b }), b: a });
  };
});

export const NORMALISATION_LAYERS: Readonly<Record<string, LayerReader>> = {
  BatchNormalization: batchNormalization,
  BatchNormalizationV1: batchNormalization,
  LayerNormalization: layerNormalization,
  GroupNormalization: groupNormalization,
  Normalization: normalization,
};
