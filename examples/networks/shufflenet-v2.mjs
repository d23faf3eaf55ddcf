// ShuffleNet v2, 1x (Ma et al., ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design, 2018, figure 3 and table 5).

const STAGES = [
  { units: 4, channels: 116 },
  { units: 8, channels: 232 },
  { units: 4, channels: 464 },
];

/** @param width scales the number of channels of the paper */
export function shufflenetV2({ width = 1, classes = 1000 } = {}) {
  /** The layers of a branch. */
  const branch = (parts, x, channels, stride) => {
    const first = parts.conv(x, { channels, activation: "relu" });
    return parts.conv(parts.depthwise(first, { stride }), { channels, activation: "relu" });
  };
  const joined = (parts, branches) =>
    parts.apply("channelShuffle", parts.apply("concatenate", branches), { groups: 2 });
  /** Splits the channels, and computes with one half. */
  const unit = (parts, x) =>
    parts.block(() => {
      const half = x.shape[1] / 2;
      const [kept, changed] = parts.apply("split", x, { sizes: [half, half] });
      return joined(parts, [kept, branch(parts, changed, half, 1)]);
    });
  /** Halves the size of the map, with all channels in both branches. */
  const down = (parts, x, channels) =>
    parts.block(() => {
      const half = channels / 2;
      const left = parts.conv(parts.depthwise(x, { stride: 2 }), { channels: half, activation: "relu" });
      return joined(parts, [left, branch(parts, x, half, 2)]);
    });
  return (parts, image) => {
    let x = parts.conv(image, { channels: 24 * width, size: 3, stride: 2, activation: "relu" });
    x = parts.apply("maxPool", x, { kernelSize: 3, stride: 2, padding: 1 });
    for (const { units, channels } of STAGES) {
      x = down(parts, x, channels * width);
      for (let at = 1; at < units; at++) x = unit(parts, x);
    }
    x = parts.conv(x, { channels: 1024 * width, activation: "relu" });
    return parts.classify(x, classes);
  };
}
