// Pooling by windows and over whole maps.
import { type LayerReader, unary } from "./layer.ts";

const pool = (operator: "maxPool" | "averagePool", rank: number): LayerReader =>
  unary(
    ({ config }) => {
      const kernelSize = config.integers("pool_size", rank, { initial: 2 });
      const stride = config.get("strides") === undefined ? kernelSize : config.integers("strides", rank);
      const padding = config.choice("padding", ["valid", "same"], "valid");
      // Means are of the cells there, without the padding.
      const own = operator === "averagePool" ? { includePadding: false } : {};
      const options = { kernelSize, stride, padding, ...own };
      const first = config.isChannelsFirst();
      return (x, build) => build.channelsLast(x, first, (map) => build.node(operator, { x: map }, options));
    },
    [rank + 2],
  );

const globalPool = (operator: "globalMaxPool" | "globalAveragePool", rank: number): LayerReader =>
  unary(
    ({ config }) => {
      const first = config.isChannelsFirst();
      const keep = config.boolean("keepdims", false);
      return (x, build) => {
        const y = build.channelsLast(x, first, (map) => build.node(operator, { x: map }));
        return keep ? y : build.reshape(y, [y.shape[0]!, y.shape[first ? 1 : rank + 1]!]);
      };
    },
    [rank + 2],
  );

const RANKS = [1, 2, 3];

export const POOLING_LAYERS: Readonly<Record<string, LayerReader>> = /* @__PURE__ */ Object.fromEntries(
  RANKS.flatMap((rank): [string, LayerReader][] => [
    [`MaxPooling${rank}D`, pool("maxPool", rank)],
    [`AveragePooling${rank}D`, pool("averagePool", rank)],
    [`GlobalMaxPooling${rank}D`, globalPool("globalMaxPool", rank)],
    [`GlobalAveragePooling${rank}D`, globalPool("globalAveragePool", rank)],
  ]),
);
