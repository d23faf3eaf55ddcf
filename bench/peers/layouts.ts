// Converts arrays to the layouts of other engines and back.

/** Permutes the axes of a tensor: axis i of the result is axis order[i] of the input. */
export function permute(values: ArrayLike<number>, shape: readonly number[], order: readonly number[]): Float32Array {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const result = new Float32Array(values.length);
  let at = 0;
  const walk = (depth: number, offset: number): void => {
    if (depth === order.length) {
      result[at++] = values[offset]!;
      return;
    }
    const axis = order[depth]!;
    for (let index = 0; index < shape[axis]!; index++) walk(depth + 1, offset + index * strides[axis]!);
  };
  walk(0, 0);
  return result;
}

/** Channels-last from channels-first: NCHW to NHWC, and OIHW to OHWI. */
export function toChannelsLast(values: ArrayLike<number>, shape: readonly number[]): Float32Array {
  return permute(values, shape, [0, 2, 3, 1]);
}

/** Channels-first from channels-last; `shape` is the one of the result. */
export function toChannelsFirst(values: ArrayLike<number>, shape: readonly number[]): Float32Array {
  const [batch, channels, height, width] = shape as [number, number, number, number];
  return permute(values, [batch, height, width, channels], [0, 3, 1, 2]);
}

/** HWIO, as TensorFlow has its weights, from OIHW. */
export function toHwio(values: ArrayLike<number>, shape: readonly number[]): Float32Array {
  return permute(values, shape, [2, 3, 1, 0]);
}

/** OIHW from HWIO; `shape` is the one of the result. */
export function fromHwio(values: ArrayLike<number>, shape: readonly number[]): Float32Array {
  const [outer, inner, height, width] = shape as [number, number, number, number];
  return permute(values, [height, width, inner, outer], [3, 2, 0, 1]);
}

/** Pads a channels-last map with zeros. */
export function padMap(
  values: Float32Array,
  [batch, height, width, channels]: readonly [number, number, number, number],
  [top, left]: readonly [number, number],
  [bottom, right]: readonly [number, number],
): { values: Float32Array; shape: [number, number, number, number] } {
  const shape: [number, number, number, number] = [batch, top + height + bottom, left + width + right, channels];
  const padded = new Float32Array(shape.reduce((product, size) => product * size, 1));
  const row = width * channels;
  for (let image = 0; image < batch; image++) {
    for (let y = 0; y < height; y++) {
      const from = (image * height + y) * row;
      const to = ((image * shape[1] + top + y) * shape[2] + left) * channels;
      padded.set(values.subarray(from, from + row), to);
    }
  }
  return { values: padded, shape };
}
