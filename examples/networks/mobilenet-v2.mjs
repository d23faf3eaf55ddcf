// MobileNet v2 (Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, 2018, table 2).

const BLOCKS = [
  { expansion: 1, channels: 16, repeats: 1, stride: 1 },
  { expansion: 6, channels: 24, repeats: 2, stride: 2 },
  { expansion: 6, channels: 32, repeats: 3, stride: 2 },
  { expansion: 6, channels: 64, repeats: 4, stride: 2 },
  { expansion: 6, channels: 96, repeats: 3, stride: 1 },
  { expansion: 6, channels: 160, repeats: 3, stride: 2 },
  { expansion: 6, channels: 320, repeats: 1, stride: 1 },
];

/** @param width scales the number of channels of the paper */
export function mobilenetV2({ width = 1, classes = 1000 } = {}) {
  const invertedResidual = (parts, x, { expansion, channels, stride }) =>
    parts.block(() => {
      const inputs = x.shape[1];
      const wide = expansion === 1 ? x : parts.conv(x, { channels: expansion * inputs, activation: "relu6" });
      const filtered = parts.depthwise(wide, { stride, activation: "relu6" });
      const residual = stride === 1 && inputs === channels ? { residual: x } : {};
      return parts.conv(filtered, { channels, ...residual });
    });
  return (parts, image) => {
    let x = parts.conv(image, { channels: 32 * width, size: 3, stride: 2, activation: "relu6" });
    for (const { expansion, channels, repeats, stride } of BLOCKS)
      for (let at = 0; at < repeats; at++)
        x = invertedResidual(parts, x, { expansion, channels: channels * width, stride: at === 0 ? stride : 1 });
    x = parts.conv(x, { channels: 1280 * width, activation: "relu6" });
    return parts.classify(x, classes);
  };
}
