// Shape arithmetic: output sizes, padding, element counts. Pure functions of valid arguments; problem/problem.ts validates.

/** One value for each spatial axis in the order depth, height, width. 1-D and 2-D problems have unit axes first. */
export type Triple = readonly [number, number, number];

/** One value for each spatial axis, computed from the axis. */
export function eachAxis<T>(value: (axis: 0 | 1 | 2) => T): readonly [T, T, T] {
  return [value(0), value(1), value(2)];
}

/** Returns the values of one to three axes as a triple, with `unit` for the missing leading axes. */
export function toTriple(values: readonly number[], unit: number): Triple {
  const all = [unit, unit, unit, ...values].slice(-3);
  return [all[0]!, all[1]!, all[2]!];
}

/** Number of elements of a shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Extent of a dilated kernel along one axis: (k - 1) * dilation + 1 input cells. */
export function dilatedExtent(kernel: number, dilation: number): number {
  return (kernel - 1) * dilation + 1;
}

/** Output size along one axis, floored as in PyTorch; zero or less if the kernel does not fit. */
export function outputSize(
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
  padBegin: number,
  padEnd: number,
): number {
  return Math.floor((input + padBegin + padEnd - dilatedExtent(kernel, dilation)) / stride) + 1;
}

/** Output size of a transposed convolution along one axis. */
export function transposedOutputSize(
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
  padBegin: number,
  padEnd: number,
  outputPadding: number,
): number {
  return (input - 1) * stride - padBegin - padEnd + dilatedExtent(kernel, dilation) + outputPadding;
}

/** Padding for "same": output = ceil(input / stride), with the odd cell at the end (ONNX SAME_UPPER). */
export function samePadding(input: number, kernel: number, stride: number, dilation: number): [number, number] {
  const output = Math.ceil(input / stride);
  const total = Math.max((output - 1) * stride + dilatedExtent(kernel, dilation) - input, 0);
  const begin = Math.floor(total / 2);
  return [begin, total - begin];
}

/** Padding for "full": one output for every position at which kernel and input overlap. */
export function fullPadding(kernel: number, dilation: number): [number, number] {
  const pad = dilatedExtent(kernel, dilation) - 1;
  return [pad, pad];
}

/** Smallest multiple of `step` that is at least `value`. */
export function roundUp(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}

/** The greatest common divisor of two numbers that are not negative. */
export function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
