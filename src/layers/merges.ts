// Layers with several inputs. Tensors of fewer axes get them after the batch, then sizes of 1 are repeated.
import { words } from "../base/error.ts";
import type { Node, Value } from "../model/graph.ts";
import { invalid } from "./config.ts";
import type { Layer, LayerBuilder, LayerReader } from "./layer.ts";

function several({ name }: Layer, inputs: readonly Value[], count?: number): void {
  if (count === undefined ? inputs.length < 2 : inputs.length !== count)
    invalid(`layer ${name}`, words(`${inputs.length} inputs`), count === undefined ? "two or more" : `${count}`);
}

function alignedRanks(inputs: readonly Value[], build: LayerBuilder): Value[] {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length));
  return inputs.map((value) => {
    const missing = Array.from({ length: rank - value.shape.length }, () => 1);
    return build.reshape(value, [...value.shape.slice(0, 1), ...missing, ...value.shape.slice(1)]);
  });
}

const folded =
  (
    operator: string,
    finish = (y: Value, _build: LayerBuilder, _count: number): Value => y,
    count?: number,
  ): LayerReader =>
  (layer) =>
  (inputs, build) => {
    several(layer, inputs, count);
    const y = alignedRanks(inputs, build).reduce((a, b) => build.node(operator, { a, b }));
    return finish(y, build, inputs.length);
  };

const concatenate: LayerReader = (layer) => {
  const axis = layer.config.integer("axis", { initial: -1, least: -8 });
  return (inputs, build) => {
    several(layer, inputs);
    const listed: Node["inputs"] = Object.fromEntries(inputs.map((value, at) => [String(at), value]));
    return build.node("concatenate", listed, { axis });
  };
};

export const MERGE_LAYERS: Readonly<Record<string, LayerReader>> = {
  Add: folded("add"),
  Subtract: folded("sub", undefined, 2),
  Multiply: folded("multiply"),
  Maximum: folded("maximum"),
  Minimum: folded("minimum"),
  Average: folded("add", (y, build, count) => build.scaled(y, 1 / count)),
  Concatenate: concatenate,
};
