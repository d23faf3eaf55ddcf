// Xception (Chollet, Xception: Deep Learning with Depthwise Separable Convolutions, 2017, figure 5).

/** @param width scales the number of channels of the paper */
export function xception({ width = 1, classes = 1000 } = {}) {
  const separable = (parts, x, channels, activation) =>
    parts.conv(parts.depthwise(x, {}), { channels, ...(activation && { activation }) });
  const relu = (parts, x) => parts.apply("activate", x, "relu");
  /** Two separable convolutions and a pooling, beside a 1x1 convolution of stride 2. */
  const down = (parts, x, [first, second], opens) =>
    parts.block(() => {
      const shortcut = parts.conv(x, { channels: second, stride: 2 });
      const a = separable(parts, opens ? relu(parts, x) : x, first, "relu");
      const b = separable(parts, a, second);
      const pooled = parts.apply("maxPool", b, { kernelSize: 3, stride: 2, padding: 1 });
      return parts.apply("add", pooled, shortcut);
    });
  const middle = (parts, x) =>
    parts.block(() => {
      const channels = x.shape[1];
      const first = separable(parts, relu(parts, x), channels, "relu");
      const second = separable(parts, first, channels, "relu");
      return parts.apply("add", separable(parts, second, channels), x);
    });
  return (parts, image) => {
    let x = parts.conv(image, { channels: 32 * width, size: 3, stride: 2, padding: 0, activation: "relu" });
    x = parts.conv(x, { channels: 64 * width, size: 3, padding: 0, activation: "relu" });
    x = down(parts, x, [128 * width, 128 * width], false);
    x = down(parts, x, [256 * width, 256 * width], true);
    x = down(parts, x, [728 * width, 728 * width], true);
    for (let at = 0; at < 8; at++) x = middle(parts, x);
    x = down(parts, x, [728 * width, 1024 * width], true);
    x = separable(parts, x, 1536 * width, "relu");
    x = separable(parts, x, 2048 * width, "relu");
    return parts.classify(x, classes);
  };
}
