// The values in the maps, small enough to follow by hand, and their format.
import { type Cell, type Geometry, type Product, gather, outputSize } from "./geometry.ts";

/** Returns a generator of numbers in [0, 1) from a seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The values of the first part: integer inputs and weights in halves, so that every sum is exact. */
export interface Values {
  input(cell: Cell): number;
  weight(product: Pick<Product, "tap"> & { read: { channel: number }; output: { channel: number } }): number;
}

const WEIGHTS = [-2, -1, -0.5, 0.5, 1, 1, 2, 3] as const;

export function makeValues({ size, kernel, channels }: Geometry, seed: number): Values {
  // Separate streams: a larger input keeps the weights, a larger kernel the inputs.
  const nextInput = random(seed);
  const nextWeight = random(seed + 1000);
  const inputs = Array.from({ length: channels * size * size }, () => Math.floor(nextInput() * 8) - 2);
  const weights = Array.from(
    { length: channels * channels * kernel * kernel },
    () => WEIGHTS[Math.floor(nextWeight() * WEIGHTS.length)]!,
  );
  return {
    input: ({ channel, row, column }) => inputs[(channel * size + row) * size + column]!,
    weight: ({ tap: [row, column], read, output }) =>
      weights[((output.channel * channels + read.channel) * kernel + row) * kernel + column]!,
  };
}

/** Returns the two factors of a product. */
export function factors(values: Values, product: Product): { input: number; weight: number } {
  return { input: product.source ? values.input(product.source) : 0, weight: values.weight(product) };
}

export function sum(values: Values, products: readonly Product[]): number {
  return products.reduce((total, product) => {
    const { input, weight } = factors(values, product);
    return total + input * weight;
  }, 0);
}

/** Computes every output, as [channel][row][column]. */
export function outputs(geometry: Geometry, values: Values): number[][][] {
  const side = Array.from({ length: outputSize(geometry) }, (_, i) => i);
  return Array.from({ length: geometry.channels }, (_, channel) =>
    side.map((row) => side.map((column) => sum(values, gather(geometry, { channel, row, column })))),
  );
}

/** Formats a number for formulas: with a mathematical minus sign and no trailing zeros. */
export function plain(value: number, decimals = 2): string {
  const text = String(Number(Math.abs(value).toFixed(decimals)));
  return value < 0 && text !== "0" ? `−${text}` : text;
}

/** Formats a number after a sign, in brackets if negative. */
export function factor(value: number, decimals = 2): string {
  return value < 0 ? `(${plain(value, decimals)})` : plain(value, decimals);
}
