// ResNet-50 (He et al., Deep Residual Learning for Image Recognition, 2015, table 1), with the stride of a stage in its first 3 x 3 layer.

const STAGES = [
  { blocks: 3, channels: 64, stride: 1 },
  { blocks: 4, channels: 128, stride: 2 },
  { blocks: 6, channels: 256, stride: 2 },
  { blocks: 3, channels: 512, stride: 2 },
];

/** @param width scales the number of channels of the paper */
export function resnet50({ width = 1, classes = 1000 } = {}) {
  const bottleneck = (parts, x, channels, stride) =>
    parts.block(() => {
      const first = parts.conv(x, { channels, activation: "relu" });
      const second = parts.conv(first, { channels, size: 3, stride, activation: "relu" });
      const shortcut = x.shape[1] === 4 * channels ? x : parts.conv(x, { channels: 4 * channels, stride });
      return parts.conv(second, { channels: 4 * channels, residual: shortcut, activation: "relu" });
    });
  return (parts, image) => {
    let x = parts.conv(image, { channels: 64 * width, size: 7, stride: 2, activation: "relu" });
    x = parts.apply("maxPool", x, { kernelSize: 3, stride: 2, padding: 1 });
    for (const { blocks, channels, stride } of STAGES)
      for (let at = 0; at < blocks; at++) x = bottleneck(parts, x, channels * width, at === 0 ? stride : 1);
    return parts.classify(x, classes);
  };
}
